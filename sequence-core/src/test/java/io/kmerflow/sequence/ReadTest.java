package io.kmerflow.sequence;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class ReadTest {
    private static Read read(String bases, byte[] qualities) {
        return new Read("r", 0, "run", null, false, bases.getBytes(US_ASCII), qualities);
    }

    @Test
    void basesAreRaisedAndAmbiguityBecomesN() {
        assertThat(new String(read("acguU.RYn", null).bases(), US_ASCII)).isEqualTo("ACGTTNNNN");
    }

    @Test
    void anIllegalBaseAWrongNumberOfQualitiesAndAnImpossibleQualityAreMalformed() {
        assertThatThrownBy(() -> read("AC-T", null))
                .isInstanceOf(MalformedReadException.class)
                .hasMessageContaining("base 2")
                .hasMessageContaining("got '-'");
        assertThatThrownBy(() -> read("ACGT", new byte[3])).hasMessageContaining("Expected 4 Phred qualities");
        assertThatThrownBy(() -> read("A", new byte[] {94})).hasMessageContaining("94");
    }

    @Test
    void meanQualityIsThatOfTheMeanErrorProbability() {
        assertThat(PhredQualities.mean(new byte[] {10, 30})).isCloseTo(12.967, Offset.offset(1e-3));
        assertThat(PhredQualities.mean(PhredQualities.constant(20, 7))).isCloseTo(20, Offset.offset(1e-9));
    }

    @Test
    void asciiQualitiesComeBack() {
        byte[] ascii = "!I~".getBytes(US_ASCII);
        assertThat(PhredQualities.fromPhred33(ascii)).containsExactly(0, 40, 93);
        assertThat(PhredQualities.toPhred33(PhredQualities.fromPhred33(ascii))).isEqualTo(ascii);
        assertThatThrownBy(() -> PhredQualities.fromPhred33(new byte[] {' '}))
                .isInstanceOf(MalformedReadException.class);
    }

    @Test
    void reverseComplementTurnsTheStrand() {
        assertThat(new String(Nucleotide.reverseComplement("AACGTN".getBytes(US_ASCII)), US_ASCII))
                .isEqualTo("NACGTT");
    }

    @Test
    void aReadIsWhatItWasMadeOf() {
        byte[] qualities = {1, 93, 0};
        Read read = new Read("name", 2, "run", "sample", true, "acg".getBytes(US_ASCII), qualities);
        assertThat(read.readId()).isEqualTo("name");
        assertThat(read.mate()).isEqualTo(2);
        assertThat(read.runId()).isEqualTo("run");
        assertThat(read.sampleId()).isEqualTo("sample");
        assertThat(read.filtered()).isTrue();
        assertThat(read.length()).isEqualTo(3);
        assertThat(read.phredQualities()).isEqualTo(qualities);
        assertThat(read("", null).filtered()).isFalse();
        assertThat(read("", null).length()).isZero();
        for (int mate : new int[] {-1, 3}) {
            assertThatThrownBy(() -> new Read("r", mate, "run", null, false, new byte[0], null))
                    .hasMessage("Expected mate 0, 1 or 2, got " + mate);
        }
        assertThatThrownBy(() -> new Read("", 0, "run", null, false, new byte[0], null))
                .hasMessage("Expected a read name, got none");
        assertThatThrownBy(() -> new Read("r", 0, "", null, false, new byte[0], null))
                .hasMessage("Expected a run id, got none");
    }
}
