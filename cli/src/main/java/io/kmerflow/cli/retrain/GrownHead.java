package io.kmerflow.cli.retrain;

import io.kmerflow.pretraining.checkpoint.TrainingCheckpoint;
import io.kmerflow.pretraining.model.HeadConfig;
import io.kmerflow.pretraining.model.Tensor;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * A classifier with further labels: rows of the old ones stay, a new label begins as the background label does, or else as the
 * mean of all, so that before training it is as likely as those are.
 */
final class GrownHead {
    private static final String WEIGHT = "classifier.weight";

    private GrownHead() {}

    /**
     * The same weights for more labels.
     *
     * @param old classifier
     * @param oldLabels its labels, in logit order
     * @param labels of the new classifier, in logit order
     * @param background labels of the old classifier that are background
     * @return a checkpoint to fine-tune from, without contract
     */
    static TrainingCheckpoint of(
            TrainingCheckpoint old, List<String> oldLabels, List<String> labels, List<String> background) {
        int[] from = labels.stream().mapToInt(oldLabels::indexOf).toArray();
        int[] likes = background.isEmpty()
                ? IntStream.range(0, oldLabels.size()).toArray()
                : background.stream().mapToInt(oldLabels::indexOf).toArray();
        Map<String, Tensor> weights = new LinkedHashMap<>(old.weights());
        weights.computeIfPresent(WEIGHT, (name, tensor) -> rows(tensor, from, likes));
        weights.computeIfPresent(HeadConfig.BIAS, (name, tensor) -> rows(tensor, from, likes));
        weights.computeIfPresent(HeadConfig.WIDE, (name, tensor) -> columns(tensor, from, likes));
        HeadConfig head = new HeadConfig(
                old.head().kind(),
                labels.size(),
                old.head().bothStrands(),
                old.head().wide());
        return new TrainingCheckpoint(old.config(), head, weights, null, Map.of(), null, List.of(), old.provenance());
    }

    /** Shape (labels, ...). */
    private static Tensor rows(Tensor tensor, int[] from, int[] likes) {
        int width = tensor.data().length / (int) tensor.shape()[0];
        float[] values = new float[from.length * width];
        for (int row = 0; row < from.length; row++) {
            for (int i = 0; i < width; i++) {
                values[row * width + i] =
                        from[row] >= 0 ? tensor.data()[from[row] * width + i] : mean(tensor.data(), likes, width, i);
            }
        }
        long[] shape = tensor.shape().clone();
        shape[0] = from.length;
        return new Tensor(values, shape);
    }

    private static float mean(float[] values, int[] rows, int width, int column) {
        return (float) Arrays.stream(rows)
                .mapToDouble(row -> values[row * width + column])
                .average()
                .orElse(0);
    }

    /** Shape (vocabulary, labels). */
    private static Tensor columns(Tensor tensor, int[] from, int[] likes) {
        int rows = (int) tensor.shape()[0];
        int old = (int) tensor.shape()[1];
        float[] values = new float[rows * from.length];
        for (int row = 0; row < rows; row++) {
            for (int i = 0; i < from.length; i++) {
                int at = row;
                values[row * from.length + i] = from[i] >= 0
                        ? tensor.data()[row * old + from[i]]
                        : (float) Arrays.stream(likes)
                                .mapToDouble(column -> tensor.data()[at * old + column])
                                .average()
                                .orElse(0);
            }
        }
        return new Tensor(values, new long[] {rows, from.length});
    }
}
