package io.kmerflow.pretraining.masking;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.kmerflow.pretraining.masking.MaskingStrategy.Width;
import io.kmerflow.pretraining.random.Xoshiro256;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MaskingStrategyTest {
    @Test
    void dnabertsMasksAreAsWideAsAKmerAtEveryStep() {
        MaskingStrategy strategy = MaskingStrategy.contiguous(5, 0.025);

        assertThat(strategy.span(0, Xoshiro256.of(1))).isEqualTo(5);
        assertThat(strategy.span(1_000_000, Xoshiro256.of(1))).isEqualTo(5);
        assertThat(strategy.centreProbability()).isEqualTo(0.025);
        assertThat(strategy.replacement()).isEqualTo(Replacement.BERT);
    }

    @Test
    void theWorkedSharesOfTheDocumentationHold() {
        assertThat(MaskingStrategy.probabilityOfShare(0.3, 6)).isCloseTo(0.0577, within(0.00005));
        assertThat(MaskingStrategy.probabilityOfShare(0.3, 14)).isCloseTo(0.0252, within(0.00005));
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, 1, -0.1, 1.1, Double.NaN})
    void aShareOfNothingOrAllIsNone(double share) {
        assertThatThrownBy(() -> MaskingStrategy.probabilityOfShare(share, 6))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("got " + share);
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, 1, -0.1, 1.1, Double.NaN})
    void soIsAProbability(double probability) {
        MaskCurriculum curriculum = MaskCurriculum.fixed(6);
        assertThatThrownBy(() -> MaskingStrategy.of(curriculum, Width.BOUNDARY, probability))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("got " + probability);
    }

    @Test
    void drawsBeginAtTheGivenNarrowestSpan() {
        MaskingStrategy strategy = MaskingStrategy.of(MaskCurriculum.fixed(10), Width.UP_TO_BOUNDARY, 0.1);
        assertThat(strategy.narrowest()).isEqualTo(10);

        MaskingStrategy wider = strategy.withNarrowest(6);

        assertThat(wider.narrowest()).isEqualTo(6);
        assertThat(wider.curriculum()).isEqualTo(strategy.curriculum());
        Xoshiro256 random = Xoshiro256.of(2);
        List<Integer> spans = IntStream.range(0, 200)
                .mapToObj(i -> wider.span(0, random))
                .distinct()
                .sorted()
                .toList();
        assertThat(spans).containsExactly(6, 8, 10);
        assertThatThrownBy(() -> strategy.withNarrowest(0)).hasMessageContaining("spans of 1 token or more");
    }

    /** A draw between one value takes no number, so that the masks after it are those of a fixed span. */
    @Test
    void whereThereIsNothingToDrawTheGeneratorStaysAsItIs() {
        MaskingStrategy strategy = MaskingStrategy.of(MaskCurriculum.fixed(6), Width.UP_TO_BOUNDARY, 0.1);
        Xoshiro256 random = Xoshiro256.of(3);

        assertThat(strategy.span(0, random)).isEqualTo(6);

        assertThat(random.nextLong()).isEqualTo(Xoshiro256.of(3).nextLong());
    }

    @Test
    void onlyDrawsPerSpanDrawAtACentre() {
        MaskCurriculum curriculum = MaskCurriculum.fixed(14);
        Xoshiro256 random = Xoshiro256.of(4);
        MaskingStrategy perSequence =
                MaskingStrategy.of(curriculum, Width.UP_TO_BOUNDARY, 0.1).withNarrowest(6);

        assertThat(perSequence.spanAtCentre(0, 8, random)).isEqualTo(8);

        assertThat(random.nextLong()).isEqualTo(Xoshiro256.of(4).nextLong());
        MaskingStrategy perSpan = MaskingStrategy.of(curriculum, Width.UP_TO_BOUNDARY_PER_SPAN, 0.1)
                .withNarrowest(6);
        List<Integer> spans = IntStream.range(0, 200)
                .mapToObj(i -> perSpan.spanAtCentre(0, 8, random))
                .distinct()
                .sorted()
                .toList();
        assertThat(spans).containsExactly(6, 8, 10, 12, 14);
    }
}
