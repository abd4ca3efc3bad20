package io.kmerflow.sequence.profile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ReadProfileTest {
    private static ReadProfile of(ReadFeatures... reads) {
        ReadProfile profile = new ReadProfile(3);
        for (ReadFeatures read : reads) {
            profile.add(read);
        }
        return profile;
    }

    private static ReadFeatures read(String bases, int quality) {
        byte[] qualities = new byte[bases.length()];
        Arrays.fill(qualities, (byte) quality);
        return new ReadFeatures(bases.getBytes(StandardCharsets.US_ASCII), qualities, 3, Outcome.CALLED, 1, 0.97);
    }

    private static int bin(ReadProfile profile, Measure measure) {
        long[] counts = profile.counts(measure);
        assertThat(Arrays.stream(counts).sum()).isEqualTo(1);
        int bin = 0;
        while (counts[bin] == 0) {
            bin++;
        }
        return bin;
    }

    @ParameterizedTest
    @CsvSource({
        "ACGT,               30, 5, 15, 10, 0", // 4 bases: 1 + 2 x log2(4); half of them G and C
        "GGGGCCCC,            0, 7,  0, 19, 0", // all of them
        "ATATATATATATATATATN, 41, 9, 20,  0, 3", // 1 N in 19
        "NNNN,                7, 5,  3, 20, 4"
    })
    void eachReadIsInOneBinOfEachMeasure(String bases, int quality, int length, int q, int gc, int unknown) {
        ReadProfile profile = of(read(bases, quality));
        assertThat(bin(profile, Measure.LENGTH)).isEqualTo(length);
        assertThat(bin(profile, Measure.QUALITY)).isEqualTo(q);
        assertThat(bin(profile, Measure.GC)).isEqualTo(gc);
        assertThat(bin(profile, Measure.UNKNOWN)).isEqualTo(unknown);
        assertThat(bin(profile, Measure.SCORE)).isEqualTo(19);
        assertThat(bin(profile, Measure.OUTCOME)).isZero();
        assertThat(bin(profile, Measure.CALL)).isEqualTo(1);
    }

    @Test
    void readsWithoutQualityScoreOrCallAreInTheLastBins() {
        ReadProfile profile = of(new ReadFeatures(new byte[0], null, 3, Outcome.NOT_SCORED, 0, 0));
        assertThat(bin(profile, Measure.LENGTH)).isZero();
        assertThat(bin(profile, Measure.QUALITY)).isEqualTo(47);
        assertThat(bin(profile, Measure.GC)).isEqualTo(20);
        assertThat(bin(profile, Measure.SCORE)).isEqualTo(20);
        assertThat(bin(profile, Measure.CALL)).isEqualTo(3);
        assertThat(Arrays.stream(profile.counts(Measure.KMERS)).sum()).isZero();
    }

    @Test
    void kmersOfBothStrandsAreTheSameAndNoneHasAnN() {
        String bases = "ACGGTTTACCNGATTACA";
        StringBuilder turned = new StringBuilder(bases).reverse();
        for (int i = 0; i < turned.length(); i++) {
            turned.setCharAt(i, "TGCAN".charAt("ACGTN".indexOf(turned.charAt(i))));
        }
        long[] counts = of(read(bases, 30)).counts(Measure.KMERS);
        assertThat(counts).isEqualTo(of(read(turned.toString(), 30)).counts(Measure.KMERS));
        assertThat(counts).hasSize(136);
        assertThat(Arrays.stream(counts).sum()).isEqualTo(7 + 4); // of 10 bases and of 7
    }

    @Test
    void profilesAddUp() {
        ReadProfile both = of(read("ACGTACGT", 30), read("GGGGGTTT", 12));
        ReadProfile added = of(read("ACGTACGT", 30));
        added.add(of(read("GGGGGTTT", 12)));
        for (Measure measure : Measure.values()) {
            assertThat(added.counts(measure)).isEqualTo(both.counts(measure));
        }
        assertThat(added.reads()).isEqualTo(2);
    }

    @Test
    void aProfileComesBackFromItsCounts() {
        ReadProfile profile = of(read("ACGTACGT", 30), read("GGGGGTTT", 12));
        Map<Measure, long[]> counts = new EnumMap<>(Measure.class);
        for (Measure measure : Measure.values()) {
            counts.put(measure, profile.counts(measure));
        }
        assertThat(ReadProfile.of(3, 2, counts).divergences(profile).values()).containsOnly(0.0);
        assertThatThrownBy(() -> ReadProfile.of(3, 3, counts))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("add up to 3 reads");
        assertThatThrownBy(() -> ReadProfile.of(4, 2, counts)).hasMessageContaining("Expected 5 counts of call");
        counts.remove(Measure.GC);
        assertThatThrownBy(() -> ReadProfile.of(3, 2, counts)).hasMessageContaining("got none");
    }

    @Test
    void jensenShannonDivergenceIsThatOfWorkedCases() {
        assertThat(Divergences.jensenShannon(new long[] {3, 5}, new long[] {6, 10}))
                .isZero();
        assertThat(Divergences.jensenShannon(new long[] {4, 0}, new long[] {0, 9}))
                .isEqualTo(1);
        // p = (1, 0), q = (1/2, 1/2), mean (3/4, 1/4): (log2(4/3) + (log2(2/3) + log2(2)) / 2) / 2
        assertThat(Divergences.jensenShannon(new long[] {7, 0}, new long[] {5, 5}))
                .isCloseTo(0.311278, within(1e-6));
        assertThat(Divergences.jensenShannon(new long[2], new long[2])).isZero();
        assertThat(Divergences.jensenShannon(new long[2], new long[] {1, 1})).isEqualTo(1);
    }

    @Test
    void populationStabilityIndexIsThatOfAWorkedCase() {
        // Half a count in each of the two bins that are used: 99.5 and 299.5 of 399, against 199.5 and 199.5.
        assertThat(Divergences.populationStability(new long[] {99, 299, 0}, new long[] {199, 199, 0}))
                .isCloseTo(psi(99.5 / 399, 199.5 / 399) + psi(299.5 / 399, 199.5 / 399), within(1e-12));
        assertThat(Divergences.populationStability(new long[] {10, 20}, new long[] {10, 20}))
                .isZero();
    }

    private static double psi(double p, double q) {
        return (q - p) * Math.log(q / p);
    }
}
