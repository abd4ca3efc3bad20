package io.kmerflow.pretraining.trainer;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.training.GradientCollector;
import io.kmerflow.pretraining.model.BertModel;
import io.kmerflow.pretraining.model.Parameters;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;

/**
 * Loss and gradient of a batch, which goes through the model in parts: one after the other on one device, or on several
 * devices at once, each with a copy of the weights and a thread of its own. Gradients are added on the first device in the
 * order of the devices, so the same batch gives the same sum.
 */
final class GradientPass implements AutoCloseable {
    /** Up to this many classes the accuracy costs next to nothing, so every step has it. */
    private static final int FEW_CLASSES = 64;

    private final TorchSession session;
    private final BertModel model;
    private final int leastParts;
    private final ExecutorService others;

    /** @param accumulate parts of a batch; at least one for each device */
    GradientPass(TorchSession session, BertModel model, int accumulate) {
        this.session = session;
        this.model = model;
        int devices = session.devices().size();
        this.leastParts = Math.max(accumulate, devices);
        this.others = devices == 1
                ? null
                : Executors.newFixedThreadPool(devices - 1, task -> {
                    Thread thread = new Thread(task, "training-replica");
                    thread.setDaemon(true);
                    return thread;
                });
    }

    /**
     * Mean loss and accuracy of a batch, and the gradient of that loss.
     *
     * @param loss in nats
     * @param accuracy 0 to 1; NaN if it was not asked for
     * @param gradient on the first device and on the manager of the step
     */
    record Outcome(float loss, double accuracy, NDArray gradient) {}

    /** What a device makes of its parts; the gradient is null if it has none. */
    private record Share(float[] losses, double[] accuracies, NDArray gradient) {}

    /**
     * Runs forward and backward.
     *
     * @param step manager that everything of this step dies with
     * @param weights flat, on the first device, without a gradient
     */
    Outcome run(NDManager step, NDArray weights, TrainingBatch batch, boolean wantsAccuracy) {
        List<TrainingBatch> parts = batch.split(leastParts);
        List<Device> devices = session.devices();
        // One collector for all threads: DJL allows one at a time, and other threads record without being told to.
        try (GradientCollector collector = session.engine().newGradientCollector()) {
            List<Supplier<Share>> work = new ArrayList<>();
            for (int d = 0; d < devices.size(); d++) {
                Device device = devices.get(d);
                List<TrainingBatch> some = partsOf(parts, d);
                NDArray view = weights.stopGradient();
                view.attach(step);
                boolean first = d == 0;
                work.add(() -> {
                    // The copy lies on a manager of that device below the view's.
                    NDArray own = first ? view : view.toDevice(device, true);
                    return onDevice(step, device, own, some, batch.labels().length, wantsAccuracy, collector);
                });
            }
            return sum(SideBySide.run(others, work), parts, batch.labels().length);
        }
    }

    /** Parts next to each other, as many for each device, or one more. */
    private List<TrainingBatch> partsOf(List<TrainingBatch> parts, int device) {
        int devices = session.devices().size();
        return parts.subList(device * parts.size() / devices, (device + 1) * parts.size() / devices);
    }

    private static Outcome sum(List<Share> shares, List<TrainingBatch> parts, int labels) {
        float loss = 0;
        double accuracy = 0;
        NDArray gradient = null;
        int part = 0;
        for (Share share : shares) {
            for (int i = 0; i < share.losses.length; i++) {
                double weight = (double) parts.get(part++).labels().length / labels;
                loss += weight == 1 ? share.losses[i] : (float) (weight * share.losses[i]);
                accuracy += weight * share.accuracies[i];
            }
            if (share.gradient != null) {
                gradient = gradient == null ? share.gradient : gradient.addi(share.gradient);
            }
        }
        return new Outcome(loss, accuracy, gradient);
    }

    private Share onDevice(
            NDManager step,
            Device device,
            NDArray weights,
            List<TrainingBatch> parts,
            int labels,
            boolean wantsAccuracy,
            GradientCollector collector) {
        float[] losses = new float[parts.size()];
        double[] accuracies = new double[parts.size()];
        NDArray gradient = null;
        try (NDManager here = step.newSubManager(device)) {
            for (int i = 0; i < losses.length; i++) {
                try (NDManager scope = here.newSubManager()) {
                    NDArray leaf = weights.stopGradient();
                    leaf.attach(scope);
                    leaf.setRequiresGradient(true);
                    NDArray logits = logits(new Parameters(model.layout(), leaf), scope, parts.get(i));
                    int[] truth = parts.get(i).labels();
                    NDArray loss = BertModel.crossEntropy(
                            scope, logits, truth, parts.get(i).weights());
                    collector.backward(loss);
                    losses[i] = loss.getFloat();
                    accuracies[i] = wantsAccuracy || logits.getShape().get(1) <= FEW_CLASSES
                            ? accuracy(logits, truth)
                            : Double.NaN;
                    NDArray fresh = leaf.getGradient();
                    if (truth.length < labels) {
                        fresh.muli((double) truth.length / labels);
                    }
                    if (gradient == null) {
                        fresh.attach(here);
                        gradient = fresh;
                    } else {
                        gradient.addi(fresh);
                    }
                }
            }
            if (gradient != null) {
                gradient = gradient.toDevice(session.devices().get(0), false);
                gradient.attach(step);
            }
            return new Share(losses, accuracies, gradient);
        }
    }

    private NDArray logits(Parameters parameters, NDManager scope, TrainingBatch batch) {
        return batch.positions() == null
                ? model.classLogits(parameters, scope, batch.rows(), batch.shares(), true)
                : model.maskedTokenLogits(parameters, scope, batch.rows(), batch.positions(), true);
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

    /** Ends the other devices' threads. */
    @Override
    public void close() {
        if (others != null) {
            others.shutdown();
        }
    }
}
