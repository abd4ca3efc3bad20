package io.kmerflow.pretraining.study;

import io.kmerflow.pretraining.corpus.LabelledSequence;
import io.kmerflow.pretraining.corpus.LabelledSequences;
import io.kmerflow.pretraining.evaluation.ScoredExamples;
import io.kmerflow.pretraining.finetune.Scoring;
import io.kmerflow.pretraining.model.BertModel;
import io.kmerflow.pretraining.model.HeadConfig;
import io.kmerflow.pretraining.model.ParameterLayout;
import io.kmerflow.pretraining.random.Xoshiro256;
import io.kmerflow.pretraining.trainer.TorchSession;
import io.kmerflow.pretraining.trainer.Trainer;
import io.kmerflow.pretraining.trainer.TrainingBatch;
import io.kmerflow.pretraining.trainer.TrainingConfig;
import io.kmerflow.token.KmerTokenizer;
import io.kmerflow.token.TokenBatch;
import io.kmerflow.token.Vocabulary;
import io.kmerflow.token.WindowEncoder;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;

/** A labelled set, and what an encoder makes of it: as it is, and fine-tuned. Two classes. */
final class Downstream {
    private static final int CLASSES = 2;
    private static final int ROWS = 64;
    private static final long ORDER = 0x0DE2;

    /** An interrupted run: what was half done is done again on resuming. */
    static final class Stopped extends RuntimeException {
        private static final long serialVersionUID = 1;
    }

    private final List<LabelledSequence> train;
    private final List<LabelledSequence> dev;
    private final List<LabelledSequence> test;

    private Downstream(List<LabelledSequence> train, List<LabelledSequence> dev, List<LabelledSequence> test) {
        this.train = train;
        this.dev = dev;
        this.test = test;
    }

    /** Train, dev and test of a set. */
    static List<Path> files(Path directory) {
        return Stream.of("train", "dev", "test")
                .map(split -> directory.resolve(split + ".csv.gz"))
                .toList();
    }

    /** Reads a set; takes the same training rows for every arm. */
    static Downstream read(Path directory, int trainRows) {
        List<Path> files = files(directory);
        List<LabelledSequence> all = LabelledSequences.read(files.get(0), CLASSES);
        int[] order = order(all.size(), 1, 0);
        List<LabelledSequence> some =
                Arrays.stream(order).limit(trainRows).mapToObj(all::get).toList();
        return new Downstream(
                some, LabelledSequences.read(files.get(1), CLASSES), LabelledSequences.read(files.get(2), CLASSES));
    }

    private static int[] order(int size, long seed, long epoch) {
        int[] order = new int[size];
        Arrays.setAll(order, i -> i);
        Xoshiro256.of(seed, ORDER, epoch).shuffle(order);
        return order;
    }

    int trainRows() {
        return train.size();
    }

    /** True classes of the test rows. */
    int[] truth() {
        return labels(test);
    }

    private static int[] labels(List<LabelledSequence> rows) {
        return rows.stream().mapToInt(LabelledSequence::label).toArray();
    }

    /** Calls of a logistic regression on mean-pooled frozen states. */
    int[] probe(EncoderModel model, int stride) {
        return LinearProbe.fitAndPredict(
                states(model, stride, train), labels(train), CLASSES, states(model, stride, test));
    }

    private static WindowEncoder encoder(ParameterLayout layout, int stride) {
        return new WindowEncoder(
                new KmerTokenizer(new Vocabulary(layout.encoder().k()), stride));
    }

    private static float[][] states(EncoderModel model, int stride, List<LabelledSequence> rows) {
        float[][] states = new float[rows.size()][];
        for (int from = 0; from < states.length; from += ROWS) {
            List<LabelledSequence> some = rows.subList(from, Math.min(from + ROWS, states.length));
            float[][] means = model.meanStates(
                    batch(some, encoder(model.layout(), stride)).rows());
            System.arraycopy(means, 0, states, from, means.length);
        }
        return states;
    }

    private static TrainingBatch batch(List<LabelledSequence> rows, WindowEncoder encoder) {
        int width = rows.stream()
                .mapToInt(r -> encoder.tokenCount(r.bases().length))
                .max()
                .orElseThrow();
        TokenBatch batch = new TokenBatch(encoder, rows.size(), width);
        rows.forEach(r -> batch.add(r.bases(), 0, r.bases().length));
        return new TrainingBatch(io.kmerflow.pretraining.model.TokenRows.of(batch), null, labels(rows), 0);
    }

    /** Calls of the test rows by the fine-tuned encoder of lowest dev loss. */
    int[] finetune(
            TorchSession session, EncoderModel start, int stride, TrainingConfig config, BooleanSupplier stopped) {
        BertModel model = new BertModel(new ParameterLayout(
                start.layout().encoder(), new HeadConfig(HeadConfig.Kind.CLASSIFIER_MEAN, CLASSES)));
        float[] weights = model.layout().initialize(config.seed());
        model.layout().fill(weights, start.layout().tensors(start.values()));
        WindowEncoder encoder = encoder(model.layout(), stride);
        try (Trainer trainer = new Trainer(session, model, config, weights)) {
            double best = Double.POSITIVE_INFINITY;
            int[] calls = {};
            int perEpoch = train.size() / config.batchSize();
            while (trainer.step() < config.steps()) {
                int[] order = order(train.size(), config.seed(), trainer.step() / perEpoch);
                int from = (int) (trainer.step() % perEpoch) * config.batchSize();
                List<LabelledSequence> rows = Arrays.stream(order, from, from + config.batchSize())
                        .mapToObj(train::get)
                        .toList();
                trainer.train(batch(rows, encoder), false);
                if (stopped.getAsBoolean()) {
                    throw new Stopped();
                }
                if (trainer.step() % config.evaluateEvery() == 0 || trainer.step() == config.steps()) {
                    double loss = Scoring.score(dev, encoder, trainer::logits, CLASSES)
                            .negativeLogLikelihood(1);
                    if (loss < best) {
                        best = loss;
                        ScoredExamples scored = Scoring.score(test, encoder, trainer::logits, CLASSES);
                        calls = scored.calls();
                    }
                }
            }
            return calls;
        }
    }
}
