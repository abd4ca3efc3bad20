package io.kmerflow.pretraining.study;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import com.fasterxml.jackson.databind.JsonNode;
import io.kmerflow.pretraining.Provenance;
import java.util.List;
import java.util.Map;

/**
 * Everything that a study measured, as results.json has it.
 *
 * @param settings the study's configuration as run
 * @param madeBy software and device of the process that finished it
 * @param dataSha256 digests of the files by name
 * @param controls what the arms are held against
 * @param units arms with seeds
 * @param contrasts differences between arms
 * @param observations those of the paper, in these figures
 */
record StudyResults(
        JsonNode settings,
        @JsonUnwrapped Provenance.Software madeBy,
        Map<String, String> dataSha256,
        Controls controls,
        List<UnitResult> units,
        List<Contrast> contrasts,
        Observations observations) {}
