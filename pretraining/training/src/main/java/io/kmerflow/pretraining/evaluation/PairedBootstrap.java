package io.kmerflow.pretraining.evaluation;

import io.kmerflow.pretraining.random.Xoshiro256;
import java.util.Arrays;
import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * How far two models lie apart on the same test rows: the difference of a figure, each model's the mean of its seeds, with a
 * 95 % interval of 1,000 draws of test rows with replacement, the same rows for both models and all seeds. The interval is
 * about the test rows; how far seeds lie apart is not in it.
 */
public final class PairedBootstrap {
    private static final int DRAWS = 1_000;
    private static final long SEED = 9;

    /**
     * A difference.
     *
     * @param difference on all rows, first model minus second
     * @param low 2.5 % of the draws lie below
     * @param high 2.5 % of the draws lie above
     * @param standardError deviation of the draws
     */
    public record Interval(double difference, double low, double high, double standardError) {
        /** Whether the first model is ahead by more than chance: the whole interval lies above 0. */
        public boolean ahead() {
            return low > 0;
        }
    }

    private PairedBootstrap() {}

    /**
     * Compares two models; the same arguments always give the same interval.
     *
     * @param truth class of each row, 0 to classes − 1
     * @param ours calls of the first model, one array per seed, each in the rows' order
     * @param theirs calls of the second model; it may have another number of seeds
     * @param figure what is compared
     */
    public static Interval of(
            int[] truth, int classes, List<int[]> ours, List<int[]> theirs, ToDoubleFunction<ConfusionMatrix> figure) {
        Xoshiro256 random = Xoshiro256.of(SEED);
        int[] rows = new int[truth.length];
        Arrays.setAll(rows, i -> i);
        double difference = mean(truth, classes, ours, rows, figure) - mean(truth, classes, theirs, rows, figure);
        double[] drawn = new double[DRAWS];
        for (int draw = 0; draw < DRAWS; draw++) {
            Arrays.setAll(rows, i -> random.nextInt(truth.length));
            drawn[draw] = mean(truth, classes, ours, rows, figure) - mean(truth, classes, theirs, rows, figure);
        }
        Arrays.sort(drawn);
        double mean = Arrays.stream(drawn).average().orElseThrow();
        double squares = Arrays.stream(drawn).map(d -> (d - mean) * (d - mean)).sum();
        return new Interval(
                difference,
                drawn[(int) (0.025 * DRAWS)],
                drawn[(int) (0.975 * DRAWS) - 1],
                Math.sqrt(squares / (DRAWS - 1)));
    }

    private static double mean(
            int[] truth, int classes, List<int[]> seeds, int[] rows, ToDoubleFunction<ConfusionMatrix> figure) {
        double sum = 0;
        for (int[] calls : seeds) {
            ConfusionMatrix matrix = new ConfusionMatrix(classes);
            for (int row : rows) {
                matrix.add(truth[row], calls[row]);
            }
            sum += figure.applyAsDouble(matrix);
        }
        return sum / seeds.size();
    }
}
