package io.kmerflow.export;

import com.fasterxml.jackson.annotation.JsonAlias;
import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import io.kmerflow.bundle.JsonMappers;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What the trainer measured, out of a provenance's {@code metrics}.
 *
 * @param validation sequences or windows that chose the weights and fitted the threshold; null if there is none
 * @param test sequences measured once; null if there are none
 * @param longReads reads of many windows; null if there are none
 * @param accuracyAtMinReadBases accuracy on validation sequences cut to the shortest read; null if not measured
 */
@JsonIgnoreProperties(ignoreUnknown = true)
record MeasuredFigures(Split validation, Split test, Split longReads, Double accuracyAtMinReadBases) {

    /**
     * Figures of a split, 0 to 1 but for mcc, −1 to 1.
     *
     * @param examples sequences
     * @param accuracy part called right
     * @param balancedAccuracy mean recall of the labels
     * @param macroF1 mean F1 of the labels
     * @param mcc Matthews correlation
     * @param auc area under the ROC curve
     * @param recall of each label, by its name
     */
    @JsonIgnoreProperties(ignoreUnknown = true)
    record Split(
            int examples,
            double accuracy,
            double balancedAccuracy,
            double macroF1,
            @JsonAlias("matthewsCorrelation") double mcc,
            double auc,
            Map<String, Double> recall) {}

    /** Of a provenance; without any split if it has no metrics. */
    static MeasuredFigures of(Map<String, Object> provenance) {
        Object metrics = provenance.get("metrics");
        return metrics instanceof Map<?, ?>
                ? JsonMappers.COMPACT.convertValue(metrics, MeasuredFigures.class)
                : new MeasuredFigures(null, null, null, null);
    }

    /** The splits that there are, by what the card calls them. */
    Map<String, Split> splits() {
        Map<String, Split> splits = new LinkedHashMap<>();
        splits.put("validation", validation);
        splits.put("long reads of validation", longReads);
        splits.put("test", test);
        splits.values().removeIf(split -> split == null);
        return splits;
    }
}
