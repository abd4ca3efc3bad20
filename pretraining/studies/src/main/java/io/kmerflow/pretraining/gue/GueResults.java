package io.kmerflow.pretraining.gue;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.kmerflow.pretraining.evaluation.TestMetrics;
import io.kmerflow.pretraining.finetune.Protocol;
import io.kmerflow.pretraining.model.EncoderConfig;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;

/**
 * What the results file holds.
 *
 * @param format of the file; 2 since the figures have the same names as everywhere
 * @param benchmark name
 * @param complete whether no set is still to come
 * @param settings of all sets
 * @param differsFromPublished one sentence for each way in which a figure is not what the published protocol would give
 * @param summary over the sets
 * @param sets measured
 * @param skipped that cannot be measured
 * @param context what others published
 */
public record GueResults(
        int format,
        String benchmark,
        boolean complete,
        Settings settings,
        List<String> differsFromPublished,
        Summary summary,
        List<SetResult> sets,
        List<GueFiles.Skipped> skipped,
        Context context) {
    private static final int FORMAT = 2;
    private static final double PUBLISHED_RATE = 3e-5;

    /**
     * Settings of all sets.
     *
     * @param seeds of each fine-tuning
     * @param encoder that was measured
     * @param randomInit whether it was trained from random values too
     * @param learningRate highest
     * @param batchSize sequences per step
     * @param epochs instead of each set's own; null leaves them
     * @param maxSteps of a run; null without
     * @param maxTrainRows of a set; null for all
     */
    public record Settings(
            List<Long> seeds,
            Encoder encoder,
            boolean randomInit,
            double learningRate,
            int batchSize,
            Integer epochs,
            Long maxSteps,
            Integer maxTrainRows) {}

    /**
     * The encoder.
     *
     * @param name of its folder
     * @param weightsSha256 digest of all weights
     * @param sizes of its layers
     */
    public record Encoder(String name, String weightsSha256, EncoderConfig sizes) {}

    /**
     * Over the sets.
     *
     * @param sets measured
     * @param beatsControl sets on which the encoder is ahead of the control
     * @param beatsRandomInit sets on which it is ahead of random values; null without
     * @param familyMeans means of the sets' own figures, by the first part of their names
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Summary(int sets, long beatsControl, Long beatsRandomInit, Map<String, Means> familyMeans) {}

    /**
     * Means of sets' own figures.
     *
     * @param sets measured
     * @param ours encoder as pretrained
     * @param randomInit from random values; null without
     * @param control k-mer regression
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Means(int sets, double ours, Double randomInit, double control) {}

    /**
     * What others published.
     *
     * @param publishedTimes100 where the rows are from
     * @param randomMaskTimes100 means of RandomMask
     */
    public record Context(String publishedTimes100, Published.RandomMask randomMaskTimes100) {}

    static GueResults of(
            GueConfig config,
            SetRuns.EncoderDigest encoder,
            List<SetResult> sets,
            List<GueFiles.Skipped> skipped,
            boolean complete) {
        return new GueResults(
                FORMAT,
                "GUE",
                complete,
                new Settings(
                        config.seeds(),
                        new Encoder(config.encoder().getFileName().toString(), encoder.sha256(), encoder.config()),
                        config.randomInit(),
                        rate(config),
                        config.batchSize() == null ? Protocol.BATCH : config.batchSize(),
                        config.epochs(),
                        config.maxSteps(),
                        config.maxTrainRows()),
                differences(config, sets),
                summary(config, sets),
                List.copyOf(sets),
                skipped,
                new Context(Published.SOURCE, Published.RANDOM_MASK));
    }

    private static double rate(GueConfig config) {
        return config.learningRate() == null ? Protocol.DEFAULT_RATE : config.learningRate();
    }

    private static List<String> differences(GueConfig config, List<SetResult> sets) {
        List<String> lines = new ArrayList<>();
        if (rate(config) != PUBLISHED_RATE) {
            lines.add(String.format(
                    Locale.ROOT,
                    "highest learning rate %s, published %s for 110 million parameters",
                    rate(config),
                    PUBLISHED_RATE));
        }
        lines.add("classifier on the mean of the token states, published on [CLS]");
        if (config.batchSize() != null && config.batchSize() != Protocol.BATCH) {
            lines.add(String.format(Locale.ROOT, "batches of %d, published %d", config.batchSize(), Protocol.BATCH));
        }
        if (config.epochs() != null) {
            lines.add(String.format(Locale.ROOT, "%d epochs for every set, published by family", config.epochs()));
        }
        addThoseOf(
                lines,
                "by recipe, whose values come before those above",
                sets,
                set -> set.recipe() == null
                        ? null
                        : set.set() + " " + set.recipe().file());
        addThoseOf(
                lines,
                "fewer steps than published",
                sets,
                set -> set.protocol().steps() >= set.protocol().stepsPublished()
                        ? null
                        : some(set, set.protocol().steps(), set.protocol().stepsPublished()));
        addThoseOf(
                lines,
                "fewer training rows than the file has",
                sets,
                set -> set.rows().train() == set.rows().trainUsed()
                        ? null
                        : some(set, set.rows().trainUsed(), set.rows().train()));
        addThoseOf(
                lines,
                "train_part instead of the official training split",
                sets,
                set -> "train".equals(set.trainSource()) ? null : set.set());
        return lines;
    }

    private static String some(SetResult set, long some, long all) {
        return String.format(Locale.ROOT, "%s %,d of %,d", set.set(), some, all);
    }

    /** @param text about a set; null if the line is not about it */
    private static void addThoseOf(
            List<String> lines, String line, List<SetResult> sets, Function<SetResult, String> text) {
        List<String> texts = sets.stream().map(text).filter(Objects::nonNull).toList();
        if (!texts.isEmpty()) {
            lines.add(line + ": " + String.join(", ", texts));
        }
    }

    private static Summary summary(GueConfig config, List<SetResult> sets) {
        Map<String, Means> families = new LinkedHashMap<>();
        sets.stream()
                .map(SetResult::family)
                .distinct()
                .forEach(family -> families.put(
                        family,
                        means(sets.stream()
                                .filter(set -> set.family().equals(family))
                                .toList())));
        return new Summary(
                sets.size(),
                sets.stream().filter(set -> set.test().againstControl().beats()).count(),
                config.randomInit()
                        ? sets.stream()
                                .filter(set -> set.test().againstRandomInit().beats())
                                .count()
                        : null,
                families);
    }

    /** Means of the sets' own figures over those that were measured. */
    private static Means means(List<SetResult> sets) {
        boolean randomInit = sets.get(0).test().randomInit() != null;
        return new Means(
                sets.size(),
                mean(sets, test -> test.ours().mean()),
                randomInit ? mean(sets, test -> test.randomInit().mean()) : null,
                mean(sets, test -> test.control().metrics()));
    }

    private static double mean(List<SetResult> sets, Function<GueFigures, TestMetrics> of) {
        return sets.stream()
                .mapToDouble(set -> GueSet.Metric.of(set.metric()).in(of.apply(set.test())))
                .average()
                .orElseThrow();
    }
}
