package io.kmerflow.export.certainty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kmerflow.contract.ModelContract;
import io.kmerflow.contract.ModelContract.Label;
import io.kmerflow.scoring.ScoringException;
import io.kmerflow.scoring.WindowScorer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ThresholdFitTest {
    private static final int WINDOW = LetterScorer.WINDOW;
    private static final ModelContract CONTRACT = LetterScorer.CONTRACT;
    private static final WindowScorer SCORER = new LetterScorer(2, 1, 1);

    private static ThresholdFit.Read read(int windows, char base, int others, String label) {
        byte[] bases = new byte[windows * WINDOW];
        Arrays.fill(bases, (byte) base);
        Arrays.fill(bases, 0, others * WINDOW, (byte) 'G');
        return new ThresholdFit.Read(bases, label);
    }

    /** Reads of 10 windows, of which 0, 1 or 2 are of nothing known. */
    private static List<ThresholdFit.Read> reads() {
        List<ThresholdFit.Read> reads = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            int others = i < 6 ? 2 : i % 2;
            reads.add(read(10, 'A', others, "adenine"));
            reads.add(read(10, 'C', others, "cytosine"));
        }
        return reads;
    }

    @Test
    void nineOfTenReadsOfEachLabelKeepTheirCall() throws ScoringException {
        ThresholdFit.Fit fit = ThresholdFit.fit(CONTRACT, List.of(SCORER, SCORER), reads());
        assertThat(fit.reads()).isEqualTo(120);
        List<Label> labels = fit.contract().labels();
        assertThat(labels.get(2).longReadThreshold()).isNull();
        for (int label = 0; label < 2; label++) {
            for (int others = 0; others < 4; others++) {
                byte[] bases = read(10, "AC".charAt(label), others, null).bases();
                assertThat(FullScores.of(bases, fit.contract(), SCORER)
                                .all()
                                .outcome()
                                .label()
                                .isPresent())
                        .as(
                                "%s with %d windows of nothing known",
                                labels.get(label).name(), others)
                        .isEqualTo(others < 2);
            }
        }
        assertThat(labels.get(0).longReadThreshold())
                .isGreaterThan(labels.get(1).longReadThreshold() + 0.1);
        assertThat(fit.provenance().toString()).contains("reads=120", "adenine=0.");
    }

    @Test
    void aLabelOfFewReadsHasTheThresholdOfAll() throws ScoringException {
        List<ThresholdFit.Read> reads = new ArrayList<>(reads());
        reads.removeIf(read -> read.label().equals("cytosine"));
        reads.add(read(10, 'C', 0, "cytosine"));
        ModelContract contract =
                ThresholdFit.fit(CONTRACT, List.of(SCORER), reads).contract();
        assertThat(contract.labels().get(0).longReadThreshold()).isNotNull();
        assertThat(contract.labels().get(1).longReadThreshold()).isNull();
        assertThat(contract.threshold(1, 10)).isEqualTo(contract.longReadThreshold());
    }

    @Test
    void shortReadsDoNotCountAndLabelsMustBeTheModels() {
        assertThatThrownBy(() -> ThresholdFit.fit(CONTRACT, List.of(SCORER), List.of(read(7, 'A', 0, "adenine"))))
                .hasMessage("Expected reads of 8 windows or more to fit thresholds on, got none among 1");
        for (String label : List.of("thymine", "neither")) {
            assertThatThrownBy(() -> ThresholdFit.fit(CONTRACT, List.of(SCORER), List.of(read(8, 'A', 0, label))))
                    .hasMessage("Expected reads of labels among [adenine, cytosine, neither] to fit thresholds on, got "
                            + label);
        }
    }

    @Test
    void aGivenThresholdReplacesTheFittedOne() throws ScoringException {
        ModelContract fitted =
                ThresholdFit.fit(CONTRACT, List.of(SCORER), reads()).contract();
        ModelContract given = ThresholdFit.given(fitted, Map.of("cytosine", 0.7));
        assertThat(given.labels().get(0)).isEqualTo(fitted.labels().get(0));
        assertThat(given.labels().get(1).longReadThreshold()).isEqualTo(0.7);
        assertThat(ThresholdFit.given(fitted, Map.of())).isSameAs(fitted);
        assertThatThrownBy(() -> ThresholdFit.given(fitted, Map.of("thymine", 0.7)))
                .hasMessage("Expected a label among [adenine, cytosine, neither], got thymine");
        assertThatThrownBy(() -> ThresholdFit.given(fitted, Map.of("neither", 0.7)))
                .hasMessageContaining("the label no background");
        assertThatThrownBy(() -> ThresholdFit.given(CONTRACT, Map.of("adenine", 0.7)))
                .hasMessageStartingWith("Expected a model with a threshold of long reads");
    }
}
