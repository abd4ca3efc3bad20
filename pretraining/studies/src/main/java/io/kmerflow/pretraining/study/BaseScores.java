package io.kmerflow.pretraining.study;

import java.util.LinkedHashMap;
import java.util.Map;

/** How good predictions of single bases are: loss in nats per base, and accuracy. */
final class BaseScores {
    private BaseScores() {}

    /** Over all bases, and over unique ones and those in repeats apart. */
    static Map<String, Object> of(double[][] predictions, int[] truth, boolean[] repeats) {
        Map<String, Object> scores = new LinkedHashMap<>();
        scores.put("all", part(predictions, truth, repeats, true, true));
        scores.put("unique", part(predictions, truth, repeats, true, false));
        scores.put("repeat", part(predictions, truth, repeats, false, true));
        return scores;
    }

    private static Map<String, Object> part(
            double[][] predictions, int[] truth, boolean[] repeats, boolean unique, boolean repeat) {
        double loss = 0;
        int right = 0;
        int bases = 0;
        for (int i = 0; i < truth.length; i++) {
            if (repeats[i] ? repeat : unique) {
                bases++;
                loss -= Math.log(Math.max(predictions[i][truth[i]], 1e-12));
                int best = 0;
                for (int digit = 1; digit < 4; digit++) {
                    best = predictions[i][digit] > predictions[i][best] ? digit : best;
                }
                right += best == truth[i] ? 1 : 0;
            }
        }
        Map<String, Object> part = new LinkedHashMap<>();
        part.put("bases", bases);
        part.put("loss", bases == 0 ? null : loss / bases);
        part.put("accuracy", bases == 0 ? null : (double) right / bases);
        return part;
    }
}
