package io.kmerflow.pretraining.study;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.kmerflow.pretraining.corpus.HeldOut;
import io.kmerflow.pretraining.corpus.InMemoryGenome;
import io.kmerflow.pretraining.corpus.Regions;
import io.kmerflow.pretraining.model.EncoderConfig;
import io.kmerflow.pretraining.random.Xoshiro256;
import io.kmerflow.pretraining.trainer.TorchSession;
import io.kmerflow.sequence.Nucleotide;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class StudyPartsTest {
    private static byte[] random(int length, long seed) {
        Xoshiro256 random = Xoshiro256.of(seed);
        byte[] bases = new byte[length];
        for (int i = 0; i < length; i++) {
            bases[i] = Nucleotide.base(random.nextInt(4));
        }
        return bases;
    }

    private static StoredMasks masks(byte[] genome, int width, int pieces) {
        InMemoryGenome one = InMemoryGenome.of("g", "c", genome);
        return StoredMasks.draw(
                Regions.training(List.of(one), new HeldOut(List.of(), 0), 101), width, 6, 101, pieces, 4);
    }

    /** Whatever base no unmasked token of stride 1 covers is hidden, and no other. */
    @ParameterizedTest
    @CsvSource({"6, 1", "10, 5", "14, 9", "20, 15"})
    void hiddenBasesAreThoseNoUnmaskedTokenCovers(int width, int hidden) {
        StoredMasks masks = masks(random(20_000, 1), width, 30);
        assertThat(masks.hiddenBases()).isEqualTo(hidden);
        for (StoredMasks.Piece piece : masks.pieces()) {
            boolean[] seen = new boolean[101];
            boolean[] masked = new boolean[96];
            for (int span : piece.spans()) {
                Arrays.fill(masked, span, span + width, true);
            }
            for (int token = 0; token < 96; token++) {
                if (!masked[token]) {
                    Arrays.fill(seen, token, token + 6, true);
                }
            }
            for (int span : piece.spans()) {
                for (int h = 0; h < hidden; h++) {
                    assertThat(seen[masks.firstHidden(span) + h]).isFalse();
                    seen[masks.firstHidden(span) + h] = true;
                }
            }
            assertThat(seen).doesNotContain(false);
        }
    }

    @Test
    void theSameSeedGivesTheSameMasks() {
        byte[] genome = random(20_000, 2);
        assertThat(HiddenBases.truth(masks(genome, 14, 9))).containsExactly(HiddenBases.truth(masks(genome, 14, 9)));
    }

    private static final EncoderConfig SMALL = new EncoderConfig(3, 8, 1, 2, 16, 32, 2, 0, 1e-12);

    private static byte[] with(byte[] bases, int from, byte[] others) {
        byte[] changed = bases.clone();
        System.arraycopy(others, 0, changed, from, others.length);
        return changed;
    }

    /**
     * The probabilities of all 64 last 3-mers sum to 1 if what the encoder sees does not depend on them. With one of the three
     * tokens left unmasked this random encoder, which says little, is off by 6e-7.
     */
    @ParameterizedTest
    @ValueSource(ints = {1, 3})
    void theNextKmerIsPredictedFromTheBasesBeforeItAlone(int stride) {
        try (TorchSession session = TorchSession.open("cpu", 1);
                EncoderModel model = EncoderModel.untrained(session, SMALL, 3)) {
            double sum = 0;
            double least = 1;
            for (int code = 0; code < 64; code++) {
                byte[] kmer = {Nucleotide.base(code >> 4), Nucleotide.base(code >> 2 & 3), Nucleotide.base(code & 3)};
                StoredMasks piece = new StoredMasks(
                        6, 3, List.of(new StoredMasks.Piece(with(random(24, 8), 21, kmer), new int[] {6})));
                double p = Math.exp(-NextKmer.measure(model, piece, stride).loss());
                sum += p;
                least = Math.min(least, p);
            }
            assertThat(sum).isCloseTo(1, within(1e-12));
            assertThat(least).as("not all alike").isLessThan(0.99 / 64);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3})
    void aPredictionDependsOnTheVisibleBasesAndNotOnTheHiddenOnes(int stride) {
        byte[] bases = random(24, 9);
        int span = 8; // 6 tokens of 3 bases from here hide bases 10 to 13
        try (TorchSession session = TorchSession.open("cpu", 1);
                EncoderModel model = EncoderModel.untrained(session, SMALL, 3)) {
            double[][] given = HiddenBases.predict(model, masks(bases, span), stride);
            byte[] hidden = Nucleotide.reverseComplement(Arrays.copyOfRange(bases, 10, 14));
            assertThat(hidden).isNotEqualTo(Arrays.copyOfRange(bases, 10, 14));
            assertThat(HiddenBases.predict(model, masks(with(bases, 10, hidden), span), stride))
                    .isDeepEqualTo(given);
            byte[] visible = {bases[20] == 'A' ? (byte) 'C' : (byte) 'A'};
            assertThat(HiddenBases.predict(model, masks(with(bases, 20, visible), span), stride)[0])
                    .isNotEqualTo(given[0]);
        }
    }

    private static StoredMasks masks(byte[] bases, int span) {
        return new StoredMasks(6, 3, List.of(new StoredMasks.Piece(bases, new int[] {span})));
    }

    @Test
    void marginalsSumTheKmersWithABaseAtItsPlace() {
        float[] logits = new float[69]; // k = 3
        Arrays.fill(logits, Float.NEGATIVE_INFINITY);
        logits[4] = 100; // [MASK] has no bases and does not count
        logits[5 + 0b00_01_11] = (float) Math.log(0.75); // A T G
        logits[5 + 0b00_10_11] = (float) Math.log(0.25); // A C G
        double[][] marginals = HiddenBases.marginals(logits, 3);
        assertThat(marginals[0]).containsExactly(new double[] {1, 0, 0, 0}, within(1e-6));
        assertThat(marginals[1]).containsExactly(new double[] {0, 0.75, 0.25, 0}, within(1e-6));
        assertThat(marginals[2]).containsExactly(new double[] {0, 0, 0, 1}, within(1e-6));
    }

    /** Against the sum over all fillings of the hidden run. */
    @Test
    void theMarkovPosteriorIsThatOfAllFillings() {
        MarkovModel model = MarkovModel.train(List.of(random(300, 3)), 2);
        byte[] bases = random(20, 4);
        double[][] expected = new double[3][4];
        double total = 0;
        for (int filling = 0; filling < 64; filling++) {
            byte[] filled = bases.clone();
            for (int h = 0; h < 3; h++) {
                filled[8 + h] = Nucleotide.base(filling >> 2 * h & 3);
            }
            double p = 1;
            for (int i = 8; i < 13; i++) {
                p *= model.next(filled, i, Nucleotide.digit(filled[i]));
            }
            total += p;
            for (int h = 0; h < 3; h++) {
                expected[h][filling >> 2 * h & 3] += p;
            }
        }
        double[][] posterior = model.posterior(bases, 8, 3);
        for (int h = 0; h < 3; h++) {
            for (int digit = 0; digit < 4; digit++) {
                assertThat(posterior[h][digit]).isCloseTo(expected[h][digit] / total, within(1e-12));
            }
        }
    }

    @Test
    void aStretchThatOccursTwiceIsARepeatAlsoOnTheOtherStrand() {
        byte[] genome = random(4_000, 5);
        byte[] copy = Nucleotide.reverseComplement(Arrays.copyOfRange(genome, 0, 2_000));
        System.arraycopy(copy, 0, genome, 2_000, 2_000);
        InMemoryGenome doubled = InMemoryGenome.of("g", "c", genome);
        InMemoryGenome single = InMemoryGenome.of("g", "c", random(4_000, 6));
        boolean[] inDoubled = Repeats.find(masks(genome, 14, 20), List.of(doubled));
        boolean[] inSingle = Repeats.find(masks(random(4_000, 6), 14, 20), List.of(single));
        assertThat(inSingle).doesNotContain(true);
        int repeats = 0;
        for (boolean repeat : inDoubled) {
            repeats += repeat ? 1 : 0;
        }
        assertThat((double) repeats / inDoubled.length).isGreaterThan(0.9);
    }

    private static double[][] clusters(int[] classes) {
        Xoshiro256 random = Xoshiro256.of(7);
        double[][] x = new double[classes.length][10];
        for (int i = 0; i < x.length; i++) {
            for (int j = 0; j < 10; j++) {
                x[i][j] = random.nextGaussian() + (j == classes[i] ? 12 : 0);
            }
        }
        return x;
    }

    @Test
    void mapsKeepClustersApart() {
        int[] classes = new int[90];
        Arrays.setAll(classes, i -> i % 3);
        double[][] x = clusters(classes);
        double[][] squared = EmbeddingMap.distances(x);
        assertThat(EmbeddingMap.neighbourAgreement(squared, classes, 10)).isGreaterThan(0.99);
        double[][] tsne = EmbeddingMap.tsne(squared, 10, 1);
        assertThat(EmbeddingMap.neighbourAgreement(EmbeddingMap.distances(tsne), classes, 10))
                .isGreaterThan(0.97);
        double[][] plane = EmbeddingMap.principal(x);
        assertThat(EmbeddingMap.neighbourAgreement(EmbeddingMap.distances(plane), classes, 10))
                .isGreaterThan(0.97);
        int[] shuffled = classes.clone();
        Xoshiro256.of(8).shuffle(shuffled);
        assertThat(EmbeddingMap.neighbourAgreement(squared, shuffled, 10)).isLessThan(0.5);
    }

    @Test
    void theProbeLearnsADirectionAndNothingFromNoise() {
        Xoshiro256 random = Xoshiro256.of(9);
        float[][] rows = new float[600][5];
        int[] labels = new int[600];
        int[] noise = new int[600];
        for (int i = 0; i < 600; i++) {
            labels[i] = random.nextInt(2);
            noise[i] = random.nextInt(2);
            for (int j = 0; j < 5; j++) {
                rows[i][j] = (float) (random.nextGaussian() + (j == 2 ? 4 * labels[i] : 0));
            }
        }
        float[][] train = Arrays.copyOf(rows, 300);
        float[][] test = Arrays.copyOfRange(rows, 300, 600);
        int[] truth = Arrays.copyOfRange(labels, 300, 600);
        assertThat(Score.matrix(truth, LinearProbe.fitAndPredict(train, labels, 2, test))
                        .matthewsCorrelation())
                .isGreaterThan(0.9);
        int[] noisy = Arrays.copyOfRange(noise, 300, 600);
        assertThat(Score.matrix(noisy, LinearProbe.fitAndPredict(train, noise, 2, test))
                        .matthewsCorrelation())
                .isCloseTo(0, within(0.2));
    }
}
