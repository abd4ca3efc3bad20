package io.kmerflow.cli.serving;

import io.kmerflow.cli.ExitCode;
import io.kmerflow.job.IngestJob;
import io.kmerflow.job.JobConfig;
import io.kmerflow.job.JobSummary;
import java.util.concurrent.Callable;
import org.apache.flink.configuration.Configuration;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Files of reads onto the reads topic. */
@Command(
        name = "ingest",
        description = "Puts files of reads onto the reads topic; what is no record goes to the dead-letters topic.",
        mixinStandardHelpOptions = true)
public final class IngestCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Mixin
    private InputOptions input;

    @Mixin
    private KafkaOptions kafka;

    @Override
    public Integer call() throws Exception {
        Configuration options = new Configuration();
        input.addTo(options);
        kafka.addTo(options);
        JobSummary summary = IngestJob.run(LocalFlink.environment(1), JobConfig.from(options));
        spec.commandLine()
                .getErr()
                .printf(
                        "%,d reads onto topic %s, %,d dead letters, %.1f s%n",
                        summary.ingested(),
                        kafka.readsTopic(),
                        summary.deadLetters(),
                        summary.total().toMillis() / 1e3);
        return summary.deadLetters() > 0 ? ExitCode.DEAD_LETTERS : ExitCode.FINE;
    }
}
