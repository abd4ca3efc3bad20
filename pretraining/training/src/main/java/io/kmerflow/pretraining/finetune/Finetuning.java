package io.kmerflow.pretraining.finetune;

import io.kmerflow.contract.ModelContract;
import io.kmerflow.pretraining.MetricsFile;
import io.kmerflow.pretraining.Provenance;
import io.kmerflow.pretraining.RunDirectory;
import io.kmerflow.pretraining.RunOptions;
import io.kmerflow.pretraining.TraceFile;
import io.kmerflow.pretraining.checkpoint.ClassifierModel;
import io.kmerflow.pretraining.checkpoint.GoldenSequence;
import io.kmerflow.pretraining.checkpoint.TrainingCheckpoint;
import io.kmerflow.pretraining.corpus.LabelledSequence;
import io.kmerflow.pretraining.evaluation.Calibration;
import io.kmerflow.pretraining.evaluation.ConfusionMatrix;
import io.kmerflow.pretraining.evaluation.PriorCorrection;
import io.kmerflow.pretraining.evaluation.ReadClassifier;
import io.kmerflow.pretraining.evaluation.ScoredExamples;
import io.kmerflow.pretraining.model.BertModel;
import io.kmerflow.pretraining.model.EncoderConfig;
import io.kmerflow.pretraining.model.HeadConfig;
import io.kmerflow.pretraining.model.ParameterLayout;
import io.kmerflow.pretraining.model.Tensor;
import io.kmerflow.pretraining.settings.JsonMappers;
import io.kmerflow.pretraining.settings.SettingsTree;
import io.kmerflow.pretraining.trainer.TorchSession;
import io.kmerflow.pretraining.trainer.Trainer;
import io.kmerflow.pretraining.trainer.TrainingConfig;
import io.kmerflow.pretraining.trainer.TrainingLoop;
import io.kmerflow.token.KmerTokenizer;
import io.kmerflow.token.Vocabulary;
import io.kmerflow.token.WindowEncoder;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Trains a classifier. Writes last/ to go on from, best/ with the weights of the lowest validation loss, and at the end
 * model/, the best weights with contract, golden logits and metrics; beside them metrics.csv, predictions.tsv and
 * confusion.tsv, and held-out.tsv for genomes.
 */
public final class Finetuning {

    /** A base is called with a label that is more likely than all others together; a stretch has no use for bases left out. */
    static final double MIDDLE_THRESHOLD = 0.5;

    private final FinetuneConfig config;
    private final RunOptions options;

    public Finetuning(FinetuneConfig config, RunOptions options) {
        this.config = config;
        this.options = options;
    }

    /**
     * What came out.
     *
     * @param finished whether the last step was reached
     * @param step steps done
     * @param model directory of the finished model; of the last state if stopped early
     * @param metrics by name, as in metrics.json; empty if stopped early
     * @param test logits of the test sequences in the order of their file; null if there are none or stopped early
     */
    public record Result(boolean finished, long step, Path model, Map<String, Object> metrics, ScoredExamples test) {}

    /** Where the encoder's weights come from. */
    private record Start(EncoderConfig encoder, TrainingCheckpoint checkpoint) {
        /** Bases of the longest window with a position for each token. */
        int roomBases(int tokenStride) {
            return new KmerTokenizer(new Vocabulary(encoder.k()), tokenStride).basesOf(encoder.maxPositions() - 2);
        }
    }

    /** Runs to the last step, or until stopped. */
    public Result run() throws IOException {
        Start start = start();
        LabelledData data = LabelledData.read(
                config, options.dataRoot(), start.roomBases(config.window().tokenStride()));
        FinetuneConfig resolved = SettingsTree.with(config, Map.of("training.steps", data.steps()));
        try (TorchSession session = TorchSession.open(options.device(), options.threads());
                TraceFile listener = new TraceFile(options.trace(), options.resume(), options.listener())) {
            Map<String, Object> provenance = Provenance.of(resolved, data.files(), session);
            if (start.checkpoint() != null) {
                provenance.put(
                        "startedFrom", Provenance.startedFrom(start.checkpoint().provenance()));
            }
            RunDirectory directory = new RunDirectory(options.out(), options.resume(), provenance);
            if (data.heldOut() != null) {
                data.heldOut().write(options.out().resolve("held-out.tsv"));
            }
            data.notes().forEach(listener::note);
            Trainer trained = train(session, data, resolved.training(), start, directory, listener);
            try (Trainer trainer = trained) {
                if (trainer.step() < data.steps() && !enough(trainer, directory)) {
                    return new Result(false, trainer.step(), directory.last(), Map.of(), null);
                }
                long step = trainer.step();
                return finish(session, data, directory, provenance, step, listener);
            }
        }
    }

    private Start start() {
        if (config.model() == null && config.checkpoint() == null) {
            throw new IllegalArgumentException("Expected a checkpoint or a model to start from, got neither");
        }
        if (config.model() != null) {
            EncoderConfig encoder = config.model();
            return new Start(withDropout(encoder), null);
        }
        TrainingCheckpoint checkpoint =
                TrainingCheckpoint.read(options.dataRoot().resolve(config.checkpoint()));
        return new Start(withDropout(checkpoint.config()), checkpoint);
    }

    private EncoderConfig withDropout(EncoderConfig encoder) {
        return encoder.withDropout(config.dropout().orElse(encoder.dropout()));
    }

    private Trainer train(
            TorchSession session,
            LabelledData data,
            TrainingConfig training,
            Start start,
            RunDirectory directory,
            TraceFile listener) {
        HeadConfig head = new HeadConfig(config.head(), config.labels().size(), config.bothStrands(), config.wide());
        BertModel model = new BertModel(new ParameterLayout(start.encoder(), head));
        float[] weights = model.layout().initialize(training.seed());
        TrainingCheckpoint resumed = options.resume() && TrainingCheckpoint.exists(directory.last())
                ? TrainingCheckpoint.read(directory.last())
                : null;
        TrainingCheckpoint source = resumed == null ? start.checkpoint() : resumed;
        if (source != null) {
            List<String> missing = model.layout().fill(weights, source.weights());
            listener.note("starting weights: " + (missing.isEmpty() ? "all given" : "fresh are " + missing));
        }
        Trainer trainer = new Trainer(session, model, training, weights);
        if (resumed != null) {
            directory.restore(trainer, resumed);
            listener.note("resuming at step " + trainer.step());
        }
        listener.note(String.format(
                Locale.ROOT,
                "%,d parameters, device %s, %,d validation windows",
                model.layout().size(),
                session.deviceName(),
                data.validation().size()));
        WindowEncoder encoder = encoder(start.encoder(), data.window());
        MetricsFile metrics = new MetricsFile(options.out(), trainer.step(), training.schedule(), listener);
        TrainingLoop.Hooks hooks = new TrainingLoop.Hooks() {
            @Override
            public void evaluate() {
                ScoredExamples scored = score(trainer, encoder, data);
                double loss = scored.negativeLogLikelihood(1);
                metrics.validation(loss);
                boolean best = directory.offerBest(trainer, loss);
                listener.note(String.format(
                        Locale.ROOT,
                        "step %d  validation loss %.4f  %s%s",
                        trainer.step(),
                        loss,
                        summary(scored.confusion()),
                        best ? "  (best)" : ""));
            }

            @Override
            public void checkpoint() {
                directory.writeLast(trainer);
            }

            @Override
            public boolean enough() {
                boolean enough = Finetuning.this.enough(trainer, directory);
                if (enough) {
                    listener.note(String.format(
                            Locale.ROOT,
                            "step %d  ends here: no lower validation loss in %d measurements",
                            trainer.step(),
                            config.csv().patience().getAsInt()));
                }
                return enough;
            }
        };
        try (metrics) {
            new TrainingLoop(trainer, data.batches(encoder, config), hooks, metrics, options.stopped()).run();
        }
        return trainer;
    }

    /** Whether the validation loss has not been lower for as many measurements as the configuration has patience. */
    private boolean enough(Trainer trainer, RunDirectory directory) {
        if (config.csv() == null || config.csv().patience().isEmpty() || directory.bestStep() < 0) {
            return false;
        }
        long waited =
                (long) config.csv().patience().getAsInt() * trainer.config().evaluateEvery();
        return trainer.step() - directory.bestStep() >= waited;
    }

    private String summary(ConfusionMatrix matrix) {
        StringBuilder text = new StringBuilder(
                String.format(Locale.ROOT, "balanced accuracy %.4f  recall", matrix.balancedAccuracy()));
        for (int c = 0; c < config.labels().size(); c++) {
            text.append(String.format(
                    Locale.ROOT, " %s %.3f", config.labels().get(c).name(), matrix.recall(c)));
        }
        return text.toString();
    }

    private static WindowEncoder encoder(EncoderConfig encoder, FinetuneConfig.Window window) {
        return new WindowEncoder(
                new KmerTokenizer(new Vocabulary(encoder.k()), window.tokenStride()),
                window.strand() == ModelContract.StrandRule.CANONICAL);
    }

    private static ScoredExamples score(Trainer trainer, WindowEncoder encoder, LabelledData data) {
        return Scoring.score(
                data.validation(),
                encoder,
                data.windower(),
                batch -> trainer.logits(batch),
                trainer.model().layout().head().labels());
    }

    private Result finish(
            TorchSession session,
            LabelledData data,
            RunDirectory directory,
            Map<String, Object> provenance,
            long step,
            TraceFile listener)
            throws IOException {
        TrainingCheckpoint trained = TrainingCheckpoint.read(directory.bestOrLast());
        WindowEncoder encoder = encoder(trained.config(), data.window());
        TrainingCheckpoint best = drawnByWeight() ? withoutPriors(session, data, trained, encoder) : trained;
        try (ClassifierModel model = new ClassifierModel(session, best)) {
            ScoredExamples validation = score(model, data.validation(), data, encoder);
            Calibration calibration = Calibration.fit(validation, backgrounds());
            Map<String, Object> metrics = new LinkedHashMap<>();
            metrics.put("steps", step);
            metrics.put("bestStep", directory.bestStep());
            List<String> names =
                    config.labels().stream().map(FinetuneConfig.Label::name).toList();
            metrics.put("validation", validation.metrics(names));
            ModelContract contract = contract(best, data, calibration);
            metrics.put("temperature", contract.temperature());
            metrics.put("threshold", contract.threshold());
            if (contract.threshold() == calibration.threshold()) {
                metrics.put("validationCalledShare", Calibration.CALLED_SHARE);
            }
            metrics.put("windowBases", contract.windowBases());
            metrics.put("minReadBases", contract.minReadBases());
            ScoredExamples shortest = shortest(model, data, encoder);
            if (shortest != null) {
                metrics.put("accuracyAtMinReadBases", shortest.confusion().accuracy());
            }
            PredictionFiles predictions = new PredictionFiles(names, contract.temperature(), contract.threshold());
            predictions.add("dev", validation, data.validationRows());
            if (!data.longReads().isEmpty()) {
                ScoredExamples longReads = longReads(new ReadClassifier(model, contract), data);
                List<Double> ofLabels = Calibration.labelThresholds(longReads, 1, backgrounds());
                contract =
                        contract.withLongReadThresholds(Calibration.threshold(longReads, 1, backgrounds()), ofLabels);
                metrics.put("longReads", longReads.metrics(names));
                metrics.put("longReadThreshold", contract.longReadThreshold());
                metrics.put("labelLongReadThresholds", ofLabels);
            }
            ScoredExamples test = null;
            if (!data.test().isEmpty()) {
                test = score(model, data.test(), data, encoder);
                metrics.put("test", test.metrics(names));
                predictions.add("test", test, null);
            }
            Map<String, Object> complete = new LinkedHashMap<>(provenance);
            complete.put("metrics", metrics);
            List<GoldenSequence> golden =
                    GoldenSequences.choose(data.validation(), data.window(), names, encoder, model);
            Path out = options.out().resolve("model");
            best.finished(contract, golden, complete).write(out);
            JsonMappers.INDENTED.writeValue(out.resolve("metrics.json").toFile(), metrics);
            if (data.heldOut() != null) {
                data.heldOut().write(out.resolve("held-out.tsv"));
            }
            predictions.write(options.out());
            noteIfOneClass(test == null ? validation : test, names, listener);
            listener.note(String.format(
                    Locale.ROOT,
                    "The model reads windows of %d bases and calls reads of %d bases or more%s.",
                    contract.windowBases(),
                    contract.minReadBases(),
                    shortest == null
                            ? ""
                            : String.format(
                                    Locale.ROOT,
                                    "; accuracy on validation sequences cut to %d bases is %.3f",
                                    contract.minReadBases(),
                                    shortest.confusion().accuracy())));
            listener.note("finished model in " + out);
            return new Result(true, step, out, metrics, test);
        }
    }

    /** A model that calls one label for everything has an accuracy that may look fine. */
    private static void noteIfOneClass(ScoredExamples scored, List<String> names, TraceFile listener) {
        int[] calls = scored.calls();
        if (calls.length > 1 && ConfusionMatrix.callsOneClass(calls)) {
            listener.note(String.format(
                    Locale.ROOT,
                    "warning: the model calls %s for every one of %,d sequences measured: it has learned nothing that tells"
                            + " the labels apart; try more steps, another learning rate or balanced class weights",
                    names.get(calls[0]),
                    calls.length));
        }
    }

    /** Labelled sequences cut to the shortest read that the model calls; null if all are as short, and for genomes. */
    private ScoredExamples shortest(ClassifierModel model, LabelledData data, WindowEncoder encoder) {
        int bases = data.window().minReadBases();
        if (data.windows() != null || data.validation().stream().allMatch(row -> row.bases().length == bases)) {
            return null;
        }
        List<LabelledSequence> cut = new ArrayList<>();
        for (LabelledSequence row : data.validation()) {
            int from = (row.bases().length - bases) / 2;
            cut.add(new LabelledSequence(Arrays.copyOfRange(row.bases(), from, from + bases), row.label()));
        }
        return score(model, cut, data, encoder);
    }

    /** Whether training saw some labels more often than others because it was told to. */
    private boolean drawnByWeight() {
        return config.labels().stream()
                        .mapToDouble(FinetuneConfig.Label::weight)
                        .distinct()
                        .count()
                > 1;
    }

    /** The same model with the frequencies of its training labels taken out of the biases of its last layer. */
    private TrainingCheckpoint withoutPriors(
            TorchSession session, LabelledData data, TrainingCheckpoint trained, WindowEncoder encoder) {
        try (ClassifierModel model = new ClassifierModel(session, trained)) {
            double[] shifts = PriorCorrection.fit(score(model, data.validation(), data, encoder));
            Map<String, Tensor> weights = new LinkedHashMap<>(trained.weights());
            weights.computeIfPresent(HeadConfig.BIAS, (name, bias) -> {
                float[] shifted = bias.data().clone();
                for (int label = 0; label < shifts.length; label++) {
                    shifted[label] += (float) shifts[label];
                }
                return new Tensor(shifted, bias.shape());
            });
            return trained.withWeights(weights);
        }
    }

    private ScoredExamples score(
            ClassifierModel model, List<LabelledSequence> sequences, LabelledData data, WindowEncoder encoder) {
        return Scoring.score(
                sequences,
                encoder,
                data.windower(),
                batch -> model.logits(batch.rows(), batch.shares()),
                config.labels().size());
    }

    private static ScoredExamples longReads(ReadClassifier reads, LabelledData data) {
        float[][] logits = new float[data.longReads().size()][];
        int[] labels = new int[logits.length];
        for (int i = 0; i < logits.length; i++) {
            logits[i] = reads.logits(data.longReads().get(i).bases());
            labels[i] = data.longReads().get(i).label();
        }
        return new ScoredExamples(logits, labels);
    }

    private boolean[] backgrounds() {
        boolean[] backgrounds = new boolean[config.labels().size()];
        for (int label = 0; label < backgrounds.length; label++) {
            backgrounds[label] = config.labels().get(label).background();
        }
        return backgrounds;
    }

    private ModelContract contract(TrainingCheckpoint checkpoint, LabelledData data, Calibration calibration) {
        FinetuneConfig.Window window = data.window();
        boolean ofMiddles = window.aggregation() == ModelContract.Aggregation.MIDDLE_SEGMENTS;
        return new ModelContract(
                checkpoint.config().k(),
                window.tokenStride(),
                new Vocabulary(checkpoint.config().k()).hash(),
                checkpoint.config().maxPositions(),
                window.bases(),
                window.strideBases(),
                window.minReadBases(),
                window.minMeanQuality(),
                window.strand(),
                window.aggregation(),
                calibration.temperature(),
                ofMiddles ? MIDDLE_THRESHOLD : calibration.threshold(),
                config.contractLabels(),
                null,
                null,
                LabelledData.chain(window, data.validation(), config.labels().size()));
    }
}
