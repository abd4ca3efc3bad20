package io.kmerflow.cli.serving;

import io.kmerflow.cli.base.Brokers;
import io.kmerflow.cli.base.CommandFailure;
import io.kmerflow.cli.base.ExitCode;
import io.kmerflow.cli.base.Home;
import io.kmerflow.cli.base.StopSignal;
import io.kmerflow.cli.base.TemporaryFolder;
import io.kmerflow.cluster.ChildJvm;
import io.kmerflow.cluster.ClusterFiles;
import io.kmerflow.cluster.FlinkCluster;
import io.kmerflow.files.FileConfig;
import io.kmerflow.files.FileOptions;
import io.kmerflow.files.IngestJob;
import io.kmerflow.job.JobOptions;
import io.kmerflow.kafka.EmbeddedKafka;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.util.FileUtils;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Scripts of Flink SQL on a cluster of this machine. */
@Command(
        name = "sql",
        description = {
            "Runs scripts of Flink SQL on the topics, on a Flink cluster that it starts on this machine.",
            "A job manager, a task manager and Flink's SQL client are started as processes, and end with the last script. The client first runs"
                    + " deploy/sql/tables.sql, which declares the topics and the model, then the scripts, and prints what they select. Without"
                    + " --bootstrap-servers Kafka is started too, with sample reads on the reads topic. For a try at queries; a cluster of"
                    + " your own runs the same scripts (docs/flink-sql.md). It needs the sources of kmerflow, since a release has no Flink."
        },
        footer = {"kmerflow sql", "kmerflow sql --bootstrap-servers localhost:9092 deploy/sql/calls-per-minute.sql"},
        mixinStandardHelpOptions = true)
public final class SqlCommand implements Callable<Integer> {
    /** On the reads topic where the command starts Kafka itself. */
    static final List<String> SAMPLES = List.of("nanopore.fastq.gz", "illumina_R1.fastq.gz");

    private static final String SCRIPTS = "deploy/sql";
    private static final String SERVERS_IN_SCRIPT = "localhost:9092";
    private static final String MODEL_IN_SCRIPT = "/opt/kmerflow/models/species";
    /** Without it the client wants a terminal to show rows on. */
    private static final String PRINT_ROWS = "\nSET 'sql-client.execution.result-mode' = 'tableau';\n";

    private static final String COLOURS = "\u001B\\[[0-9;]*m";
    private static final String FAILED_STATEMENT = "[ERROR]";
    private static final long POLL_MILLIS = 200;
    private static final Duration ASK = Duration.ofSeconds(10);
    /** A query that fails ends, and operators of batches have memory to sort and group in. */
    private static final Map<String, String> CLUSTER =
            Map.of("restart-strategy.type", "none", "taskmanager.memory.managed.size", "128m");

    @Spec
    private CommandSpec spec;

    @Option(
            names = "--bootstrap-servers",
            paramLabel = "HOST:PORT",
            description =
                    "Kafka brokers that need no login, separated by commas (default: a broker that the command starts).")
    private String bootstrapServers;

    @Option(
            names = "--model",
            paramLabel = "DIR",
            description =
                    "Model bundle of the model 'species' in the scripts, a folder or a zip (default: the bundled model).")
    private Path model;

    @Parameters(
            paramLabel = "SCRIPT",
            arity = "0..*",
            description = "Files of statements, run in this order (default: deploy/sql/counts.sql).")
    private List<Path> scripts = List.of();

    @Override
    public Integer call() throws Exception {
        String init = tables();
        String statements = statements();
        ClusterFiles files = ClusterFiles.withSql(Home.directory());
        TemporaryFolder.require();
        try (StopSignal stop = new StopSignal();
                EmbeddedKafka own = bootstrapServers == null ? EmbeddedKafka.start() : null) {
            if (own == null) {
                Brokers.count(bootstrapServers, Map.of(), ASK); // or says what is wrong
            } else {
                ingestSamples(own.bootstrapServers());
            }
            String servers = own == null ? bootstrapServers : own.bootstrapServers();
            run(files, init.replace(SERVERS_IN_SCRIPT, quoted(servers)), statements, stop);
        }
        return ExitCode.FINE;
    }

    private void run(ClusterFiles files, String init, String statements, StopSignal stop)
            throws IOException, InterruptedException {
        Path folder = Files.createTempDirectory("kmerflow-sql"); // stays where something fails: the logs are in it
        Path logs = Files.createDirectory(folder.resolve("logs"));
        try (FlinkCluster cluster = new FlinkCluster(files, folder.resolve("flink"), logs, CLUSTER)) {
            say("starting Flink; logs in %s", logs);
            cluster.startJobManager();
            cluster.startTaskManagers(1);
            Path output = Files.createFile(logs.resolve("sql-client.out"));
            ChildJvm client = cluster.startSql(
                    Files.writeString(folder.resolve("tables.sql"), init),
                    Files.writeString(folder.resolve("script.sql"), statements),
                    output);
            follow(client, output, stop);
        }
        FileUtils.deleteDirectory(folder.toFile());
    }

    private String tables() throws IOException {
        Path bundle = model == null ? Home.defaultModel() : model;
        if (!Files.exists(bundle)) {
            throw new CommandFailure(String.format(Locale.ROOT, "Expected a model bundle at %s, found none", bundle));
        }
        return text(Home.directory().resolve(SCRIPTS).resolve("tables.sql"))
                        .replace(MODEL_IN_SCRIPT, quoted(bundle.toRealPath().toString()))
                + PRINT_ROWS;
    }

    private String statements() throws IOException {
        List<Path> given =
                scripts.isEmpty() ? List.of(Home.directory().resolve(SCRIPTS).resolve("counts.sql")) : scripts;
        StringBuilder all = new StringBuilder();
        for (Path script : given) {
            all.append(text(script)).append('\n');
        }
        return all.toString();
    }

    private static String text(Path script) throws IOException {
        if (!Files.isRegularFile(script)) {
            throw new CommandFailure(String.format(
                    Locale.ROOT,
                    "Expected a script of SQL statements at %s, %s",
                    script,
                    Files.exists(script) ? "it is no file" : "found none"));
        }
        try {
            return Files.readString(script);
        } catch (CharacterCodingException e) {
            throw new CommandFailure(
                    String.format(Locale.ROOT, "Expected a script in UTF-8, got other bytes in %s", script), e);
        }
    }

    /** As it stands between quotes of SQL. */
    private static String quoted(String text) {
        return text.replace("'", "''");
    }

    private void ingestSamples(String servers) throws Exception {
        say("Kafka is at %s; putting sample reads on the topic reads", servers);
        Configuration options = new Configuration();
        options.set(JobOptions.KAFKA_BOOTSTRAP_SERVERS, servers);
        options.set(JobOptions.KAFKA_CREATE_TOPICS, true);
        options.set(JobOptions.KAFKA_NEW_TOPIC_PARTITIONS, 1);
        options.set(
                FileOptions.INPUT_FILES,
                SAMPLES.stream()
                        .map(name -> Home.samples().resolve(name).toString())
                        .toList());
        IngestJob.run(LocalFlink.environment(1), FileConfig.from(options));
    }

    /** Prints what the client writes, line by line, until it has ended. */
    private void follow(ChildJvm client, Path output, StopSignal stop) throws IOException, InterruptedException {
        boolean failed = false;
        try (InputStream in = Files.newInputStream(output)) {
            byte[] rest = {};
            boolean ended = false;
            while (!ended && !stop.asked()) {
                ended = !client.alive();
                if (!ended) {
                    Thread.sleep(POLL_MILLIS);
                }
                byte[] bytes = joined(rest, in.readAllBytes());
                int lines = ended ? bytes.length : afterLastLine(bytes);
                String text = new String(bytes, 0, lines, StandardCharsets.UTF_8).replaceAll(COLOURS, "");
                failed |= text.contains(FAILED_STATEMENT);
                spec.commandLine().getOut().print(text);
                spec.commandLine().getOut().flush();
                rest = Arrays.copyOfRange(bytes, lines, bytes.length);
            }
        }
        if (!stop.asked() && (client.await(0) != 0 || failed)) {
            throw new CommandFailure(String.format(
                    Locale.ROOT,
                    "Expected the scripts to run, Flink's SQL client printed an error; logs are in %s",
                    output.getParent()));
        }
    }

    private static byte[] joined(byte[] first, byte[] second) {
        byte[] both = Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, both, first.length, second.length);
        return both;
    }

    private static int afterLastLine(byte[] bytes) {
        int end = bytes.length;
        while (end > 0 && bytes[end - 1] != '\n') {
            end--;
        }
        return end;
    }

    private void say(String format, Object... values) {
        spec.commandLine().getErr().printf(Locale.ROOT, format + "%n", values);
        spec.commandLine().getErr().flush();
    }
}
