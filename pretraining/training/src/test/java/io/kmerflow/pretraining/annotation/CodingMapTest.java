package io.kmerflow.pretraining.annotation;

import static io.kmerflow.pretraining.annotation.CodingMap.State.FORWARD;
import static io.kmerflow.pretraining.annotation.CodingMap.State.NON_CODING;
import static io.kmerflow.pretraining.annotation.CodingMap.State.REVERSE;
import static io.kmerflow.pretraining.annotation.CodingMap.State.UNCLEAR;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kmerflow.pretraining.annotation.CodingMap.Run;
import io.kmerflow.pretraining.corpus.CorpusException;
import io.kmerflow.sequence.BaseRange;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class CodingMapTest {
    private static Feature feature(String type, String location, boolean pseudo) {
        return new Feature(type, FeatureLocation.parse(location).parts(), pseudo);
    }

    private static CodingMap map(int bases, Feature... features) {
        return CodingMap.of(new AnnotatedSequence(List.of("s"), new byte[bases], Arrays.asList(features)));
    }

    private static Run run(int start, int end, CodingMap.State state) {
        return new Run(new BaseRange(start, end), state);
    }

    @Test
    void codingSequencesCodeAndIntronsAndRnaGenesDoNot() {
        assertThat(map(
                                100,
                                feature("gene", "5..40", false),
                                feature("CDS", "join(11..20,31..40)", false),
                                feature("rRNA", "51..60", false),
                                feature("CDS", "complement(71..100)", false))
                        .runs())
                .containsExactly(
                        run(0, 10, NON_CODING),
                        run(10, 20, FORWARD),
                        run(20, 30, NON_CODING),
                        run(30, 40, FORWARD),
                        run(40, 70, NON_CODING),
                        run(70, 100, REVERSE));
    }

    @Test
    void overlapsOfOneStrandAreOneRunThoseOfBothAreUnclear() {
        assertThat(map(30, feature("CDS", "1..10", false), feature("CDS", "8..20", false))
                        .runs())
                .containsExactly(run(0, 20, FORWARD), run(20, 30, NON_CODING));
        CodingMap both = map(
                30,
                feature("CDS", "1..10", false),
                feature("CDS", "complement(8..20)", false),
                feature("CDS", "9..9", false));
        assertThat(both.runs())
                .containsExactly(
                        run(0, 7, FORWARD), run(7, 10, UNCLEAR), run(10, 20, REVERSE), run(20, 30, NON_CODING));
        assertThat(both.count(UNCLEAR)).isEqualTo(3);
        assertThat(both.at(8)).isEqualTo(UNCLEAR);
        assertThat(both.at(10)).isEqualTo(REVERSE);
        assertThat(both.length()).isEqualTo(30);
    }

    @Test
    void pseudogenesAreUnclearWhereNothingElseCodes() {
        assertThat(map(
                                40,
                                feature("CDS", "complement(5..20)", true),
                                feature("CDS", "11..30", false),
                                feature("gene", "36..40", true))
                        .runs())
                .containsExactly(
                        run(0, 4, NON_CODING),
                        run(4, 10, UNCLEAR),
                        run(10, 30, FORWARD),
                        run(30, 35, NON_CODING),
                        run(35, 40, UNCLEAR));
    }

    @Test
    void aGeneOverTheOriginCodesAtBothEnds() {
        assertThat(map(50, feature("CDS", "complement(join(41..50,1..10))", false))
                        .runs())
                .containsExactly(run(0, 10, REVERSE), run(10, 40, NON_CODING), run(40, 50, REVERSE));
    }

    @Test
    void aFeatureBehindTheSequenceIsRefused() {
        assertThatThrownBy(() -> map(50, feature("CDS", "41..51", false)))
                .isInstanceOf(CorpusException.class)
                .hasMessage("Expected features within the 50 bases of s, got one that ends at 51");
    }
}
