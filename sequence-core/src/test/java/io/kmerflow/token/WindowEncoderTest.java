package io.kmerflow.token;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kmerflow.sequence.Nucleotide;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WindowEncoderTest {
    private static final Vocabulary VOCABULARY = new Vocabulary(3);
    private final WindowEncoder plain = new WindowEncoder(new KmerTokenizer(VOCABULARY, 1));
    private final WindowEncoder canonical = new WindowEncoder(new KmerTokenizer(VOCABULARY, 1), true);

    private static int[] ids(WindowEncoder encoder, byte[] bases) {
        int[] ids = new int[encoder.tokenCount(bases.length)];
        assertThat(encoder.encode(bases, 0, bases.length, ids, 0)).isEqualTo(ids.length);
        return ids;
    }

    private static int[] ids(WindowEncoder encoder, String bases) {
        return ids(encoder, bases.getBytes(US_ASCII));
    }

    @ParameterizedTest
    @CsvSource({
        "AAAAT, AAAAT", // comes before ATTTT
        "ATTTT, AAAAT",
        "CCCCC, CCCCC",
        "GGGGG, CCCCC",
        "ACGT, ACGT", // its own reverse complement
        "NACGA, NACGA", // N comes before T
        "TCGTN, NACGA",
        "GNNNN, GNNNN", // G comes before N
        "NNNNC, GNNNN",
        "AT, AT"
    })
    void encodesTheOrientationThatComesFirst(String bases, String first) {
        assertThat(ids(canonical, bases)).isEqualTo(ids(plain, first));
    }

    @Test
    void bothStrandsOfAWindowHaveTheSameTokens() {
        Random random = new Random(5);
        int turned = 0;
        for (int i = 0; i < 1_000; i++) {
            byte[] bases = new byte[3 + random.nextInt(40)];
            for (int at = 0; at < bases.length; at++) {
                bases[at] = Nucleotide.base(random.nextInt(40) == 0 ? Nucleotide.UNKNOWN : random.nextInt(4));
            }
            byte[] other = Nucleotide.reverseComplement(bases);
            int[] expected =
                    ids(plain, new String(bases, US_ASCII).compareTo(new String(other, US_ASCII)) <= 0 ? bases : other);
            assertThat(ids(canonical, bases)).isEqualTo(expected);
            assertThat(ids(canonical, other)).isEqualTo(expected);
            turned += java.util.Arrays.equals(ids(plain, bases), expected) ? 0 : 1;
        }
        assertThat(turned).isBetween(400, 600);
    }

    @Test
    void decidesByTheWindowAloneNotByTheBasesAroundIt() {
        byte[] bases = "GGATTTTAA".getBytes(US_ASCII);
        int[] ids = new int[5];
        canonical.encode(bases, 2, 7, ids, 0);
        assertThat(ids).isEqualTo(ids(plain, "AAAAT"));
    }

    @Test
    void refusesTokensThatStartElsewhereOnTheOtherStrand() {
        KmerTokenizer strided = new KmerTokenizer(VOCABULARY, 3);
        assertThatThrownBy(() -> new WindowEncoder(strided, true))
                .hasMessage("Expected a token stride of 1 for the canonical strand, got 3");
    }
}
