package io.kmerflow.pretraining.gue;

import io.kmerflow.pretraining.evaluation.ConfusionMatrix;
import io.kmerflow.pretraining.evaluation.TestMetrics;
import io.kmerflow.pretraining.finetune.Protocol;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;

/**
 * One of the 28 sets of GUE and how it is fine-tuned there.
 *
 * @param name as its folder is called, for example {@code tf/2}
 * @param classes labels are 0 to this − 1
 * @param metric the figure it is compared by
 * @param epochs passes over the training split
 * @param warmUpSteps to the highest rate
 * @param evaluateEvery steps between measurements on dev
 * @param maxSteps the run ends here; null where only the epochs count
 * @param rows as the paper prints them
 */
public record GueSet(
        String name,
        int classes,
        Metric metric,
        int epochs,
        int warmUpSteps,
        int evaluateEvery,
        Long maxSteps,
        Rows rows) {

    /** Rows of the splits. */
    public record Rows(int train, int dev, int test) {}

    /** The figure of a set. */
    public enum Metric {
        /** Matthews correlation. */
        MCC("mcc", "MCC", ConfusionMatrix::matthewsCorrelation, TestMetrics::mcc),
        /** Mean F1 of the classes. */
        MACRO_F1("macroF1", "macro-F1", ConfusionMatrix::macroF1, TestMetrics::macroF1);

        private final String key;
        private final String words;
        private final transient ToDoubleFunction<ConfusionMatrix> figure;
        private final transient ToDoubleFunction<TestMetrics> metric;

        Metric(
                String key,
                String words,
                ToDoubleFunction<ConfusionMatrix> figure,
                ToDoubleFunction<TestMetrics> metric) {
            this.key = key;
            this.words = words;
            this.figure = figure;
            this.metric = metric;
        }

        /** The one of a name. */
        static Metric of(String key) {
            return Stream.of(values())
                    .filter(metric -> metric.key.equals(key))
                    .findFirst()
                    .orElseThrow();
        }

        /** Its name for people. */
        String words() {
            return words;
        }

        double in(TestMetrics metrics) {
            return metric.applyAsDouble(metrics);
        }

        /** Its name among {@link TestMetrics}. */
        public String key() {
            return key;
        }

        ToDoubleFunction<ConfusionMatrix> figure() {
            return figure;
        }
    }

    /** All 28, in alphabetical order of their families. */
    public static final List<GueSet> ALL = all();

    private static List<GueSet> all() {
        List<GueSet> sets = new ArrayList<>();
        for (String[] f : Table.read("sets.tsv").rows()) {
            sets.add(new GueSet(
                    f[0],
                    Integer.parseInt(f[1]),
                    Metric.valueOf(f[2]),
                    Integer.parseInt(f[3]),
                    Integer.parseInt(f[4]),
                    Integer.parseInt(f[5]),
                    f[6].equals("-") ? null : Long.valueOf(f[6]),
                    new Rows(Integer.parseInt(f[7]), Integer.parseInt(f[8]), Integer.parseInt(f[9]))));
        }
        return List.copyOf(sets);
    }

    /** The set of that name, if GUE has it. */
    public static Optional<GueSet> named(String name) {
        return ALL.stream().filter(s -> s.name.equals(name)).findFirst();
    }

    /** The sentence about a set that GUE does not have. */
    public static String unknown(String name) {
        return String.format(
                Locale.ROOT,
                "Expected sets of GUE (%s), got '%s'",
                String.join(", ", ALL.stream().map(GueSet::name).toList()),
                name);
    }

    /** Folders it may have below the benchmark's own: the official one, or one level with an underscore. */
    List<String> folders() {
        String last = name.substring(name.indexOf('/') + 1);
        return last.length() > 1 ? List.of(name, name.replace('/', '_'), last) : List.of(name, name.replace('/', '_'));
    }

    /** Its name in file names. */
    String fileName() {
        return name.replace('/', '_');
    }

    /** As published, but for the highest rate, which is this project's default for small encoders. */
    public Protocol protocol() {
        return new Protocol(epochs, warmUpSteps, evaluateEvery, Protocol.BATCH, Protocol.DEFAULT_RATE, maxSteps);
    }
}
