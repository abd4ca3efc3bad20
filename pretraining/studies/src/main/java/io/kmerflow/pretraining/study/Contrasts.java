package io.kmerflow.pretraining.study;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.kmerflow.pretraining.evaluation.ConfusionMatrix;
import io.kmerflow.pretraining.evaluation.PairedBootstrap;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Differences of MCC between an arm and the first one, or between strides of one arm: mean over seeds, with a 95 % interval
 * of 1,000 paired bootstrap draws of test rows, the same rows for both arms and all seeds. The interval is about the test
 * rows; {@link SeedSpread} says how far the seeds lie apart. Detectable: 2.8 standard errors (5 % two-sided, 80 % power).
 */
final class Contrasts {
    private static final int CLASSES = 2;
    private static final ObjectMapper JSON = new ObjectMapper();

    private record Score(String arm, long seed, String set, String how, int stride, int[] calls) {}

    private Contrasts() {}

    static List<Map<String, Object>> of(
            StudyConfig config, List<Map<String, Object>> units, Map<String, Object> controls) {
        List<Score> scores = new ArrayList<>();
        for (Map<String, Object> unit : units) {
            JSON.valueToTree(unit.get("scores"))
                    .forEach(s -> scores.add(new Score(
                            (String) unit.get("arm"),
                            ((Number) unit.get("seed")).longValue(),
                            s.get("set").asText(),
                            s.get("how").asText(),
                            s.get("stride").asInt(),
                            JSON.convertValue(s.get("calls"), int[].class))));
        }
        List<Map<String, Object>> contrasts = new ArrayList<>();
        String first = config.arms().get(0).name();
        for (String set : config.sets()) {
            int[] truth = JSON.convertValue(((Map<?, ?>) controls.get("truth")).get(set), int[].class);
            for (StudyConfig.Arm arm : config.arms()) {
                for (String how : List.of("probe", "finetune")) {
                    if (!arm.name().equals(first)) {
                        int stride = how.equals("probe") ? arm.tokenStride() : 1;
                        int base = how.equals("probe") ? config.arms().get(0).tokenStride() : 1;
                        add(
                                contrasts,
                                truth,
                                set,
                                how,
                                select(scores, arm.name(), set, how, stride),
                                select(scores, first, set, how, base));
                    }
                }
                for (int stride : arm.finetuneStrides()) {
                    if (stride != 1) {
                        add(
                                contrasts,
                                truth,
                                set,
                                "overlap",
                                select(scores, arm.name(), set, "finetune", 1),
                                select(scores, arm.name(), set, "finetune", stride));
                    }
                }
            }
        }
        return contrasts;
    }

    private static List<Score> select(List<Score> scores, String arm, String set, String how, int stride) {
        return scores.stream()
                .filter(s -> s.arm.equals(arm) && s.set.equals(set) && s.how.equals(how) && s.stride == stride)
                .toList();
    }

    private static void add(
            List<Map<String, Object>> out, int[] truth, String set, String how, List<Score> ours, List<Score> theirs) {
        if (ours.isEmpty() || ours.size() != theirs.size()) {
            return;
        }
        PairedBootstrap.Interval interval =
                PairedBootstrap.of(truth, CLASSES, calls(ours), calls(theirs), ConfusionMatrix::matthewsCorrelation);
        List<Double> bySeed = new ArrayList<>();
        for (int s = 0; s < ours.size(); s++) {
            bySeed.add(Downstream.correlation(truth, ours.get(s).calls)
                    - Downstream.correlation(truth, theirs.get(s).calls));
        }
        Map<String, Object> contrast = new LinkedHashMap<>();
        contrast.put("set", set);
        contrast.put("how", how);
        contrast.put("arm", ours.get(0).arm);
        contrast.put("against", how.equals("overlap") ? "the same, non-overlapping input" : theirs.get(0).arm);
        contrast.put("difference", interval.difference());
        contrast.put("low", interval.low());
        contrast.put("high", interval.high());
        contrast.put("detectable", 2.8 * interval.standardError());
        contrast.put("bySeed", bySeed);
        SeedSpread.of(bySeed).ifPresent(spread -> contrast.put("seeds", spread));
        out.add(contrast);
    }

    /** Where an interval lies: 1 if all of it above 0, -1 below, else 0. */
    static int side(JsonNode interval) {
        return interval.get("low").asDouble() > 0 ? 1 : interval.get("high").asDouble() < 0 ? -1 : 0;
    }

    private static List<int[]> calls(List<Score> scores) {
        return scores.stream().map(Score::calls).toList();
    }
}
