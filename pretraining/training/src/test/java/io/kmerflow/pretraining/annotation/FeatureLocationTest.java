package io.kmerflow.pretraining.annotation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kmerflow.pretraining.annotation.FeatureLocation.Part;
import io.kmerflow.sequence.BaseRange;
import io.kmerflow.sequence.Strand;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FeatureLocationTest {
    private static List<Part> parts(String text) {
        return FeatureLocation.parse(text).parts();
    }

    private static Part forward(int start, int end) {
        return new Part(new BaseRange(start, end), Strand.FORWARD);
    }

    private static Part reverse(int start, int end) {
        return new Part(new BaseRange(start, end), Strand.REVERSE);
    }

    @Test
    void positionsCountFromOneInTheFileAndEndsAreIncluded() {
        assertThat(parts("340..565")).containsExactly(forward(339, 565));
        assertThat(parts("467")).containsExactly(forward(466, 467));
        assertThat(parts("1..1")).containsExactly(forward(0, 1));
        assertThat(parts("102.110")).containsExactly(forward(101, 110));
    }

    @Test
    void partialEndsCountAsFarAsTheyAreGiven() {
        assertThat(parts("<345..500")).containsExactly(forward(344, 500));
        assertThat(parts("1..>888")).containsExactly(forward(0, 888));
        assertThat(parts("complement(<1..>20)")).containsExactly(reverse(0, 20));
        assertThat(parts(">5")).containsExactly(forward(4, 5));
    }

    @Test
    void partsComeInReadingOrder() {
        assertThat(parts("join(12..78,134..202)")).containsExactly(forward(11, 78), forward(133, 202));
        assertThat(parts("complement(join(2691..4571,4918..5163))"))
                .containsExactly(reverse(4917, 5163), reverse(2690, 4571));
        assertThat(parts("join(complement(4918..5163),complement(2691..4571))"))
                .as("the same gene, written the other way")
                .isEqualTo(parts("complement(join(2691..4571,4918..5163))"));
        assertThat(parts("order(1..2, 4..5,\n 6..9)")).containsExactly(forward(0, 2), forward(3, 5), forward(5, 9));
    }

    @Test
    void aGeneOverTheOriginIsTwoSpans() {
        assertThat(parts("join(4981..5000,1..40)")).containsExactly(forward(4980, 5000), forward(0, 40));
    }

    @Test
    void placesBetweenBasesAndSpansOfOtherEntriesHaveNoPart() {
        assertThat(parts("123^124")).isEmpty();
        assertThat(parts("join(1..100,J00194.1:100..202)")).containsExactly(forward(0, 100));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "..",
                "5..",
                "0..4",
                "9..3",
                "join(1..2",
                "join()",
                "complement(1..2))",
                "1..2,3..4",
                "gap(10)",
                "99999999999..99999999999",
                "-4..5"
            })
    void anythingElseIsRefused(String text) {
        assertThatThrownBy(() -> parts(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("Expected")
                .hasMessageContaining("'" + text + "'");
    }

    @Test
    void theMessageSaysWhere() {
        assertThatThrownBy(() -> parts("join(1..2;3..4)"))
                .hasMessage("Expected ')' at character 10 of the location 'join(1..2;3..4)'");
    }
}
