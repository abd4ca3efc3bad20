package io.kmerflow.cluster;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * One job manager and some task managers with one slot each, standalone: processes that find each other by address. There
 * is no high availability: a job does not outlive its job manager, and is submitted again from its newest checkpoint.
 */
public final class FlinkCluster implements AutoCloseable {
    private static final Duration START = Duration.ofMinutes(5);
    private static final String JOB_MANAGER = "jobmanager";
    private static final String SAVEPOINT = "Savepoint completed. Path: ";
    private static final String RESTART = "switched from state RUNNING to RESTARTING";

    /** As in the start scripts of Flink's distribution. */
    static final List<String> OPENS = List.of(
            "--add-exports=java.base/sun.net.util=ALL-UNNAMED",
            "--add-exports=java.rmi/sun.rmi.registry=ALL-UNNAMED",
            "--add-opens=java.base/java.lang=ALL-UNNAMED",
            "--add-opens=java.base/java.net=ALL-UNNAMED",
            "--add-opens=java.base/java.io=ALL-UNNAMED",
            "--add-opens=java.base/java.nio=ALL-UNNAMED",
            "--add-opens=java.base/sun.nio.ch=ALL-UNNAMED",
            "--add-opens=java.base/java.lang.reflect=ALL-UNNAMED",
            "--add-opens=java.base/java.text=ALL-UNNAMED",
            "--add-opens=java.base/java.time=ALL-UNNAMED",
            "--add-opens=java.base/java.util=ALL-UNNAMED",
            "--add-opens=java.base/java.util.concurrent=ALL-UNNAMED",
            "--add-opens=java.base/java.util.concurrent.atomic=ALL-UNNAMED",
            "--add-opens=java.base/java.util.concurrent.locks=ALL-UNNAMED");

    private final ClusterFiles files;
    private final Path work;
    private final Path logs;
    private final FlinkRest rest;
    private final List<ChildJvm> taskManagers = new ArrayList<>();
    private final String classPath;
    private ChildJvm jobManager;

    /**
     * Writes the configuration; nothing is started.
     *
     * @param files what is started
     * @param work folder for configuration, checkpoints and temporary files
     * @param logs folder of the processes' logs
     */
    public FlinkCluster(ClusterFiles files, Path work, Path logs) throws IOException {
        this(files, work, logs, Map.of());
    }

    /**
     * As {@link #FlinkCluster(ClusterFiles, Path, Path)}.
     *
     * @param further options of Flink, which win over those of this class
     */
    public FlinkCluster(ClusterFiles files, Path work, Path logs, Map<String, String> further) throws IOException {
        this.files = files;
        this.work = work.toAbsolutePath();
        this.logs = logs.toAbsolutePath();
        this.classPath = files.classPath();
        int restPort = FreePorts.one();
        this.rest = new FlinkRest(restPort);
        Files.createDirectories(conf());
        Files.createDirectories(this.work.resolve("tmp"));
        Files.createDirectories(checkpoints());
        Files.writeString(conf().resolve("config.yaml"), configuration(restPort, further));
        Files.writeString(conf().resolve("log4j.properties"), LOGGING);
    }

    private static final String LOGGING = """
            rootLogger.level = INFO
            rootLogger.appenderRef.file.ref = file
            rootLogger.appenderRef.console.ref = console
            appender.file.type = File
            appender.file.name = file
            appender.file.fileName = ${sys:log.file}
            appender.file.layout.type = PatternLayout
            appender.file.layout.pattern = %d{yyyy-MM-dd HH:mm:ss,SSS} %-5p %-60c %x - %m%n
            appender.console.type = Console
            appender.console.name = console
            appender.console.target = SYSTEM_ERR
            appender.console.filter.level.type = ThresholdFilter
            appender.console.filter.level.level = ${sys:console.level:-OFF}
            appender.console.layout.type = PatternLayout
            appender.console.layout.pattern = %c{1}: %m%n%rEx{1}
            logger.kafka.name = org.apache.kafka
            logger.kafka.level = WARN
            logger.producer.name = org.apache.kafka.clients.producer.ProducerConfig
            logger.producer.level = ERROR
            """;

    private String configuration(int restPort, Map<String, String> further) {
        Map<String, String> options = new TreeMap<>();
        options.put("jobmanager.rpc.address", "127.0.0.1");
        options.put("jobmanager.rpc.port", Integer.toString(FreePorts.one()));
        options.put("jobmanager.bind-host", "127.0.0.1");
        options.put("jobmanager.memory.process.size", "768m");
        options.put("rest.address", "127.0.0.1");
        options.put("rest.bind-address", "127.0.0.1");
        options.put("rest.port", Integer.toString(restPort));
        options.put("taskmanager.host", "127.0.0.1");
        options.put("taskmanager.bind-host", "127.0.0.1");
        options.put("taskmanager.numberOfTaskSlots", "1");
        options.put("taskmanager.cpu.cores", "1.0");
        options.put("taskmanager.memory.framework.heap.size", "128m");
        options.put("taskmanager.memory.task.heap.size", "384m");
        options.put("taskmanager.memory.framework.off-heap.size", "128m");
        options.put("taskmanager.memory.task.off-heap.size", "256m");
        options.put("taskmanager.memory.network.min", "64m");
        options.put("taskmanager.memory.network.max", "64m");
        options.put("taskmanager.memory.managed.size", "0m");
        options.put("taskmanager.memory.jvm-metaspace.size", "256m");
        options.put("taskmanager.memory.jvm-overhead.min", "192m");
        options.put("taskmanager.memory.jvm-overhead.max", "192m");
        // A killed process is missed after seconds, not after the default of 50.
        options.put("heartbeat.interval", "1000");
        options.put("heartbeat.timeout", "6000");
        // A machine with other work may take longer than the default of 10 s. Not much longer:
        // a task manager that looks for a job manager while it is down waits this long before it looks again.
        options.put("pekko.ask.timeout", "20 s");
        options.put("restart-strategy.type", "fixed-delay");
        options.put("restart-strategy.fixed-delay.attempts", "1000000");
        options.put("restart-strategy.fixed-delay.delay", "1 s");
        options.put("execution.checkpointing.dir", checkpoints().toUri().toString());
        options.put("execution.checkpointing.num-retained", "3");
        options.put("execution.checkpointing.externalized-checkpoint-retention", "RETAIN_ON_CANCELLATION");
        options.put("io.tmp.dirs", work.resolve("tmp").toString());
        options.putAll(further);
        StringBuilder yaml = new StringBuilder();
        options.forEach((key, value) ->
                yaml.append(key).append(": \"").append(value).append('"').append(System.lineSeparator()));
        return yaml.toString();
    }

    private Path conf() {
        return work.resolve("conf");
    }

    /** Folder of the checkpoints of all jobs. */
    public Path checkpoints() {
        return work.resolve("checkpoints");
    }

    /** The job manager's answers. */
    public FlinkRest rest() {
        return rest;
    }

    /** Starts the job manager and waits until it answers. */
    public void startJobManager() throws InterruptedException {
        jobManager = start(
                JOB_MANAGER,
                List.of("-Xmx512m", "-XX:MaxMetaspaceSize=256m"),
                "org.apache.flink.runtime.entrypoint.StandaloneSessionClusterEntrypoint");
        Await.until(
                "an answer of the job manager at " + rest.address(),
                START,
                () -> {
                    jobManager.requireAlive();
                    return rest.slots() >= 0;
                },
                () -> "none; see " + logs);
    }

    /** Starts as many more task managers and waits until all slots are registered. */
    public void startTaskManagers(int count) throws InterruptedException {
        for (int i = 0; i < count; i++) {
            taskManagers.add(startTaskManager(taskManagers.size()));
        }
        awaitSlots();
    }

    private ChildJvm startTaskManager(int index) {
        return start(
                "taskmanager-" + index,
                // framework and task heap; framework, task and network off-heap memory: as in config.yaml
                List.of(
                        "-Xmx512m",
                        "-XX:MaxDirectMemorySize=448m",
                        "-XX:MaxMetaspaceSize=256m",
                        "-Dai.djl.offline=true",
                        "-Dai.djl.default_engine=OnnxRuntime"),
                "org.apache.flink.runtime.taskexecutor.TaskManagerRunner");
    }

    /** Waits until every task manager is registered and its slot is free. */
    public void awaitFreeSlots() throws InterruptedException {
        awaitSlots();
        int wanted = taskManagers.size();
        Await.until(wanted + " free slots", START, () -> rest.freeSlots() == wanted, () -> "fewer; see " + logs);
    }

    private void awaitSlots() throws InterruptedException {
        int wanted = taskManagers.size();
        Await.until(
                wanted + " registered task managers",
                START,
                () -> {
                    for (ChildJvm taskManager : taskManagers) {
                        taskManager.requireAlive();
                    }
                    return rest.slots() == wanted;
                },
                () -> "fewer; see " + logs);
    }

    private ChildJvm start(String name, List<String> jvmArguments, String mainClass) {
        List<String> arguments = new ArrayList<>(jvmArguments);
        arguments.addAll(List.of(
                "-XX:+UseSerialGC",
                "-XX:+ExitOnOutOfMemoryError",
                "-Dlog4j.configurationFile="
                        + conf().resolve("log4j.properties").toUri(),
                "-Dlog.file=" + logs.resolve(name + ".log"),
                "-Dconsole.level=ERROR")); // why a process ended is then in the message about that
        arguments.addAll(OPENS);
        return ChildJvm.start(new ChildJvm.Command(
                name,
                arguments,
                classPath,
                mainClass,
                List.of("--configDir", conf().toString()),
                Map.of("ORT_DISABLE_TELEMETRY", "1", "OPT_OUT_TRACKING", "true"),
                logs.resolve(name + ".out")));
    }

    /** SIGKILL for the job manager. */
    public void killJobManager() throws InterruptedException {
        jobManager.kill();
    }

    /** SIGKILL for one task manager. */
    public void killTaskManager(int index) throws InterruptedException {
        taskManagers.get(index).kill();
    }

    /** Starts a task manager again that was killed; does not wait. */
    public void restartTaskManager(int index) {
        taskManagers.set(index, startTaskManager(index));
    }

    /** Process id of the job manager. */
    public long jobManagerPid() {
        return jobManager.pid();
    }

    /** Process id of a task manager. */
    public long taskManagerPid(int index) {
        return taskManagers.get(index).pid();
    }

    /**
     * Submits the job jar with Flink's own command line, in a process of its own.
     *
     * @param checkpoint to begin with; null for none
     * @param arguments of the job
     * @return the job's id
     * @throws ClusterException if the client refuses; its output is in {@code client-N.log}
     */
    public String submit(Path checkpoint, List<String> arguments) throws InterruptedException, IOException {
        List<String> line = new ArrayList<>(List.of("run", "-d"));
        if (checkpoint != null) {
            line.addAll(List.of("-s", checkpoint.toUri().toString()));
        }
        line.addAll(
                List.of("-c", "io.kmerflow.job.ReadScoringJob", files.jobJar().toString()));
        line.addAll(arguments);
        Path output = Files.createTempFile(logs, "client-", ".out");
        ChildJvm client = client(line, output);
        int code = client.await((int) START.toSeconds());
        String job = submitted(output);
        if (code != 0 || job == null) {
            throw new ClusterException(String.format(
                    Locale.ROOT,
                    "Expected Flink's client to submit %s, it ended with code %d; see %s",
                    files.jobJar(),
                    code,
                    output));
        }
        return job;
    }

    /**
     * Stops a job with a savepoint, with Flink's own command line.
     *
     * @param savepoints folder that it is written to
     * @return the savepoint
     * @throws ClusterException if the client refuses; its output is in {@code client-N.out}
     */
    public Path stop(String job, Path savepoints) throws InterruptedException, IOException {
        Path output = Files.createTempFile(logs, "client-", ".out");
        int code = client(List.of("stop", "--savepointPath", savepoints.toUri().toString(), job), output)
                .await((int) START.toSeconds());
        String said = Files.readString(output, StandardCharsets.UTF_8);
        int place = said.lastIndexOf(SAVEPOINT);
        if (code != 0 || place < 0) {
            throw new ClusterException(String.format(
                    Locale.ROOT,
                    "Expected Flink's client to stop job %s with a savepoint, it ended with code %d; see %s",
                    job,
                    code,
                    output));
        }
        return Path.of(
                URI.create(said.substring(place + SAVEPOINT.length()).strip().split("\\s")[0]));
    }

    /**
     * Starts Flink's own command line with a job of the jar, in a separate process that runs until the job has ended.
     *
     * @param mainClass of the job
     * @param arguments of the job
     * @param output file of what the client prints
     */
    public ChildJvm runAttached(String mainClass, List<String> arguments, Path output) {
        List<String> line =
                new ArrayList<>(List.of("run", "-c", mainClass, files.jobJar().toString()));
        line.addAll(arguments);
        return client(line, output);
    }

    /** Id of the job that a client has submitted, by what it printed; null before. */
    public static String submitted(Path output) throws IOException {
        String said = Files.exists(output) ? Files.readString(output, StandardCharsets.UTF_8) : "";
        String mark = "JobID ";
        int id = said.lastIndexOf(mark);
        return id < 0 ? null : said.substring(id + mark.length()).strip().split("\\s")[0];
    }

    private ChildJvm client(List<String> line, Path output) {
        return client("Flink's client", "org.apache.flink.client.cli.CliFrontend", line, output);
    }

    /**
     * Starts Flink's SQL client with a script, in a separate process that runs until the script has ended; for a cluster with SQL.
     *
     * @param init script that the client runs first, without printing it
     * @param output file of what the client prints
     */
    public ChildJvm startSql(Path init, Path script, Path output) {
        return client(
                "Flink's SQL client",
                "org.apache.flink.table.client.SqlClient",
                List.of(
                        "embedded",
                        "-hist",
                        work.resolve("sql-history").toString(),
                        "-i",
                        init.toAbsolutePath().toString(),
                        "-f",
                        script.toAbsolutePath().toString()),
                output);
    }

    private ChildJvm client(String name, String mainClass, List<String> line, Path output) {
        List<String> jvm = new ArrayList<>(List.of(
                "-Xmx512m",
                "-Dorg.jline.terminal.dumb=true", // or the SQL client warns that its output is no terminal
                "-XX:+UseSerialGC",
                "-Dlog4j.configurationFile="
                        + conf().resolve("log4j.properties").toUri(),
                "-Dlog.file=" + logs.resolve("client.log")));
        jvm.addAll(OPENS);
        return ChildJvm.start(new ChildJvm.Command(
                name, jvm, classPath, mainClass, line, Map.of("FLINK_CONF_DIR", conf().toString()), output));
    }

    /** Waits until every subtask of a job runs. */
    public void awaitRunning(String job) throws InterruptedException {
        Await.until(
                String.format(Locale.ROOT, "job %s to run", job),
                START,
                () -> rest.allRunning(job),
                () -> "not; see " + logs);
    }

    /**
     * How often a job manager has restarted a job, over all jobs and job managers so far. From their common log: the metric of
     * a job manager ends with it.
     */
    public int restarts() throws IOException {
        try (Stream<String> lines = Files.lines(logs.resolve(JOB_MANAGER + ".log"))) {
            return (int) lines.filter(line -> line.contains(RESTART)).count();
        }
    }

    @Override
    public void close() {
        taskManagers.forEach(ChildJvm::close);
        if (jobManager != null) {
            jobManager.close();
        }
    }
}
