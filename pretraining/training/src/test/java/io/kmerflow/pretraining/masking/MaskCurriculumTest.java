package io.kmerflow.pretraining.masking;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class MaskCurriculumTest {
    private static final MaskCurriculum THREE =
            new MaskCurriculum(List.of(new MaskStage(6, 10), new MaskStage(4, 20), new MaskStage(8, 30)));

    @Test
    void bordersAreTheStepsAtWhichTheNextStageBegins() {
        assertThat(THREE.borders(100)).containsExactly(10L, 20L);
        assertThat(THREE.borders(21)).containsExactly(10L, 20L);
    }

    @Test
    void aBorderAtOrBehindTheLastStepIsNone() {
        assertThat(THREE.borders(20)).containsExactly(10L);
        assertThat(THREE.borders(10)).isEmpty();
        assertThat(MaskCurriculum.fixed(6).borders(1_000)).isEmpty();
    }

    @Test
    void theLastStageHoldsForEveryStepAfterItsEnd() {
        assertThat(List.of(0L, 9L, 10L, 19L, 20L, 30L, 1_000L))
                .extracting(THREE::stage)
                .containsExactly(0, 0, 1, 1, 2, 2, 2);
        assertThat(THREE.span(1_000)).isEqualTo(8);
    }

    @Test
    void theNarrowestSpanIsThatOfAnyStage() {
        assertThat(THREE.narrowestSpan()).isEqualTo(4);
    }

    @Test
    void stagesMustBeThereAndRise() {
        assertThatThrownBy(() -> new MaskCurriculum(List.of()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("Expected at least one mask stage, got none");
        assertThatThrownBy(() -> new MaskCurriculum(List.of(new MaskStage(6, 10), new MaskStage(8, 9))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("rising ends");
        // A budget of a few steps rounds neighbouring limits to one step.
        assertThat(new MaskCurriculum(List.of(new MaskStage(6, 10), new MaskStage(8, 10))).span(9))
                .isEqualTo(6);
    }

    @Test
    void aStageHasASpanAndAnEnd() {
        assertThat(new MaskStage(1, 1).span()).isEqualTo(1);
        assertThatThrownBy(() -> new MaskStage(0, 1)).hasMessageContaining("got 0 and 1");
        assertThatThrownBy(() -> new MaskStage(1, 0)).hasMessageContaining("got 1 and 0");
    }
}
