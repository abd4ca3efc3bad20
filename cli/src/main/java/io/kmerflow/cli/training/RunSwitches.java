package io.kmerflow.cli.training;

import io.kmerflow.cli.base.CommandFailure;
import io.kmerflow.cli.base.StopSignal;
import io.kmerflow.pretraining.RunOptions;
import io.kmerflow.pretraining.trainer.ProgressListener;
import io.kmerflow.sequence.PrintableText;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import picocli.CommandLine.Option;

/** Options that every training run has. */
final class RunSwitches {
    @Option(names = "--config", paramLabel = "FILE", description = "YAML file of the run; options override it.")
    Path config;

    @Option(names = "--out", required = true, paramLabel = "DIR", description = "Directory to write to.")
    private Path out;

    @Option(
            names = "--data-root",
            paramLabel = "DIR",
            description = "Where relative paths of the file start (default: its own directory).")
    private Path dataRoot;

    @Option(
            names = "--resume",
            description =
                    "Continue from the checkpoint in --out, if it holds one; the result is that of a run that was not"
                            + " interrupted. SIGINT and SIGTERM write a checkpoint and end the run.")
    private boolean resume;

    @Option(
            names = "--device",
            defaultValue = "auto",
            paramLabel = "auto|cpu|gpu|gpus",
            description =
                    "Where to train; auto takes the first GPU if there is one, gpus shares each batch among all (default: ${DEFAULT-VALUE}).")
    private String device;

    @Option(
            names = "--threads",
            defaultValue = "0",
            paramLabel = "N",
            description = "CPU threads of one operation; 0 is PyTorch's default (default: ${DEFAULT-VALUE}).")
    private int threads;

    @Option(
            names = "--trace",
            paramLabel = "FILE",
            description = "Write step, stage (mask span in tokens) and loss (nats) of every step to this table.")
    private Path trace;

    @Option(names = "--steps", paramLabel = "N", description = "Optimizer updates; the learning rate ends at 0 there.")
    Long steps;

    @Option(names = "--batch-size", paramLabel = "N", description = "Sequences per step.")
    Integer batchSize;

    @Option(names = "--learning-rate", paramLabel = "RATE", description = "Highest learning rate.")
    Double learningRate;

    @Option(names = "--seed", paramLabel = "N", description = "Seed of everything drawn.")
    Long seed;

    @Option(names = "--json", description = "Print the result as one JSON object.")
    boolean json;

    /** Directory to write to. */
    Path out() {
        return out;
    }

    /** Relative paths of the file start here; without a file, where the command runs. */
    Path dataRoot() {
        if (dataRoot != null) {
            return dataRoot;
        }
        return (config == null ? Path.of("x") : config).toAbsolutePath().getParent();
    }

    /** What options say instead of the file, by the keys of the settings; null where one is not given. */
    Map<String, Object> changes() {
        Map<String, Object> changes = new LinkedHashMap<>();
        changes.put("training.steps", steps);
        changes.put("training.batchSize", batchSize);
        changes.put("training.learningRate", learningRate);
        changes.put("training.seed", seed);
        return changes;
    }

    /** What the run needs besides its configuration; progress goes to the error stream. */
    RunOptions options(PrintWriter progress, StopSignal stop) {
        return new RunOptions(dataRoot(), out, resume, device, threads, trace, listener(progress), stop::asked);
    }

    /** Prints each line as it comes. */
    static ProgressListener listener(PrintWriter progress) {
        return new ProgressListener() {
            @Override
            public void progress(Progress heard) {
                note(heard.line());
            }

            @Override
            public void note(String line) {
                progress.println(line);
                progress.flush();
            }
        };
    }

    /** The one sentence of a run that was asked to stop, which is in its report too. */
    CommandFailure stopped(String title, PrintWriter progress, long step, Path last) throws IOException {
        String sentence = String.format(
                Locale.ROOT, "Interrupted after step %d; continue with --resume, the checkpoint is %s", step, last);
        report(title, progress, "Interrupted", sentence);
        return new CommandFailure(sentence);
    }

    /** Writes the report of the run and says where. */
    void report(String title, PrintWriter progress, String heading, String text) throws IOException {
        Path report = TrainingReport.write(out, title, heading, text);
        if (report != null) {
            progress.println("report: " + PrintableText.escape(report.toString()));
            progress.flush();
        }
    }
}
