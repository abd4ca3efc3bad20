package io.kmerflow.cli.training;

import io.kmerflow.bundle.JsonMappers;
import io.kmerflow.bundle.ModelBundle;
import io.kmerflow.cli.base.CommandFailure;
import io.kmerflow.cli.base.ExitCode;
import io.kmerflow.contract.ModelContract;
import io.kmerflow.pretraining.checkpoint.TrainingCheckpoint;
import io.kmerflow.pretraining.corpus.LabelNames;
import io.kmerflow.pretraining.corpus.LabelledSequence;
import io.kmerflow.pretraining.corpus.LabelledSequences;
import io.kmerflow.pretraining.evaluation.KmerLogisticRegression;
import io.kmerflow.pretraining.evaluation.ReadClassifier;
import io.kmerflow.pretraining.finetune.Evaluation;
import io.kmerflow.pretraining.finetune.FinetuneConfig;
import io.kmerflow.pretraining.settings.SettingsTree;
import io.kmerflow.pretraining.trainer.TorchSession;
import io.kmerflow.scoring.OnnxWindowScorer;
import io.kmerflow.scoring.ScoringException;
import io.kmerflow.scoring.ScoringOptions;
import io.kmerflow.token.TokenBatch;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Accuracy, F1, MCC and AUC of a fine-tuned model on labelled sequences, with the k-mer control beside it. */
@Command(
        name = "sequences",
        description = {
            "Measures a fine-tuned model on labelled sequences.",
            "The sequences are those of --csv, else the validation windows of --config. Sequences "
                    + "longer than the model's window are called as reads are: windows, then one call.",
            "--control trains a logistic regression on canonical k-mer counts, on windows drawn as "
                    + "--config says, and measures it on the same sequences."
        },
        footer = {
            "kmerflow evaluate sequences --model run/model --csv test.csv.gz",
            "kmerflow evaluate sequences --bundle bundle --csv test.csv.gz"
        },
        mixinStandardHelpOptions = true)
public final class EvaluateSequencesCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Option(names = "--model", paramLabel = "DIR", description = "Run of 'finetune', or its model/.")
    private Path model;

    @Option(
            names = "--bundle",
            paramLabel = "DIR",
            description =
                    "Exported bundle, of any precision, instead of --model: measured in ONNX Runtime, as it is served.")
    private Path bundle;

    @Mixin
    private ColumnOptions columns;

    @Option(
            names = "--labels",
            paramLabel = "FILE",
            description =
                    "What the table has for each label, as for 'finetune' (default: the model's label names or numbers).")
    private Path labels;

    @Option(
            names = "--csv",
            paramLabel = "FILE",
            description = "Table of sequences and labels, CSV or TSV, plain or .gz.")
    private Path csv;

    @Option(names = "--config", paramLabel = "FILE", description = "YAML file of the fine-tuning run.")
    private Path config;

    @Option(
            names = "--data-root",
            paramLabel = "DIR",
            description = "Where relative paths of --config start (default: its own directory).")
    private Path dataRoot;

    @Option(names = "--control", description = "Train and measure the k-mer control too; needs --config.")
    private boolean control;

    @Option(
            names = "--control-k",
            defaultValue = "5",
            paramLabel = "K",
            description = "Bases per k-mer of the control, 1 to 8 (default: ${DEFAULT-VALUE}).")
    private int controlK;

    @Option(
            names = "--control-windows",
            defaultValue = "30000",
            paramLabel = "N",
            description = "Windows to train the control on, for genomes (default: ${DEFAULT-VALUE}).")
    private int controlWindows;

    @Option(
            names = "--threads",
            defaultValue = "0",
            paramLabel = "N",
            description = "CPU threads of one operation; 0 is PyTorch's default (default: ${DEFAULT-VALUE}).")
    private int threads;

    @Option(names = "--json", description = "Print one JSON object.")
    private boolean json;

    @Override
    public Integer call() throws IOException {
        if (config == null && (csv == null || control)) {
            throw new ParameterException(
                    spec.commandLine(),
                    "Expected --csv, or --config for validation windows and the control, got neither");
        }
        if ((model == null) == (bundle == null)) {
            throw new ParameterException(spec.commandLine(), "Expected --model DIR or --bundle DIR, and not both");
        }
        FinetuneConfig run = null;
        KmerLogisticRegression.Settings settings;
        try {
            run = config == null ? null : SettingsTree.read(config, FinetuneConfig.class);
            KmerLogisticRegression.Settings usual = KmerLogisticRegression.Settings.DEFAULT;
            settings = new KmerLogisticRegression.Settings(
                    controlK, usual.l2(), usual.epochs(), usual.learningRate(), usual.seed());
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage(), e);
        }
        Path root = config == null || dataRoot != null
                ? dataRoot
                : config.toAbsolutePath().getParent();
        ModelBundle exported = bundle == null ? null : ModelBundle.read(bundle);
        ModelContract contract =
                exported == null ? TrainingCheckpoint.read(model).contract() : exported.contract();
        if (contract == null) {
            throw new CommandFailure("Expected a finished model with contract.json, got none at " + model);
        }
        List<String> names =
                contract.labels().stream().map(ModelContract.Label::name).toList();
        List<LabelledSequence> sequences = csv == null ? Evaluation.validation(run, root) : table(names);
        Map<String, Object> result = new LinkedHashMap<>();
        result.put("model", exported == null ? trained(sequences) : served(exported, sequences));
        if (control) {
            KmerLogisticRegression trained = Evaluation.control(run, root, controlWindows, settings);
            result.put("control", Evaluation.control(trained, names, sequences));
        }
        if (json) {
            spec.commandLine().getOut().println(JsonMappers.COMPACT.writeValueAsString(result));
            spec.commandLine().getOut().flush();
        } else {
            MetricsTable.print(spec.commandLine().getOut(), result);
        }
        return ExitCode.FINE;
    }

    private List<LabelledSequence> table(List<String> names) {
        LabelNames known = labels == null ? LabelNames.of(names) : LabelNames.read(labels);
        if (!known.names().equals(names)) {
            throw new CommandFailure(String.format(
                    Locale.ROOT, "Expected the model's labels %s in %s, got %s", names, labels, known.names()));
        }
        return LabelledSequences.read(csv, columns.columns(), known);
    }

    private Map<String, Object> trained(List<LabelledSequence> sequences) {
        try (TorchSession session = TorchSession.open("cpu", threads)) {
            return Evaluation.model(session, model, sequences);
        }
    }

    private Map<String, Object> served(ModelBundle exported, List<LabelledSequence> sequences) {
        ScoringOptions options = ScoringOptions.cpu(threads == 0 ? 1 : threads);
        try (OnnxWindowScorer scorer = new OnnxWindowScorer(exported.modelFile(), options)) {
            ReadClassifier reads = new ReadClassifier(batch -> score(scorer, batch), exported.contract());
            return Evaluation.reads(reads, exported.contract(), sequences);
        }
    }

    private static float[] score(OnnxWindowScorer scorer, TokenBatch batch) {
        try {
            return scorer.score(batch);
        } catch (ScoringException e) {
            throw new CommandFailure(e.getMessage(), e);
        }
    }
}
