package io.kmerflow.cli.serving;

import io.kmerflow.cli.base.ExitCode;
import io.kmerflow.cli.base.StopSignal;
import io.kmerflow.files.FileConfig;
import io.kmerflow.files.IngestJob;
import io.kmerflow.files.JobSummary;
import io.kmerflow.files.WatchIngest;
import io.kmerflow.files.watch.FolderIngest;
import io.kmerflow.job.JobConfig;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.apache.flink.configuration.Configuration;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Files of reads onto the reads topic. */
@Command(
        name = "ingest",
        description = {
            "Sends files of reads to the reads topic; records that cannot be read go to the " + "dead-letters topic.",
            "With --watch it follows a run folder until the sequencer's end-of-run marker appears "
                    + "there; after a restart it continues where the topics end."
        },
        footer = {
            "kmerflow ingest --bootstrap-servers localhost:9092 --input reads.fastq.gz",
            "kmerflow ingest --bootstrap-servers localhost:9092 --watch run-folder"
        },
        mixinStandardHelpOptions = true)
public final class IngestCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Mixin
    private InputOptions input;

    @Mixin
    private WatchOptions watch;

    @Mixin
    private KafkaConnectionOptions kafka;

    @Mixin
    private TopicOptions topics;

    @Mixin
    private ReadRecordOptions reads;

    @Mixin
    private RegistryOptions registry;

    @Override
    public Integer call() throws Exception {
        Configuration options = new Configuration();
        if (watch.given()) {
            return watch(options);
        }
        input.addTo(options, spec);
        kafka.addTo(options);
        topics.addTo(options);
        reads.addTo(options);
        registry.addTo(options);
        JobSummary summary = IngestJob.run(LocalFlink.environment(1), FileConfig.from(options));
        spec.commandLine()
                .getErr()
                .printf(
                        Locale.ROOT,
                        "%,d reads onto topic %s, %,d dead letters, %.1f s%n",
                        summary.ingested(),
                        topics.reads(),
                        summary.deadLetters(),
                        summary.total().toMillis() / 1e3);
        if (input.paired()) {
            MateReport.print(summary.mates(), spec.commandLine().getErr());
        }
        return summary.deadLetters() > 0 ? ExitCode.DEAD_LETTERS : ExitCode.FINE;
    }

    private int watch(Configuration options) throws IOException, InterruptedException {
        if (!input.none()) {
            throw new ParameterException(spec.commandLine(), "Expected --input or --watch, got both");
        }
        kafka.addTo(options);
        topics.addTo(options);
        reads.addTo(options);
        registry.addTo(options);
        PrintWriter err = spec.commandLine().getErr();
        FolderIngest.Summary summary;
        try (StopSignal stop = new StopSignal()) {
            summary = WatchIngest.run(
                    JobConfig.from(options),
                    watch.settings(input),
                    line -> {
                        err.println(line);
                        err.flush();
                    },
                    stop::asked);
        }
        err.printf(
                Locale.ROOT,
                "%s: %,d reads of %,d files onto topic %s (%,d of them now), %,d dead letters%n",
                summary.ended() ? "run complete" : "stopped before the end of the run",
                summary.reads(),
                summary.files(),
                topics.reads(),
                summary.newReads(),
                summary.deadLetters());
        err.flush();
        return summary.deadLetters() > 0 || !summary.refused().isEmpty() ? ExitCode.DEAD_LETTERS : ExitCode.FINE;
    }
}
