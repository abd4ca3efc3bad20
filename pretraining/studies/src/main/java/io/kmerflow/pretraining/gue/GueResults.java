package io.kmerflow.pretraining.gue;

import io.kmerflow.pretraining.finetune.Protocol;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The results file as a tree: settings, what differs from the published protocol, every set, context. Keys keep their order. */
final class GueResults {
    private static final int FORMAT = 1;
    private static final double PUBLISHED_RATE = 3e-5;

    private GueResults() {}

    static Map<String, Object> tree(
            GueConfig config,
            SetRuns.EncoderDigest encoder,
            List<Map<String, Object>> sets,
            List<GueFiles.Skipped> skipped,
            boolean complete) {
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("format", FORMAT);
        tree.put("benchmark", "GUE");
        tree.put("complete", complete);
        tree.put("settings", settings(config, encoder));
        tree.put("differsFromPublished", differences(config, sets));
        tree.put("summary", summary(config, sets));
        tree.put("sets", sets);
        tree.put("skipped", skipped);
        Map<String, Object> context = new LinkedHashMap<>();
        context.put("publishedTimes100", Published.SOURCE);
        context.put("randomMaskTimes100", Published.randomMask());
        tree.put("context", context);
        return tree;
    }

    private static Map<String, Object> settings(GueConfig config, SetRuns.EncoderDigest encoder) {
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("seeds", config.seeds());
        Map<String, Object> encoderTree = new LinkedHashMap<>();
        encoderTree.put("name", config.encoder().getFileName().toString());
        encoderTree.put("weightsSha256", encoder.sha256());
        encoderTree.put("sizes", encoder.config());
        tree.put("encoder", encoderTree);
        tree.put("randomInit", config.randomInit());
        tree.put("learningRate", config.learningRate() == null ? Protocol.DEFAULT_RATE : config.learningRate());
        tree.put("batchSize", config.batchSize() == null ? Protocol.BATCH : config.batchSize());
        tree.put("epochs", config.epochs());
        tree.put("maxSteps", config.maxSteps());
        tree.put("maxTrainRows", config.maxTrainRows());
        return tree;
    }

    /** One sentence for each way in which a figure is not what the published protocol would give. */
    private static List<String> differences(GueConfig config, List<Map<String, Object>> sets) {
        List<String> lines = new ArrayList<>();
        double rate = config.learningRate() == null ? Protocol.DEFAULT_RATE : config.learningRate();
        if (rate != PUBLISHED_RATE) {
            lines.add(String.format(
                    Locale.ROOT,
                    "highest learning rate %s, published %s for 110 million parameters",
                    rate,
                    PUBLISHED_RATE));
        }
        lines.add("classifier on the mean of the token states, published on [CLS]");
        if (config.batchSize() != null && config.batchSize() != Protocol.BATCH) {
            lines.add(String.format(Locale.ROOT, "batches of %d, published %d", config.batchSize(), Protocol.BATCH));
        }
        if (config.epochs() != null) {
            lines.add(String.format(Locale.ROOT, "%d epochs for every set, published by family", config.epochs()));
        }
        List<String> recipes = new ArrayList<>();
        List<String> cut = new ArrayList<>();
        List<String> fewer = new ArrayList<>();
        List<String> parts = new ArrayList<>();
        for (Map<String, Object> set : sets) {
            Map<?, ?> rows = (Map<?, ?>) set.get("rows");
            Map<?, ?> protocol = (Map<?, ?>) set.get("protocol");
            if (set.get("recipe") instanceof Map<?, ?> recipe) {
                recipes.add(String.format(Locale.ROOT, "%s %s", set.get("set"), recipe.get("file")));
            }
            if (((Long) protocol.get("steps")) < (Long) protocol.get("stepsPublished")) {
                cut.add(String.format(
                        Locale.ROOT,
                        "%s %,d of %,d",
                        set.get("set"),
                        protocol.get("steps"),
                        protocol.get("stepsPublished")));
            }
            if (!rows.get("train").equals(rows.get("trainUsed"))) {
                fewer.add(String.format(
                        Locale.ROOT, "%s %,d of %,d", set.get("set"), rows.get("trainUsed"), rows.get("train")));
            }
            if (!"train".equals(set.get("trainSource"))) {
                parts.add((String) set.get("set"));
            }
        }
        if (!recipes.isEmpty()) {
            lines.add("by recipe, whose values come before those above: " + String.join(", ", recipes));
        }
        if (!cut.isEmpty()) {
            lines.add("fewer steps than published: " + String.join(", ", cut));
        }
        if (!fewer.isEmpty()) {
            lines.add("fewer training rows than the file has: " + String.join(", ", fewer));
        }
        if (!parts.isEmpty()) {
            lines.add("train_part instead of the official training split: " + String.join(", ", parts));
        }
        return lines;
    }

    private static Map<String, Object> summary(GueConfig config, List<Map<String, Object>> sets) {
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("sets", sets.size());
        tree.put("beatsControl", ahead(sets, "againstControl"));
        if (config.randomInit()) {
            tree.put("beatsRandomInit", ahead(sets, "againstRandomInit"));
        }
        Map<String, Object> families = new LinkedHashMap<>();
        sets.stream()
                .map(GueResults::family)
                .distinct()
                .forEach(family -> families.put(
                        family,
                        means(sets.stream()
                                .filter(set -> family(set).equals(family))
                                .toList())));
        tree.put("familyMeans", families);
        return tree;
    }

    private static String family(Map<String, Object> set) {
        String name = (String) set.get("set");
        return name.substring(0, name.indexOf('/'));
    }

    /** Means of the sets' own figures over those that were measured. */
    private static Map<String, Object> means(List<Map<String, Object>> sets) {
        Map<String, Object> means = new LinkedHashMap<>();
        means.put("sets", sets.size());
        for (String arm : List.of("ours", "randomInit", "control")) {
            List<Double> figures = new ArrayList<>();
            for (Map<String, Object> set : sets) {
                Map<?, ?> figuresOfArm = (Map<?, ?>) ((Map<?, ?>) set.get("test")).get(arm);
                if (figuresOfArm != null) {
                    Object mean = arm.equals("control") ? figuresOfArm : figuresOfArm.get("mean");
                    figures.add((Double) ((Map<?, ?>) mean).get(set.get("metric")));
                }
            }
            if (!figures.isEmpty()) {
                means.put(arm, figures.stream().mapToDouble(f -> f).average().orElseThrow());
            }
        }
        return means;
    }

    private static long ahead(List<Map<String, Object>> sets, String against) {
        return sets.stream()
                .map(set -> (Map<?, ?>) ((Map<?, ?>) set.get("test")).get(against))
                .filter(interval -> (Boolean) interval.get("beats"))
                .count();
    }
}
