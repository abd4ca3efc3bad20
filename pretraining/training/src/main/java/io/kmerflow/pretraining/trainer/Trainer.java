package io.kmerflow.pretraining.trainer;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.kmerflow.pretraining.model.BertModel;
import io.kmerflow.pretraining.model.OwnMemory;
import io.kmerflow.pretraining.model.Parameters;
import io.kmerflow.pretraining.random.Xoshiro256;
import java.util.Locale;

/**
 * A model's weights and their optimizer, on the session's first device; its other devices take parts of every batch. To be
 * used by one thread. Every array of a step lives on a manager of that step; the weights
 * themselves never carry a gradient: each step makes a leaf that shares their memory and dies with the step.
 */
public final class Trainer implements AutoCloseable {
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
    private final GradientPass gradients;
    private final NDArray weights;
    private final AdamW optimizer;
    private final NDArray average;

    /**
     * @param initial of all parameters in the layout's order
     * @throws IllegalArgumentException if dropout would be drawn by several threads from the CPU's one generator
     */
    public Trainer(TorchSession session, BertModel model, TrainingConfig config, float[] initial) {
        this.session = session;
        this.model = model;
        this.config = config;
        this.schedule = config.schedule();
        boolean manyOnCpu =
                session.devices().size() > 1 && !session.devices().get(0).isGpu();
        if (manyOnCpu && model.layout().encoder().dropout() > 0) {
            throw new IllegalArgumentException(
                    "Expected dropout 0 with several replicas on the CPU, which would draw from one generator in no fixed order, got "
                            + model.layout().encoder().dropout());
        }
        this.manager = session.manager().newSubManager();
        this.gradients = new GradientPass(session, model, config.accumulate());
        this.weights = OwnMemory.of(manager, initial, new Shape(initial.length));
        this.optimizer = new AdamW(manager, weights, model.layout().decayedSize(), config.adamW());
        this.average = config.weightAverage().isEmpty() ? null : weights.duplicate();
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
            GradientPass.Outcome outcome = gradients.run(scope, weights, batch, wantsAccuracy);
            NDArray gradient = outcome.gradient();
            float loss = outcome.loss();
            double norm = gradient.norm().getFloat();
            if (!Float.isFinite(loss) || !Double.isFinite(norm)) {
                throw new TrainingDivergedException(String.format(
                        Locale.ROOT,
                        "Expected a finite loss and gradient, got loss %s and norm %s at step %d; lower the learning rate",
                        loss,
                        norm,
                        step));
            }
            if (config.clipNorm() > 0 && norm > config.clipNorm()) {
                gradient.muli(config.clipNorm() / (norm + 1e-6)); // as torch.nn.utils.clip_grad_norm_
            }
            optimizer.update(gradient, schedule.rate(step));
            if (average != null) {
                double decay = Math.min(config.weightAverage().getAsDouble(), (1.0 + step) / (10.0 + step));
                try (NDArray fresh = weights.mul(1 - decay)) {
                    average.muli(decay).addi(fresh);
                }
            }
            return new StepResult(step, loss, outcome.accuracy(), norm);
        }
    }

    /**
     * Logits without training, dropout off; of a classifier of both strands their mean. From the averaged weights if there
     * are any.
     *
     * @return row-major (labels of the batch, classes)
     */
    public float[] logits(TrainingBatch batch) {
        if (batch.positions() == null) {
            return model.scores(manager, measured(), batch.rows(), batch.shares());
        }
        try (NDManager scope = manager.newSubManager()) {
            return model.maskedTokenLogits(parameters(scope), scope, batch.rows(), batch.positions(), false)
                    .toFloatArray();
        }
    }

    /** Mean cross-entropy without training, dropout off, in nats; from the averaged weights if there are any. */
    public double loss(TrainingBatch batch) {
        try (NDManager scope = manager.newSubManager()) {
            Parameters parameters = parameters(scope);
            NDArray logits = batch.positions() == null
                    ? model.classLogits(parameters, scope, batch.rows(), batch.shares(), false)
                    : model.maskedTokenLogits(parameters, scope, batch.rows(), batch.positions(), false);
            return BertModel.crossEntropy(scope, logits, batch.labels()).getFloat();
        }
    }

    private Parameters parameters(NDManager scope) {
        NDArray view = measured().stopGradient();
        view.attach(scope);
        return new Parameters(model.layout(), view);
    }

    private NDArray measured() {
        return average == null ? weights : average;
    }

    /** The parameters that are evaluated, in the layout's order, a copy: the average if there is one, else the weights. */
    public float[] measuredWeights() {
        return measured().toFloatArray();
    }

    /** The moving average of the parameters, a copy; null if none is kept. */
    public float[] average() {
        return average == null ? null : average.toFloatArray();
    }

    /** All parameters in the layout's order, a copy. */
    public float[] weights() {
        return weights.toFloatArray();
    }

    /** The optimizer's mean and mean square, in the layout's order, copies. */
    public float[][] optimizerState() {
        return new float[][] {optimizer.mean(), optimizer.meanSquare()};
    }

    /**
     * Goes on where a checkpoint stood.
     *
     * @param newAverage of the parameters; not used if none is kept
     */
    public void restore(float[][] optimizerState, float[] newAverage, long step) {
        if (average != null) {
            average.set(newAverage);
        }
        optimizer.restore(optimizerState[0], optimizerState[1], step);
    }

    /** Frees weights and optimizer state. */
    @Override
    public void close() {
        gradients.close();
        manager.close();
    }
}
