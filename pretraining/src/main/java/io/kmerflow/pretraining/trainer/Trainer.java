package io.kmerflow.pretraining.trainer;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.training.GradientCollector;
import io.kmerflow.pretraining.model.BertModel;
import io.kmerflow.pretraining.model.Parameters;
import io.kmerflow.pretraining.random.Xoshiro256;

/**
 * A model's weights and their optimizer. One thread. Every array of a step lives on a manager of that step; the weights
 * themselves never carry a gradient: each step makes a leaf that shares their memory and dies with the step.
 */
public final class Trainer implements AutoCloseable {
    /** Up to so many classes the accuracy costs next to nothing, so every step has it. */
    private static final int FEW_CLASSES = 64;

    private static final long DROPOUT_STREAM = 0xD209;

    /**
     * One update.
     *
     * @param step its number, from 0
     * @param loss mean cross-entropy before the update, in nats
     * @param accuracy before the update, 0 to 1; NaN if it was not asked for
     * @param gradientNorm before clipping
     */
    public record StepResult(long step, double loss, double accuracy, double gradientNorm) {}

    private final TorchSession session;
    private final BertModel model;
    private final TrainingConfig config;
    private final LearningRateSchedule schedule;
    private final NDManager manager;
    private final NDArray weights;
    private final AdamW optimizer;

    /**
     * @param initial of all parameters in the layout's order
     */
    public Trainer(TorchSession session, BertModel model, TrainingConfig config, float[] initial) {
        this.session = session;
        this.model = model;
        this.config = config;
        this.schedule = config.schedule();
        this.manager = session.manager().newSubManager();
        // Into memory of PyTorch's own: an array over Java's buffer may begin at any address, and the order in which
        // some kernels add depends on it, so that two equal runs could differ in the last bits.
        try (NDArray given = manager.create(initial)) {
            this.weights = given.duplicate();
        }
        this.optimizer = new AdamW(manager, weights, model.layout().decayedSize(), config.adamW());
    }

    /** Steps done. */
    public long step() {
        return optimizer.steps();
    }

    /** The model behind it. */
    public BertModel model() {
        return model;
    }

    /** How it trains. */
    public TrainingConfig config() {
        return config;
    }

    /**
     * Trains on one batch.
     *
     * @param wantsAccuracy whether to count correct answers even where that costs time
     * @throws TrainingDivergedException if the loss or the gradient is not finite; the weights are then as before
     */
    public StepResult train(TrainingBatch batch, boolean wantsAccuracy) {
        long step = step();
        if (model.layout().encoder().dropout() > 0) {
            // Dropout comes from PyTorch's generator, whose state DJL cannot save: a seed per step makes resuming
            // exact.
            session.engine().setRandomSeed((int) Xoshiro256.hash(config.seed(), DROPOUT_STREAM, step));
        }
        try (NDManager scope = manager.newSubManager()) {
            float loss = 0;
            double accuracy = 0;
            NDArray gradient = null;
            for (TrainingBatch part : batch.split(config.accumulate())) {
                double share = (double) part.labels().length / batch.labels().length;
                Part done = backward(scope, part, wantsAccuracy, share);
                loss += share == 1 ? done.loss : (float) (share * done.loss);
                accuracy += share * done.accuracy;
                gradient = gradient == null ? done.gradient : gradient.addi(done.gradient);
            }
            double norm = gradient.norm().getFloat();
            if (!Float.isFinite(loss) || !Double.isFinite(norm)) {
                throw new TrainingDivergedException(
                        "Expected a finite loss and gradient, got loss %s and norm %s at step %d; lower the learning rate"
                                .formatted(loss, norm, step));
            }
            if (config.clipNorm() > 0 && norm > config.clipNorm()) {
                gradient.muli(config.clipNorm() / (norm + 1e-6)); // as torch.nn.utils.clip_grad_norm_
            }
            optimizer.update(gradient, schedule.rate(step));
            return new StepResult(step, loss, accuracy, norm);
        }
    }

    /** Mean loss and accuracy of a part of a batch, and its share of the batch's gradient. */
    private record Part(float loss, double accuracy, NDArray gradient) {}

    private Part backward(NDManager step, TrainingBatch part, boolean wantsAccuracy, double share) {
        try (NDManager scope = step.newSubManager()) {
            NDArray leaf = weights.stopGradient();
            leaf.attach(scope);
            leaf.setRequiresGradient(true);
            float loss;
            double accuracy = Double.NaN;
            try (GradientCollector collector = session.engine().newGradientCollector()) {
                NDArray logits = logits(new Parameters(model.layout(), leaf), scope, part, true);
                NDArray lossArray = BertModel.crossEntropy(scope, logits, part.labels());
                collector.backward(lossArray);
                loss = lossArray.getFloat();
                if (wantsAccuracy || logits.getShape().get(1) <= FEW_CLASSES) {
                    accuracy = accuracy(logits, part.labels());
                }
            }
            NDArray gradient = leaf.getGradient();
            if (share < 1) {
                gradient.muli(share);
            }
            gradient.attach(step);
            return new Part(loss, accuracy, gradient);
        }
    }

    private NDArray logits(Parameters parameters, NDManager scope, TrainingBatch batch, boolean training) {
        return batch.positions() == null
                ? model.classLogits(parameters, scope, batch.rows(), batch.shares(), training)
                : model.maskedTokenLogits(parameters, scope, batch.rows(), batch.positions(), training);
    }

    private static double accuracy(NDArray logits, int[] labels) {
        long[] best = logits.stopGradient().argMax(-1).toLongArray();
        int right = 0;
        for (int i = 0; i < labels.length; i++) {
            if (best[i] == labels[i]) {
                right++;
            }
        }
        return (double) right / labels.length;
    }

    /**
     * Logits without training, dropout off.
     *
     * @return row-major (labels of the batch, classes)
     */
    public float[] logits(TrainingBatch batch) {
        try (NDManager scope = manager.newSubManager()) {
            NDArray view = weights.stopGradient();
            view.attach(scope);
            return logits(new Parameters(model.layout(), view), scope, batch, false)
                    .toFloatArray();
        }
    }

    /** Mean cross-entropy without training, dropout off, in nats. */
    public double loss(TrainingBatch batch) {
        try (NDManager scope = manager.newSubManager()) {
            NDArray view = weights.stopGradient();
            view.attach(scope);
            NDArray logits = logits(new Parameters(model.layout(), view), scope, batch, false);
            return BertModel.crossEntropy(scope, logits, batch.labels()).getFloat();
        }
    }

    /** All parameters in the layout's order, a copy. */
    public float[] weights() {
        return weights.toFloatArray();
    }

    /** The optimizer's mean and mean square, in the layout's order, copies. */
    public float[][] optimizerState() {
        return new float[][] {optimizer.mean(), optimizer.meanSquare()};
    }

    /** Goes on where a checkpoint stood. */
    public void restore(float[][] optimizerState, long step) {
        optimizer.restore(optimizerState[0], optimizerState[1], step);
    }

    /** Frees weights and optimizer state. */
    @Override
    public void close() {
        manager.close();
    }
}
