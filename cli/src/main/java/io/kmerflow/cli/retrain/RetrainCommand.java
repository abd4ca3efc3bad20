package io.kmerflow.cli.retrain;

import io.kmerflow.cli.base.ExitCode;
import io.kmerflow.pretraining.settings.SettingsTree;
import io.kmerflow.sequence.PrintableText;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The next model, from the reads of the stream. */
@Command(
        name = "retrain",
        description = {
            "Makes the next model of the reads on Kafka and their labels, and lets it serve only if it is shown to be better.",
            "Snapshot, split, training, export, measurement, gate, shadow, change and guard are steps of a journal, run.json in"
                    + " --out: --resume continues after the last one that is done. Where a rule of the gate or of the guard does"
                    + " not hold, the previous model stays, or serves again, and the exit code is 1. report.html shows all of it."
                    + " Keys of the file: docs/retrain.md."
        },
        footer = {
            "kmerflow retrain --config retrain.yaml --out runs/2026-12",
            "kmerflow retrain --config retrain.yaml --out runs/2026-12 --resume",
            "kmerflow retrain --config retrain.yaml --out runs/2026-12 --plan"
        },
        mixinStandardHelpOptions = true)
public final class RetrainCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Option(names = "--config", required = true, paramLabel = "FILE", description = "What to do, in YAML.")
    private Path file;

    @Option(
            names = "--out",
            required = true,
            paramLabel = "DIR",
            description = "Folder of this run, for its owner alone: it holds reads.")
    private Path out;

    @Option(names = "--resume", description = "Go on with the run in --out, if it has begun.")
    private boolean resume;

    @Option(names = "--plan", description = "Print the steps, and how each stands, and end.")
    private boolean plan;

    @Override
    public Integer call() throws Exception {
        try {
            RetrainConfig config = SettingsTree.read(file, RetrainConfig.class);
            RetrainRun run = new RetrainRun(
                    config,
                    file.toAbsolutePath().getParent(),
                    out,
                    this::say,
                    new SameLine(spec.commandLine().getErr()));
            if (plan) {
                say(run.plan());
                return ExitCode.FINE;
            }
            String outcome = run.run(resume);
            say(outcome);
            say("report: " + out.resolve("report.html"));
            return ExitCode.FINE;
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage(), e);
        }
    }

    private void say(String line) {
        PrintWriter writer = spec.commandLine().getOut();
        line.lines().forEach(each -> writer.println(PrintableText.escape(each)));
        writer.flush();
    }

    /** What a step is doing, at most a line a few seconds: it goes into logs too. */
    private static final class SameLine implements java.util.function.Consumer<String> {
        private static final long EVERY_NANOS = 5_000_000_000L;

        private final PrintWriter writer;
        private long last = System.nanoTime() - EVERY_NANOS;

        SameLine(PrintWriter writer) {
            this.writer = writer;
        }

        @Override
        public void accept(String line) {
            if (System.nanoTime() - last >= EVERY_NANOS) {
                last = System.nanoTime();
                writer.println("           " + PrintableText.escape(line));
                writer.flush();
            }
        }
    }
}
