package io.kmerflow.pretraining.study;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.kmerflow.pretraining.random.Xoshiro256;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Differences of MCC between an arm and the first one, or between strides of one arm: mean over seeds, with a 95 % interval
 * of 1,000 paired bootstrap draws of test rows, the same rows for both arms and all seeds. The interval is about the test
 * rows; how far the seeds lie apart is given beside it. Detectable: 2.8 standard errors (5 % two-sided, 80 % power).
 */
final class Contrasts {
    private static final int DRAWS = 1_000;
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
        Xoshiro256 random = Xoshiro256.of(9);
        double[] drawn = new double[DRAWS];
        int[] rows = new int[truth.length];
        for (int draw = 0; draw < DRAWS; draw++) {
            Arrays.setAll(rows, i -> random.nextInt(truth.length));
            drawn[draw] = difference(truth, ours, theirs, rows);
        }
        Arrays.sort(drawn);
        double mean = Arrays.stream(drawn).average().orElseThrow();
        double error =
                Math.sqrt(Arrays.stream(drawn).map(d -> (d - mean) * (d - mean)).sum() / (DRAWS - 1));
        int[] all = new int[truth.length];
        Arrays.setAll(all, i -> i);
        List<Double> bySeed = new ArrayList<>();
        for (int s = 0; s < ours.size(); s++) {
            bySeed.add(difference(truth, ours.subList(s, s + 1), theirs.subList(s, s + 1), all));
        }
        Map<String, Object> contrast = new LinkedHashMap<>();
        contrast.put("set", set);
        contrast.put("how", how);
        contrast.put("arm", ours.get(0).arm);
        contrast.put("against", how.equals("overlap") ? "the same, non-overlapping input" : theirs.get(0).arm);
        contrast.put("difference", difference(truth, ours, theirs, all));
        contrast.put("low", drawn[(int) (0.025 * DRAWS)]);
        contrast.put("high", drawn[(int) (0.975 * DRAWS) - 1]);
        contrast.put("detectable", 2.8 * error);
        contrast.put("bySeed", bySeed);
        out.add(contrast);
    }

    private static double difference(int[] truth, List<Score> ours, List<Score> theirs, int[] rows) {
        double sum = 0;
        for (int s = 0; s < ours.size(); s++) {
            sum += correlation(truth, ours.get(s).calls, rows) - correlation(truth, theirs.get(s).calls, rows);
        }
        return sum / ours.size();
    }

    private static double correlation(int[] truth, int[] calls, int[] rows) {
        int[] t = new int[rows.length];
        int[] c = new int[rows.length];
        for (int i = 0; i < rows.length; i++) {
            t[i] = truth[rows[i]];
            c[i] = calls[rows[i]];
        }
        return Downstream.correlation(t, c);
    }
}
