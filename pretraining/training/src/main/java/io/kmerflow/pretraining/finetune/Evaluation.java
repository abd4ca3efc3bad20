package io.kmerflow.pretraining.finetune;

import io.kmerflow.contract.ModelContract;
import io.kmerflow.pretraining.checkpoint.CheckpointException;
import io.kmerflow.pretraining.checkpoint.ClassifierModel;
import io.kmerflow.pretraining.checkpoint.TrainingCheckpoint;
import io.kmerflow.pretraining.corpus.LabelledSequence;
import io.kmerflow.pretraining.corpus.LabelledWindows;
import io.kmerflow.pretraining.evaluation.KmerLogisticRegression;
import io.kmerflow.pretraining.evaluation.PriorCorrection;
import io.kmerflow.pretraining.evaluation.ReadClassifier;
import io.kmerflow.pretraining.evaluation.ScoredExamples;
import io.kmerflow.pretraining.random.Xoshiro256;
import io.kmerflow.pretraining.trainer.TorchSession;
import io.kmerflow.token.Vocabulary;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Measures a finished classifier, and the k-mer control trained on the same kind of windows, on labelled sequences. */
public final class Evaluation {
    private static final long CONTROL_STREAM = 0xC0;
    /** Of the vocabulary that every contract names. */
    private static final int CONTRACT_K = 6;

    private Evaluation() {}

    /**
     * Metrics of a finished model.
     *
     * @param model directory with a contract
     * @param sequences of any length from minReadBases of the contract on
     * @return names as in {@link ScoredExamples#metrics}, and how many reach the contract's threshold
     */
    public static Map<String, Object> model(TorchSession session, Path model, List<LabelledSequence> sequences) {
        TrainingCheckpoint checkpoint = TrainingCheckpoint.read(model);
        ModelContract contract = checkpoint.contract();
        if (contract == null) {
            throw new CheckpointException("Expected a finished model with contract.json, got none at " + model);
        }
        try (ClassifierModel classifier = new ClassifierModel(session, checkpoint)) {
            return reads(new ReadClassifier(classifier, contract), contract, sequences);
        }
    }

    /**
     * Metrics of a classifier in any runtime.
     *
     * @return as of {@link #model}
     */
    public static Map<String, Object> reads(
            ReadClassifier reads, ModelContract contract, List<LabelledSequence> sequences) {
        ScoredExamples scored = score(sequences, reads::logits);
        Map<String, Object> metrics = new LinkedHashMap<>(scored.metrics(names(contract)));
        metrics.put("calledShare", calledShare(scored, contract.threshold()));
        return metrics;
    }

    private static List<String> names(ModelContract contract) {
        return contract.labels().stream().map(ModelContract.Label::name).toList();
    }

    private static double calledShare(ScoredExamples scored, double threshold) {
        int called = 0;
        for (float[] logits : scored.logits()) {
            if (ScoredExamples.probabilities(logits, 1)[ScoredExamples.best(logits)] >= threshold) {
                called++;
            }
        }
        return (double) called / scored.labels().length;
    }

    /**
     * Trains the control on what a fine-tuning configuration describes: windows drawn as for the model, or its labelled
     * training sequences.
     *
     * @param dataRoot where the configuration's relative paths start
     * @param windows to draw from genomes
     */
    public static KmerLogisticRegression control(
            FinetuneConfig config, Path dataRoot, int windows, KmerLogisticRegression.Settings settings) {
        LabelledData data = LabelledData.read(config, dataRoot);
        int classes = config.labels().size();
        if (data.windows() == null) {
            return KmerLogisticRegression.train(data.train(), classes, settings);
        }
        return KmerLogisticRegression.train(draw(data.windows(), windows, settings.seed()), classes, settings);
    }

    /**
     * How the window scores of a control become calls: as those of the model of a configuration do. It has no tokens.
     *
     * @param validation windows of the configuration
     */
    public static ModelContract controlContract(FinetuneConfig config, List<LabelledSequence> validation) {
        FinetuneConfig.Window window = LabelledData.resolved(config.window());
        return new ModelContract(
                CONTRACT_K,
                1,
                new Vocabulary(CONTRACT_K).hash(),
                Integer.MAX_VALUE,
                window.bases(),
                window.strideBases(),
                window.minReadBases(),
                window.minMeanQuality(),
                window.strand(),
                window.aggregation(),
                1,
                Finetuning.MIDDLE_THRESHOLD,
                config.contractLabels(),
                null,
                null,
                LabelledData.chain(window, validation, config.labels().size()));
    }

    /** Biases that give the scores of a control the frequencies of labels among validation windows, see {@link PriorCorrection}. */
    public static double[] priors(KmerLogisticRegression control, List<LabelledSequence> validation) {
        return PriorCorrection.fit(score(validation, bases -> logarithms(control.probabilities(bases))));
    }

    private static List<LabelledSequence> draw(LabelledWindows windows, int count, long seed) {
        Xoshiro256 random = Xoshiro256.of(seed, CONTROL_STREAM, 0);
        List<LabelledSequence> drawn = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            drawn.add(windows.draw(random));
        }
        return drawn;
    }

    /** Metrics of the control. */
    public static Map<String, Object> control(
            KmerLogisticRegression control, List<String> names, List<LabelledSequence> sequences) {
        return score(sequences, bases -> logarithms(control.probabilities(bases)))
                .metrics(names);
    }

    private static float[] logarithms(double[] probabilities) {
        float[] logits = new float[probabilities.length];
        for (int c = 0; c < logits.length; c++) {
            logits[c] = (float) Math.log(Math.max(probabilities[c], 1e-30));
        }
        return logits;
    }

    /** Logits of one sequence. */
    private interface Scorer {
        float[] logits(byte[] bases);
    }

    private static ScoredExamples score(List<LabelledSequence> sequences, Scorer scorer) {
        float[][] logits = new float[sequences.size()][];
        int[] labels = new int[logits.length];
        for (int i = 0; i < logits.length; i++) {
            logits[i] = scorer.logits(sequences.get(i).bases());
            labels[i] = sequences.get(i).label();
        }
        return new ScoredExamples(logits, labels);
    }

    /** Validation windows of a configuration: held-out windows of its genomes, or its dev sequences. */
    public static List<LabelledSequence> validation(FinetuneConfig config, Path dataRoot) {
        return LabelledData.read(config, dataRoot).validation();
    }
}
