package io.kmerflow.token;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class TokenBatchTest {
    private static final byte[] BASES = "ACGTACGT".getBytes(US_ASCII);

    private final Vocabulary vocabulary = new Vocabulary(3);
    private final WindowEncoder encoder = new WindowEncoder(new KmerTokenizer(vocabulary, 1));

    private int id(String kmer) {
        return vocabulary.id(kmer);
    }

    @Test
    void windowsAreRowsPaddedOnTheRight() {
        TokenBatch batch = new TokenBatch(encoder, 3, 6);
        batch.add(BASES, 0, 6);
        batch.add(BASES, 1, 5);

        int cls = SpecialToken.CLS.id();
        int sep = SpecialToken.SEP.id();
        assertThat(batch.tokenIds())
                .containsExactly(
                        cls, id("ACG"), id("CGT"), id("GTA"), id("TAC"), sep, // as wide as the batch
                        cls, id("CGT"), id("GTA"), sep, 0, 0, 0, 0, 0, 0, 0, 0);
        assertThat(batch.windows()).isEqualTo(2);
        assertThat(batch.width()).isEqualTo(6);
        assertThat(batch.tokenCount(0)).isEqualTo(6);
        assertThat(batch.tokenCount(1)).isEqualTo(4);
        assertThat(batch.realTokens()).isEqualTo(10);
    }

    @Test
    void aWindowThatDoesNotFitIsRefused() {
        TokenBatch batch = new TokenBatch(encoder, 1, 6);
        assertThatThrownBy(() -> batch.add(BASES, 0, 7))
                .hasMessage("Expected room for 7 tokens, batch has 0 of 1 rows of 6 tokens");
        batch.add(BASES, 0, 6);
        assertThatThrownBy(() -> batch.add(BASES, 0, 3))
                .hasMessage("Expected room for 3 tokens, batch has 1 of 1 rows of 6 tokens");
        assertThat(batch.windows()).isOne();
    }
}
