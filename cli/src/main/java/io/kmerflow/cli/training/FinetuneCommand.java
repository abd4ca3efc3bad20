package io.kmerflow.cli.training;

import io.kmerflow.bundle.JsonMappers;
import io.kmerflow.cli.base.ExitCode;
import io.kmerflow.cli.base.StopSignal;
import io.kmerflow.pretraining.finetune.FinetuneConfig;
import io.kmerflow.pretraining.finetune.Finetuning;
import io.kmerflow.pretraining.finetune.LabelledSet;
import io.kmerflow.pretraining.finetune.Protocol;
import io.kmerflow.pretraining.finetune.Recipe;
import io.kmerflow.pretraining.settings.SettingsTree;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Trains a classifier on labelled genomes or labelled sequences. */
@Command(
        name = "finetune",
        description = {
            "Trains a classifier on labelled genomes or on labelled sequences.",
            "Genomes are given in --config; windows with sequencing errors are drawn from them. "
                    + "Labelled sequences are tables with a column of sequences and one of labels, words or numbers, "
                    + "given in --config or with --data: the latter fine-tune the default encoder with the published "
                    + "protocol of GUE and train a k-mer control for comparison.",
            "Writes to --out: last/ (to continue from), best/ (lowest validation loss) and, at the "
                    + "end, model/ with contract, golden logits and metrics; metrics.csv (loss of every step), "
                    + "predictions.tsv and confusion.tsv of the splits measured, report.html with curves, and events for TensorBoard."
        },
        footer = {
            "kmerflow finetune --config recipes/finetune-species.yaml --out run",
            "kmerflow finetune --data train.csv.gz --dev dev.csv.gz --test test.csv.gz --out run",
            "kmerflow finetune --data reads.tsv --sequence-column bases --label-column species --out run"
        },
        mixinStandardHelpOptions = true)
public final class FinetuneCommand implements Callable<Integer> {
    private static final String TITLE = "Fine-tuning";

    @Spec
    private CommandSpec spec;

    @Mixin
    private RunSwitches run;

    @Option(
            names = "--checkpoint",
            paramLabel = "DIR",
            description = "Start from this training checkpoint, or run of 'pretrain', instead of what the file says.")
    private Path checkpoint;

    @Option(
            names = "--epochs",
            paramLabel = "N",
            description = "Passes over labelled sequences (csv) instead of steps.")
    private Integer epochs;

    @Option(
            names = "--min-read-bases",
            paramLabel = "N",
            description = "Shortest read that the model calls (default: the shortest training sequence, at most 100;"
                    + " for genomes 50).")
    private Integer minReadBases;

    @Option(
            names = "--recipe",
            paramLabel = "FILE",
            description = "YAML file that changes the published protocol of --data: epochs, batchSize, learningRate,"
                    + " warmUpSteps, dropout, weightDecay, strands: one or both, and more (docs/train-a-model.md);"
                    + " options override it.")
    private Path recipe;

    @Mixin
    private LabelledSetOptions files;

    @Override
    public Integer call() throws IOException {
        if ((run.config == null) == !files.given()) {
            throw new ParameterException(spec.commandLine(), "Expected --config FILE or --data FILE, and not both");
        }
        if (run.config != null && files.anyOther()) {
            throw new ParameterException(
                    spec.commandLine(),
                    "Expected options of labelled sequences, such as --dev, with --data; with --config they are in that file");
        }
        if (recipe != null && run.config != null) {
            throw new ParameterException(
                    spec.commandLine(), "Expected --recipe with --data; with --config these keys are in that file");
        }
        return files.given() ? labelledSet() : configured();
    }

    private Integer labelledSet() throws IOException {
        if (run.steps != null && (epochs != null || run.steps < 1)) {
            throw new ParameterException(
                    spec.commandLine(),
                    String.format(
                            Locale.ROOT,
                            "Expected --epochs or 1 --steps or more, and not both, got %s and %d",
                            epochs,
                            run.steps));
        }
        Recipe given = recipe();
        LabelledSet set = labelledSequences();
        int rows = set.train().size();
        Protocol protocol = Protocol.forRows(rows).with(given).with(epochs, run.batchSize, run.learningRate);
        FinetuneConfig published = (run.steps == null ? protocol : protocol.lasting(run.steps, rows))
                .config(set, LabelledSetOptions.encoder(checkpoint), null, run.seed == null ? 1 : run.seed);
        FinetuneConfig config = minReadBases == null
                ? published
                : SettingsTree.with(published, Map.of("window.minReadBases", minReadBases));
        try (StopSignal stop = new StopSignal()) {
            Finetuning.Result result =
                    new Finetuning(config, run.options(spec.commandLine().getErr(), stop)).run();
            if (!result.finished()) {
                throw run.stopped(TITLE, spec.commandLine().getErr(), result.step(), result.model());
            }
            print(LabelledSetReport.of(set, config, result));
            return ExitCode.FINE;
        }
    }

    private LabelledSet labelledSequences() {
        try {
            return files.read();
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage(), e);
        }
    }

    private Recipe recipe() {
        try {
            return recipe == null ? null : SettingsTree.read(recipe, Recipe.class);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage(), e);
        }
    }

    private Integer configured() throws IOException {
        FinetuneConfig config;
        try {
            config = configuration();
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage(), e);
        }
        try (StopSignal stop = new StopSignal()) {
            Finetuning.Result result =
                    new Finetuning(config, run.options(spec.commandLine().getErr(), stop)).run();
            if (!result.finished()) {
                throw run.stopped(TITLE, spec.commandLine().getErr(), result.step(), result.model());
            }
            Map<String, Object> row = new LinkedHashMap<>(result.metrics());
            row.put("model", result.model().toString());
            print(row);
            return ExitCode.FINE;
        }
    }

    private FinetuneConfig configuration() {
        Map<String, Object> changes = run.changes();
        changes.put("window.minReadBases", minReadBases);
        FinetuneConfig file = SettingsTree.read(run.config, changes, FinetuneConfig.class);
        if (epochs != null) {
            if (file.csv() == null) {
                throw new IllegalArgumentException(
                        "Expected labelled sequences (csv) to go through in epochs, got genomes; give steps instead");
            }
            file = SettingsTree.with(file, Map.of("csv.epochs", epochs));
        }
        // Given on the command line, a path is relative to where the command runs, not to the data.
        return checkpoint == null ? file : file.startingFrom(checkpoint.toAbsolutePath());
    }

    private void print(Map<String, Object> row) throws IOException {
        StringWriter text = new StringWriter();
        MetricsTable.print(new PrintWriter(text), row);
        run.report(TITLE, spec.commandLine().getErr(), "Result", text.toString());
        if (run.json) {
            spec.commandLine().getOut().println(JsonMappers.COMPACT.writeValueAsString(row));
        } else {
            MetricsTable.print(spec.commandLine().getOut(), row);
        }
        spec.commandLine().getOut().flush();
    }
}
