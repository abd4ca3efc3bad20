package io.kmerflow.cli.training;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.kmerflow.cli.base.CommandFailure;
import io.kmerflow.cli.base.ExitCode;
import io.kmerflow.contract.ModelContract;
import io.kmerflow.pretraining.ConfigFile;
import io.kmerflow.pretraining.checkpoint.TrainingCheckpoint;
import io.kmerflow.pretraining.corpus.LabelledSequence;
import io.kmerflow.pretraining.corpus.LabelledSequences;
import io.kmerflow.pretraining.evaluation.KmerLogisticRegression;
import io.kmerflow.pretraining.finetune.Evaluation;
import io.kmerflow.pretraining.finetune.FinetuneConfig;
import io.kmerflow.pretraining.trainer.TorchSession;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
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
        footer = "kmerflow evaluate sequences --model run/model --csv test.csv.gz",
        mixinStandardHelpOptions = true)
public final class EvaluateSequencesCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Option(names = "--model", required = true, paramLabel = "DIR", description = "Run of 'finetune', or its model/.")
    private Path model;

    @Option(names = "--csv", paramLabel = "FILE", description = "Table sequence,label; plain or .gz.")
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
        FinetuneConfig run = null;
        KmerLogisticRegression.Settings settings;
        try {
            run = config == null ? null : ConfigFile.read(config, FinetuneConfig.class);
            KmerLogisticRegression.Settings usual = KmerLogisticRegression.Settings.DEFAULT;
            settings = new KmerLogisticRegression.Settings(
                    controlK, usual.l2(), usual.epochs(), usual.learningRate(), usual.seed());
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage(), e);
        }
        Path root = config == null || dataRoot != null
                ? dataRoot
                : config.toAbsolutePath().getParent();
        ModelContract contract = TrainingCheckpoint.read(model).contract();
        if (contract == null) {
            throw new CommandFailure("Expected a finished model with contract.json, got none at " + model);
        }
        List<String> names =
                contract.labels().stream().map(ModelContract.Label::name).toList();
        List<LabelledSequence> sequences =
                csv == null ? Evaluation.validation(run, root) : LabelledSequences.read(csv, names.size());
        Map<String, Object> result = new LinkedHashMap<>();
        try (TorchSession session = TorchSession.open("cpu", threads)) {
            result.put("model", Evaluation.model(session, model, sequences));
        }
        if (control) {
            KmerLogisticRegression trained = Evaluation.control(run, root, controlWindows, settings);
            result.put("control", Evaluation.control(trained, names, sequences));
        }
        if (json) {
            spec.commandLine().getOut().println(new ObjectMapper().writeValueAsString(result));
            spec.commandLine().getOut().flush();
        } else {
            MetricsTable.print(spec.commandLine().getOut(), result);
        }
        return ExitCode.FINE;
    }
}
