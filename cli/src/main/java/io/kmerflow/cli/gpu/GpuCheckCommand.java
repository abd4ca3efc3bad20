package io.kmerflow.cli.gpu;

import ai.onnxruntime.OrtEnvironment;
import com.fasterxml.jackson.databind.JsonNode;
import io.kmerflow.bundle.ModelBundle;
import io.kmerflow.cli.base.BundlePlace;
import io.kmerflow.cli.base.ExitCode;
import io.kmerflow.cli.base.Home;
import io.kmerflow.scoring.NvidiaDriver;
import io.kmerflow.scoring.ScoringDevice;
import io.kmerflow.scoring.TokenTensors;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.apache.flink.util.FileUtils;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Proves in minutes what a GPU does with the models. */
@Command(
        name = "gpu-check",
        description = {
            "Checks in minutes that a GPU scores correctly and how fast.",
            "Steps: driver and device, the execution provider that really runs, logits in fp32, TF32 "
                    + "and fp16, ONNX Runtime alone, the whole job, memory over time and over model changes, "
                    + "and what happens when the thread that owns the device ends.",
            "Each step runs in its own process with its own time limit, and its result is written to "
                    + "the report at once. Exit code 1 if a step failed."
        },
        footer = "kmerflow gpu-check --out report.json",
        mixinStandardHelpOptions = true)
public final class GpuCheckCommand implements Callable<Integer> {
    private static final String DEVICE_STEP = "device";
    private static final String MODELS_STEP = "models";
    private static final int SHOWN_LINES = 3;

    @Spec
    private CommandSpec spec;

    @Option(names = "--out", paramLabel = "FILE", description = "The report, JSON, written anew after every step.")
    private Path out;

    @Option(names = "--minutes", paramLabel = "M", description = "About how long to measure (default: 5, on a CPU 1).")
    private Double minutesAsked;

    @Option(
            names = "--device",
            paramLabel = "DEVICE",
            defaultValue = "gpu",
            description = "gpu, gpu:N, or cpu, which rehearses every step (default: ${DEFAULT-VALUE}).")
    private String device;

    @Option(
            names = "--training",
            description = "Training too: losses compared with the CPU's, tokens/s, memory, resuming.")
    private boolean training;

    @Option(
            names = "--model",
            paramLabel = "BUNDLE",
            description = BundlePlace.DESCRIPTION + ", in fp32 (default: the bundled model).")
    private BundlePlace model;

    @Option(names = "--step", paramLabel = "NAME", split = ",", description = "Only these steps (default: all).")
    private List<String> only;

    @Option(
            names = "--child",
            hidden = true,
            paramLabel = "NAME",
            description = "Internal: run this step in this process.")
    private String child;

    @Option(names = "--work", hidden = true, paramLabel = "DIR", description = "Internal: folder of the step.")
    private Path work;

    @Option(names = "--seconds", hidden = true, paramLabel = "S", description = "Internal: how long the step measures.")
    private double seconds;

    /** Facts of the whole check. */
    private record Head(String check, String started, String device, double minutes, String commit) {}

    /** Facts of the machine. */
    private record Device(
            List<NvidiaDriver.Gpu> gpus,
            String cudaVersion,
            String missing,
            int cores,
            double memoryGib,
            String java,
            String onnxRuntime) {}

    /** A step in the report. */
    private record Outcome(String step, String about, String outcome, double seconds, String reason, JsonNode result) {}

    @Override
    public Integer call() throws Exception {
        if (out == null) {
            throw new ParameterException(spec.commandLine(), "Expected --out, the file to write the report to");
        }
        return child == null ? check() : measure();
    }

    private Integer check() throws Exception {
        double minutes = minutesAsked != null ? minutesAsked : device.equals("cpu") ? 1 : 5;
        Map<String, CheckStep> steps = steps();
        requireKnown(steps);
        Path folder = Files.createTempDirectory("kmerflow-gpu-check");
        CheckReport report = new CheckReport(
                out.toAbsolutePath(),
                new Head(
                        "gpu-check",
                        Instant.now().toString(),
                        device,
                        minutes,
                        System.getProperty("kmerflow.commit", "unknown")));
        boolean fine = true;
        try {
            for (CheckStep step : steps.values()) {
                boolean prepares =
                        step.name().equals(DEVICE_STEP) || step.name().equals(MODELS_STEP);
                if (only != null && !prepares && !only.contains(step.name())) {
                    continue;
                }
                Outcome outcome = run(step, folder, minutes * 60);
                report.add(outcome);
                print(outcome);
                fine &= outcome.outcome().equals("done");
            }
        } finally {
            FileUtils.deleteDirectory(folder.toFile());
        }
        PrintWriter printer = spec.commandLine().getOut();
        printer.printf(Locale.ROOT, "report: %s%n", out);
        printer.flush();
        return fine ? ExitCode.FINE : ExitCode.FAILED;
    }

    private void requireKnown(Map<String, CheckStep> steps) {
        if (only != null && !steps.keySet().containsAll(only)) {
            throw new ParameterException(
                    spec.commandLine(),
                    String.format(Locale.ROOT, "Expected steps out of %s, got %s", steps.keySet(), only));
        }
    }

    private Map<String, CheckStep> steps() {
        Map<String, CheckStep> steps = new LinkedHashMap<>();
        steps.put(
                DEVICE_STEP,
                new CheckStep(DEVICE_STEP, "driver, device and this machine", 0, 60, Map.of(), context -> device()));
        steps.put(
                MODELS_STEP,
                new CheckStep(
                        MODELS_STEP,
                        "models of the check",
                        0,
                        120,
                        Map.of(),
                        context -> new CheckModelMaker(work).make(bundled()).shapes()));
        steps.putAll(CheckStep.measuring());
        if (training) {
            steps.putAll(CheckStep.training());
        }
        return steps;
    }

    private ModelBundle bundled() {
        return ModelBundle.read(model == null ? Home.defaultModel() : model.local());
    }

    private Device device() {
        TokenTensors.environment();
        NvidiaDriver driver = NvidiaDriver.ofMachine();
        String missing = device.equals("cpu") ? null : ScoringDevice.missingForGpu(0);
        return new Device(
                driver.gpus(),
                driver.cudaVersion(),
                missing,
                Runtime.getRuntime().availableProcessors(),
                ((com.sun.management.OperatingSystemMXBean)
                                        java.lang.management.ManagementFactory.getOperatingSystemMXBean())
                                .getTotalMemorySize()
                        / (double) (1L << 30),
                System.getProperty("java.version"),
                OrtEnvironment.getEnvironment().getVersion());
    }

    /** In a step's own process. */
    private Integer measure() throws Exception {
        CheckStep step = steps().get(child);
        CheckStep.Context context = new CheckStep.Context(work, device, seconds);
        CheckReport.write(out, step.action().run(context));
        return ExitCode.FINE;
    }

    private Outcome run(CheckStep step, Path folder, double wholeSeconds) throws IOException, InterruptedException {
        Path result = folder.resolve(step.name() + ".json");
        Path log = folder.resolve(step.name() + ".log");
        double measured = step.share() * wholeSeconds;
        List<String> command = new ArrayList<>(List.of(
                Home.directory().resolve("kmerflow").toString(),
                "gpu-check",
                "--child",
                step.name(),
                "--device",
                device,
                "--work",
                folder.toString(),
                "--seconds",
                Double.toString(measured),
                "--out",
                result.toString()));
        if (training) {
            command.add("--training");
        }
        if (model != null) {
            command.addAll(List.of("--model", model.local().toAbsolutePath().toString()));
        }
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
        builder.environment().put("KMERFLOW_NO_BUILD", "1");
        builder.environment().putAll(step.environment());
        long start = System.nanoTime();
        Process process = builder.start();
        long limit = Math.round(2 * measured) + step.limitSeconds();
        boolean ended = process.waitFor(limit, TimeUnit.SECONDS);
        if (!ended) {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly().waitFor();
        }
        double took = Duration.ofNanos(System.nanoTime() - start).toMillis() / 1e3;
        boolean done = ended && process.exitValue() == ExitCode.FINE && Files.exists(result);
        return new Outcome(
                step.name(),
                step.about(),
                done ? "done" : ended ? "failed" : "timed out",
                took,
                done ? null : ended ? lastLines(log) : String.format(Locale.ROOT, "no end within %d s", limit),
                done ? CheckReport.read(result) : null);
    }

    private static String lastLines(Path log) throws IOException {
        List<String> lines =
                Files.readString(log).lines().filter(line -> !line.isBlank()).toList();
        return String.join(" | ", lines.subList(Math.max(0, lines.size() - SHOWN_LINES), lines.size()));
    }

    private void print(Outcome outcome) {
        PrintWriter printer = spec.commandLine().getOut();
        printer.printf(
                Locale.ROOT,
                "%-9s %-16s %5.1f s  %s%n",
                outcome.outcome(),
                outcome.step(),
                outcome.seconds(),
                outcome.reason() == null ? outcome.about() : outcome.reason());
        if (outcome.result() != null) {
            CheckSummary.lines(outcome.step(), outcome.result()).forEach(line -> printer.println("          " + line));
        }
        printer.flush();
    }
}
