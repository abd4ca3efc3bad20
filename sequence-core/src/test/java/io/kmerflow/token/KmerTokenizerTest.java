package io.kmerflow.token;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kmerflow.sequence.Nucleotide;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class KmerTokenizerTest {
    private final KmerTokenizer overlapping = new KmerTokenizer(new Vocabulary(6), 1);

    @ParameterizedTest
    @CsvSource({
        "AAAAAA, 5",
        "AAAAAT, 6",
        "AAAAAC, 7",
        "AAAAAG, 8",
        "AAAATA, 9",
        "AAATAA, 21",
        "CGTACG, 2896",
        "GCGCGC, 3827",
        "ATCGAT, 438",
        "ACGTAC, 727",
        "TATAAA, 1093",
        "TTTTTT, 1370",
        "CACGTG, 2236",
        "CCCCCC, 2735",
        "GTACGT, 3378",
        "GGGGGG, 4100"
    })
    void sixMersHaveDnabertsIds(String kmer, int id) {
        assertThat(overlapping.tokenize(kmer.getBytes(US_ASCII))).containsExactly(id);
        assertThat(new Vocabulary(6).id(kmer)).isEqualTo(id);
        assertThat(new Vocabulary(6).text(id)).isEqualTo(kmer);
    }

    @ParameterizedTest
    @CsvSource({"3, 69", "4, 261", "5, 1029", "6, 4101"})
    void vocabularySizesAreDnaberts(int k, int size) {
        assertThat(new Vocabulary(k).size()).isEqualTo(size);
    }

    @Test
    void idsTurnedRoundAndMappedAreThoseOfTheReverseComplement() {
        WindowEncoder encoder = new WindowEncoder(overlapping);
        byte[] bases = "ACGTTGCANACGGTCATTAGC".getBytes(US_ASCII);
        byte[] other = Nucleotide.reverseComplement(bases);
        int[] ids = new int[encoder.tokenCount(bases.length)];
        int[] otherIds = new int[ids.length];
        encoder.encode(bases, 0, bases.length, ids, 0);
        encoder.encode(other, 0, other.length, otherIds, 0);
        Vocabulary vocabulary = new Vocabulary(6);
        int[] turned = new int[ids.length];
        for (int i = 0; i < ids.length; i++) {
            turned[i] = vocabulary.reverseComplement(ids[ids.length - 1 - i]);
        }
        assertThat(turned).containsExactly(otherIds);
        assertThat(Vocabulary.ofSize(4101)).isEqualTo(vocabulary);
        assertThatThrownBy(() -> Vocabulary.ofSize(4096)).hasMessageContaining("4096");
    }

    @Test
    void specialTokensComeFirst() {
        Vocabulary vocabulary = new Vocabulary(3);
        assertThat(new String[] {
                    vocabulary.text(0), vocabulary.text(1), vocabulary.text(2), vocabulary.text(3), vocabulary.text(4)
                })
                .containsExactly("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]");
    }

    @Test
    void overlappingKmersCoverEveryBase() {
        assertThat(new KmerTokenizer(new Vocabulary(3), 1).texts("ACGTAC".getBytes(US_ASCII)))
                .containsExactly("ACG", "CGT", "GTA", "TAC");
    }

    @Test
    void nonOverlappingKmersLeaveTheShortRemainderOut() {
        assertThat(new KmerTokenizer(new Vocabulary(3), 3).texts("ACGTACGT".getBytes(US_ASCII)))
                .containsExactly("ACG", "TAC");
    }

    @Test
    void everyKmerWithAnUnknownBaseIsUnk() {
        assertThat(new KmerTokenizer(new Vocabulary(3), 1).texts("ACNGTAC".getBytes(US_ASCII)))
                .containsExactly("[UNK]", "[UNK]", "[UNK]", "GTA", "TAC");
        assertThat(new KmerTokenizer(new Vocabulary(3), 1).texts("NNACG".getBytes(US_ASCII)))
                .containsExactly("[UNK]", "[UNK]", "ACG");
    }

    @Test
    void fewerBasesThanKGiveNoToken() {
        assertThat(overlapping.tokenize("ACGTA".getBytes(US_ASCII))).isEmpty();
        assertThat(overlapping.tokenCount(5)).isZero();
    }

    @ParameterizedTest
    @CsvSource({"3,1", "4,1", "5,1", "6,1", "3,3", "6,6", "6,2", "5,4"})
    void rollingIdsAreTheVocabularysIds(int k, int stride) {
        Vocabulary vocabulary = new Vocabulary(k);
        KmerTokenizer tokenizer = new KmerTokenizer(vocabulary, stride);
        Random random = new Random(7);
        for (int round = 0; round < 200; round++) {
            byte[] bases = new byte[random.nextInt(60)];
            for (int i = 0; i < bases.length; i++) {
                bases[i] = (byte) "ACGTACGTACGTN".charAt(random.nextInt(13));
            }
            int start = bases.length == 0 ? 0 : random.nextInt(bases.length);
            int[] ids = new int[64];
            int count = tokenizer.tokenize(bases, start, bases.length, ids, 2);
            assertThat(count).isEqualTo(tokenizer.tokenCount(bases.length - start));
            for (int token = 0; token < count; token++) {
                int at = start + token * stride;
                assertThat(ids[2 + token]).isEqualTo(vocabulary.id(new String(bases, at, k, US_ASCII)));
            }
        }
    }

    @Test
    void vocabulariesOfDifferentKHaveDifferentHashes() {
        assertThat(new Vocabulary(5).hash()).hasSize(64).isNotEqualTo(new Vocabulary(6).hash());
        assertThatThrownBy(() -> new Vocabulary(7)).hasMessageContaining("Expected k 3 to 6, got 7");
    }

    @ParameterizedTest
    @CsvSource({"6, 1", "6, 6", "3, 3", "4, 2"})
    void tokensCoverTheBasesThatGiveThem(int k, int stride) {
        Vocabulary vocabulary = new Vocabulary(k);
        KmerTokenizer tokenizer = new KmerTokenizer(vocabulary, stride);
        assertThat(tokenizer.vocabulary()).isSameAs(vocabulary);
        for (int tokens = 1; tokens < 9; tokens++) {
            int bases = tokenizer.basesOf(tokens);
            assertThat(tokenizer.tokenCount(bases)).isEqualTo(tokens);
            assertThat(tokenizer.tokenCount(bases - 1)).isEqualTo(tokens - 1);
        }
    }

    @Test
    void idsOutsideTheVocabularyAreRefused() {
        Vocabulary vocabulary = new Vocabulary(3);
        for (int id : new int[] {-1, vocabulary.size()}) {
            assertThatThrownBy(() -> vocabulary.text(id)).hasMessage("Expected a token id 0 to 68, got " + id);
            assertThatThrownBy(() -> vocabulary.reverseComplement(id))
                    .hasMessage("Expected a token id 0 to 68, got " + id);
        }
        assertThat(vocabulary.text(vocabulary.size() - 1)).isEqualTo("GGG");
        assertThat(vocabulary.text(SpecialToken.COUNT)).isEqualTo("AAA");
        assertThat(vocabulary.text(0)).startsWith("[");
        assertThat(vocabulary.reverseComplement(vocabulary.size() - 1)).isEqualTo(vocabulary.id("CCC"));
        assertThat(vocabulary.reverseComplement(SpecialToken.COUNT)).isEqualTo(vocabulary.id("TTT"));
        assertThat(vocabulary.reverseComplement(SpecialToken.CLS.id())).isEqualTo(SpecialToken.SEP.id());
        assertThat(vocabulary.reverseComplement(0)).isZero();
    }
}
