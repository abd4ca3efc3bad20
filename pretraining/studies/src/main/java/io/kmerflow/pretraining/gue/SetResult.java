package io.kmerflow.pretraining.gue;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.kmerflow.pretraining.Provenance;
import java.util.List;
import java.util.Map;

/**
 * A measured set.
 *
 * @param set name
 * @param trainSource what its training rows are called
 * @param rows of the splits
 * @param rowsPublished of the splits
 * @param classes labels are 0 to this − 1
 * @param metric name of the figure that it is compared by
 * @param protocol as used
 * @param recipe that changed the protocol; null without
 * @param sha256 digests of its files by name
 * @param test figures on all test rows
 * @param copies test rows whose sequence, on either strand, is in train or dev
 * @param testWithoutCopies figures on the others; null if there are none
 * @param publishedTimes100 figures of others, by model
 * @param madeBy software and devices of its runs
 */
record SetResult(
        String set,
        String trainSource,
        Rows rows,
        GueSet.Rows rowsPublished,
        int classes,
        String metric,
        Used protocol,
        @JsonInclude(JsonInclude.Include.NON_NULL) RecipeUsed recipe,
        Map<String, String> sha256,
        GueFigures test,
        int copies,
        GueFigures testWithoutCopies,
        Map<String, Double> publishedTimes100,
        List<Provenance.Software> madeBy) {

    /**
     * Rows of the splits.
     *
     * @param train of the file
     * @param trainUsed of those, trained on
     * @param dev all
     * @param test all
     */
    record Rows(int train, int trainUsed, int dev, int test) {}

    /**
     * The protocol of each fine-tuning.
     *
     * @param epochs passes over the training rows, unless the steps end before
     * @param steps in all
     * @param stepsPublished in all
     * @param warmUpSteps to the highest rate
     * @param evaluateEvery steps between measurements on dev
     */
    record Used(int epochs, long steps, long stepsPublished, long warmUpSteps, int evaluateEvery) {}

    /**
     * A recipe.
     *
     * @param file its name
     * @param values that it gives
     */
    record RecipeUsed(String file, io.kmerflow.pretraining.finetune.Recipe values) {}

    /** The part of its name that it shares with sets of one kind. */
    String family() {
        return set.substring(0, set.indexOf('/'));
    }
}
