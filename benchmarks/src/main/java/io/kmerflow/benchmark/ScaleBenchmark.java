package io.kmerflow.benchmark;

import io.kmerflow.bundle.ModelBundle;
import io.kmerflow.cluster.BrokerProcess;
import io.kmerflow.cluster.ChildJvm;
import io.kmerflow.cluster.ClusterFiles;
import io.kmerflow.cluster.FlinkCluster;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Several task managers against one, each confined to a core of its own. Broker, job manager and client are confined to the
 * same cores, so that a side with n task managers has n cores for everything. On either side the raw runtime runs in turn
 * with the job, one process with one thread a core: what the job gains is stated against what the raw runtime gains.
 */
public final class ScaleBenchmark {
    private static final Duration STUCK = Duration.ofMinutes(3);
    private static final int RAW_START_MILLIS = 12_000;
    private static final int RAW_END_SECONDS = 60;
    private static final int WARM_UP_ROUNDS = 2;

    /**
     * What to measure.
     *
     * @param bundle the model
     * @param readBases bases per read
     * @param taskManagers of the larger side, at most one per core
     * @param rounds pairs of measurements a side
     * @param roundSeconds about how long one takes
     * @param batchWindows most windows of a model call of the job, and the raw runtime's
     * @param files what the cluster is started from
     * @param work new folder for logs and the broker's data
     */
    public record Settings(
            ModelBundle bundle,
            int readBases,
            int taskManagers,
            int rounds,
            int roundSeconds,
            int batchWindows,
            ClusterFiles files,
            Path work) {}

    private final Settings settings;
    private final Consumer<String> progress;
    private final List<Integer> cores;

    /**
     * @param progress told in a line what goes on
     * @throws IllegalArgumentException if there are fewer cores than task managers
     */
    public ScaleBenchmark(Settings settings, Consumer<String> progress) throws IOException {
        this.settings = settings;
        this.progress = progress;
        this.cores = Cores.ofThisProcess();
        if (settings.taskManagers() < 2 || settings.taskManagers() > cores.size()) {
            throw new IllegalArgumentException(String.format(
                    Locale.ROOT,
                    "Expected 2 to %d task managers, as there are %d cores, got %d",
                    cores.size(),
                    cores.size(),
                    settings.taskManagers()));
        }
    }

    /** Figures by name, in a fixed order; units in the names. */
    public Map<String, Object> run() throws Exception {
        Side one = measure(1);
        Side many = measure(settings.taskManagers());
        Map<String, Object> report = new LinkedHashMap<>();
        report.put("model", settings.bundle().name() + " " + settings.bundle().version());
        report.put("model_digest", settings.bundle().digest());
        report.put("read_bases", settings.readBases());
        report.put("batch_windows", settings.batchWindows());
        report.put("one", one.asMap());
        report.put("many", many.asMap());
        report.put("speedup_raw", BenchJob.median(many.raw) / BenchJob.median(one.raw));
        report.put("speedup_job", BenchJob.median(many.job) / BenchJob.median(one.job));
        report.put("speedup_job_to_raw", many.ratio() / one.ratio());
        return report;
    }

    /** What was measured with some task managers. */
    private record Side(int taskManagers, List<Double> raw, List<Double> job, Map<String, List<Double>> cores) {
        double ratio() {
            List<Double> ratios = new ArrayList<>();
            for (int round = 0; round < raw.size(); round++) {
                ratios.add(job.get(round) / raw.get(round));
            }
            return BenchJob.median(ratios);
        }

        Map<String, Object> asMap() {
            Map<String, Object> map = new LinkedHashMap<>();
            map.put("task_managers", taskManagers);
            map.put("raw_windows_per_s", BenchJob.median(raw));
            map.put("raw_windows_per_s_rounds", raw);
            map.put("job_windows_per_s", BenchJob.median(job));
            map.put("job_windows_per_s_rounds", job);
            map.put("ratio_to_raw", ratio());
            cores.forEach((process, used) -> map.put("cores_used_by_" + process, BenchJob.median(used)));
            return map;
        }
    }

    private Side measure(int taskManagers) throws Exception {
        List<Integer> mine = cores.subList(0, taskManagers);
        Path folder = Files.createDirectories(settings.work().resolve(taskManagers + "-task-managers"));
        long client = ProcessHandle.current().pid();
        Cores.pin(client, mine); // what it starts is confined too
        try (BrokerProcess broker = new BrokerProcess(folder.resolve("kafka"), folder);
                FlinkCluster cluster = new FlinkCluster(settings.files(), folder.resolve("flink"), folder)) {
            broker.start();
            cluster.startJobManager();
            cluster.startTaskManagers(taskManagers);
            Map<String, List<Long>> processes = new LinkedHashMap<>();
            List<Long> workers = new ArrayList<>();
            for (int i = 0; i < taskManagers; i++) {
                workers.add(cluster.taskManagerPid(i));
                Cores.pin(workers.get(i), List.of(mine.get(i)));
            }
            processes.put("task_managers", workers);
            processes.put("job_manager", List.of(cluster.jobManagerPid()));
            processes.put("broker", List.of(broker.pid()));
            processes.put("client", List.of(client));
            BenchJob.submit(cluster, broker, settings.bundle(), taskManagers, 1, settings.batchWindows(), List.of());
            return rounds(taskManagers, broker, processes, mine, folder);
        } finally {
            Cores.pin(client, cores);
        }
    }

    private Side rounds(
            int taskManagers, BrokerProcess broker, Map<String, List<Long>> processes, List<Integer> mine, Path folder)
            throws Exception {
        int windowsPerRead = settings.bundle().contract().windower().windowCount(settings.readBases());
        Side side = new Side(taskManagers, new ArrayList<>(), new ArrayList<>(), new LinkedHashMap<>());
        int reads = (int) Math.ceil(raw(mine, folder) * settings.roundSeconds() / windowsPerRead);
        try (TopicLoad load = new TopicLoad(
                broker.bootstrapServers(), BenchJob.encodedReads("scale-", reads, settings.readBases()))) {
            for (int warmUp = 0; warmUp < WARM_UP_ROUNDS; warmUp++) {
                load.roundTrip(STUCK);
            }
            for (int round = 0; round < settings.rounds(); round++) {
                side.raw.add(raw(mine, folder));
                Map<String, Double> before = cpuSeconds(processes);
                TopicLoad.RoundTrip trip = load.roundTrip(STUCK);
                cpuSeconds(processes)
                        .forEach((process, seconds) -> side.cores
                                .computeIfAbsent(process, any -> new ArrayList<>())
                                .add((seconds - before.get(process)) / trip.seconds()));
                side.job.add(windowsPerRead * trip.steadyReadsPerSecond());
                progress.accept(String.format(
                        Locale.ROOT,
                        "%d task managers, round %d of %d: raw %.1f, job %.1f windows/s",
                        taskManagers,
                        round + 1,
                        settings.rounds(),
                        side.raw.get(round),
                        side.job.get(round)));
            }
        }
        return side;
    }

    private static Map<String, Double> cpuSeconds(Map<String, List<Long>> processes) {
        Map<String, Double> seconds = new LinkedHashMap<>();
        processes.forEach((name, pids) -> seconds.put(
                name,
                pids.stream()
                        .mapToDouble(pid -> ProcessHandle.of(pid)
                                        .flatMap(handle -> handle.info().totalCpuDuration())
                                        .orElseThrow()
                                        .toNanos()
                                / 1e9)
                        .sum()));
        return seconds;
    }

    /** Windows per second of a raw loop on every core, all at once, in sum. */
    private double raw(List<Integer> mine, Path folder) throws InterruptedException, IOException {
        List<ChildJvm> loops = new ArrayList<>();
        List<Path> outputs = new ArrayList<>();
        long begin = System.currentTimeMillis() + RAW_START_MILLIS;
        try {
            for (int core : mine) {
                Path output = Files.createTempFile(folder, "raw-", ".out");
                outputs.add(output);
                ChildJvm loop = ChildJvm.start(new ChildJvm.Command(
                        "a raw loop",
                        List.of("-Xmx512m", "-XX:+UseSerialGC", "-Dai.djl.offline=true"),
                        System.getProperty("java.class.path"),
                        RawLoop.class.getName(),
                        List.of(
                                settings.bundle().directory().toAbsolutePath().toString(),
                                Integer.toString(settings.batchWindows()),
                                Long.toString(begin),
                                Integer.toString(settings.roundSeconds())),
                        Map.of("ORT_DISABLE_TELEMETRY", "1", "OPT_OUT_TRACKING", "true", "KMERFLOW_LOG", "warn"),
                        output));
                loops.add(loop);
                Cores.pin(loop.pid(), List.of(core));
            }
            double sum = 0;
            for (int i = 0; i < loops.size(); i++) {
                int code = loops.get(i).await(RAW_START_MILLIS / 1000 + settings.roundSeconds() + RAW_END_SECONDS);
                sum += rate(code, outputs.get(i));
            }
            return sum;
        } finally {
            loops.forEach(ChildJvm::close);
        }
    }

    /** What a raw loop printed as its windows per second. */
    static double rate(int code, Path output) throws IOException {
        try (var lines = Files.lines(output)) {
            return lines.filter(line -> code == 0 && line.startsWith(RawLoop.RATE))
                    .mapToDouble(line -> Double.parseDouble(line.substring(RawLoop.RATE.length())))
                    .findFirst()
                    .orElseThrow(() -> new IllegalStateException(String.format(
                            Locale.ROOT,
                            "Expected a rate of the raw loop, it ended with code %d; see %s",
                            code,
                            output)));
        }
    }
}
