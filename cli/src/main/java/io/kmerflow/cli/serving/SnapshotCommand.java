package io.kmerflow.cli.serving;

import io.kmerflow.cli.base.ExitCode;
import io.kmerflow.corpus.SnapshotConfig;
import io.kmerflow.corpus.SnapshotJob;
import io.kmerflow.corpus.store.CorpusFolder;
import io.kmerflow.corpus.store.Manifest;
import io.kmerflow.sequence.PrintableText;
import java.io.PrintWriter;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** A corpus of what is on the topics. */
@Command(
        name = "snapshot",
        description = {
            "Makes a corpus of the reads on the reads topic, with their newest annotations and their labels.",
            "Which reads are in it depends on the topics and the options alone; the same range gives the same reads. Files and"
                    + " manifest.json are for their owner alone. Flink runs in this process; on a cluster submit the job's jar"
                    + " with Flink's client (docs/corpora.md)."
        },
        footer = {
            "kmerflow snapshot --bootstrap-servers localhost:9092 --out corpus --labelled --reads-per-group 10000",
            "kmerflow snapshot --bootstrap-servers localhost:9092 --out again --same-range corpus/manifest.json"
        },
        mixinStandardHelpOptions = true)
public final class SnapshotCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Mixin
    private KafkaConnectionOptions kafka;

    @Mixin
    private TopicOptions topics;

    @Mixin
    private RegistryOptions registry;

    @Mixin
    private LabelsTopicOption labelsTopic;

    @Mixin
    private SnapshotOptions snapshot;

    /** A command line of this command alone, for those that run it in another process. */
    public static CommandLine line() {
        CommandLine line = new CommandLine(new SnapshotCommand());
        JobSwitches.install(line);
        return line;
    }

    /**
     * Reads a command line as the command will.
     *
     * @throws ParameterException if it cannot be
     */
    public static void check(List<String> arguments) {
        CommandLine line = line();
        line.parseArgs(arguments.toArray(String[]::new));
        line.<SnapshotCommand>getCommand().config();
    }

    private SnapshotConfig config() {
        Configuration options = new Configuration();
        kafka.addTo(options);
        topics.addTo(options);
        registry.addTo(options);
        labelsTopic.addTo(options);
        snapshot.addTo(options);
        try {
            return SnapshotConfig.from(options);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage(), e);
        }
    }

    @Override
    public Integer call() throws Exception {
        SnapshotConfig config = config();
        Path scratch = ScratchFolder.create(Path.of(System.getProperty("java.io.tmpdir")), () -> {});
        StreamExecutionEnvironment flink = LocalFlink.environment(
                snapshot.parallelism(), null, InetAddress.getLoopbackAddress(), scratch, new Configuration());
        Manifest manifest = SnapshotJob.run(flink, config);
        print(manifest, config.output());
        if (manifest.unmet() != null) {
            manifest.unmet().forEach(this::warn);
        }
        return ExitCode.FINE;
    }

    /** A name that is misspelled leaves reads in, or out, that it should not. */
    private void warn(String setting, List<String> names) {
        PrintWriter err = spec.commandLine().getErr();
        for (String name : names) {
            err.printf(
                    Locale.ROOT,
                    "kmerflow: no read of the range has '%s' of %s; names must be spelled as on the topics%n",
                    PrintableText.escape(name),
                    setting.equals("samples")
                            ? "--sample"
                            : setting.equals("onlyLabels") ? "--only-label" : "--exclude-label");
        }
        err.flush();
    }

    private void print(Manifest manifest, Path folder) {
        PrintWriter out = spec.commandLine().getOut();
        out.printf(Locale.ROOT, "%,12d reads read%n", manifest.in().getOrDefault("reads", 0L));
        for (Map.Entry<String, Long> reason : manifest.leftOut().entrySet()) {
            out.printf(Locale.ROOT, "%,12d left out: %s%n", reason.getValue(), PrintableText.escape(reason.getKey()));
        }
        out.printf(
                Locale.ROOT,
                "%,12d reads kept, %,d bases%n",
                manifest.kept().reads(),
                manifest.kept().bases());
        for (Map.Entry<String, Long> label : manifest.kept().byLabel().entrySet()) {
            out.printf(Locale.ROOT, "%,12d labelled %s%n", label.getValue(), PrintableText.escape(label.getKey()));
        }
        out.printf(
                Locale.ROOT,
                "%s -> %s%n",
                manifest.readsDigest(),
                PrintableText.escape(folder.resolve(CorpusFolder.MANIFEST).toString()));
        out.flush();
    }
}
