package io.kmerflow.sql.function;

import static org.assertj.core.api.Assertions.assertThat;

import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class FunctionsTest {
    @Test
    void kmersOverlap() {
        assertThat(new Kmers().eval("acgTA", 3)).containsExactly("ACG", "CGT", "GTA");
        assertThat(new Kmers().eval("AC", 3)).isEmpty();
        assertThat(new Kmers().eval("AC", 0)).isNull();
        assertThat(new Kmers().eval("AC", null)).isNull();
    }

    @Test
    void theOtherStrandIsReadBackwards() {
        assertThat(new ReverseComplement().eval("AACGN")).isEqualTo("NCGTT");
        assertThat(new ReverseComplement().eval("")).isEmpty();
    }

    @Test
    void gcIsOfKnownBases() {
        assertThat(new GcContent().eval("ACGGN")).isEqualTo(0.75);
        assertThat(new GcContent().eval("NN")).isNull();
    }

    @Test
    void qualitiesAreAveragedAsErrorProbabilities() {
        Offset<Double> near = Offset.offset(1e-3);
        assertThat(new MeanQuality().eval("+?")).isCloseTo(12.967, near); // 10 and 30
        assertThat(new MeanQuality().eval(new byte[] {10, 30})).isCloseTo(12.967, near);
        assertThat(new MeanQuality().eval("")).isNull();
        assertThat(new MeanQuality().eval(" ")).isNull();
        assertThat(new MeanQuality().eval(new byte[] {94})).isNull();
    }

    @Test
    void nullAndOtherTextGiveNull() {
        for (String text : new String[] {null, "no bases!"}) {
            assertThat(new Kmers().eval(text, 2)).isNull();
            assertThat(new ReverseComplement().eval(text)).isNull();
            assertThat(new GcContent().eval(text)).isNull();
        }
        assertThat(new MeanQuality().eval((String) null)).isNull();
        assertThat(new MeanQuality().eval((byte[]) null)).isNull();
    }
}
