package io.kmerflow.pretraining.study;

import static org.assertj.core.api.Assertions.assertThat;

import io.kmerflow.pretraining.settings.SettingsTree;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ContrastsTest {
    private static final int[] TRUTH = {0, 0, 1, 1, 0, 1};
    private static final int[] RIGHT = TRUTH;
    private static final int[] ALL_ONE = {1, 1, 1, 1, 1, 1};

    private static final StudyConfig CONFIG = SettingsTree.of("""
            model: {k: 3, hidden: 16, layers: 1, heads: 2, feedForward: 32}
            genomes: [{name: one, fasta: one.fa}]
            pieceBases: 60
            arms: [{name: first, masking: {}}, {name: second, masking: {}}]
            seeds: [1, 2]
            sets: [set]
            trainRows: 40
            maskPieces: 8
            attentionPieces: 4
            """, StudyConfig.class);

    private static UnitResult unit(String arm, long seed, int[] calls) {
        Score score = Score.of("set", How.FINETUNE, 1, TRUTH, calls);
        return new UnitResult(arm, seed, null, null, null, null, List.of(), null, List.of(score), null);
    }

    private static List<Contrast> contrasts(int[] first, int[] second) {
        return Contrasts.of(
                CONFIG,
                List.of(
                        unit("first", 1, RIGHT),
                        unit("second", 1, RIGHT),
                        unit("first", 2, first),
                        unit("second", 2, second)),
                new Controls(Map.of("set", TRUTH), Map.of()));
    }

    @Test
    void runsThatCallOneClassAreNamedWithArmAndSeed() {
        assertThat(contrasts(ALL_ONE, ALL_ONE))
                .singleElement()
                .extracting(Contrast::oneClass)
                .isEqualTo(List.of("second, seed 2", "first, seed 2"));
        assertThat(contrasts(RIGHT, ALL_ONE).get(0).oneClass()).containsExactly("second, seed 2");
    }

    @Test
    void contrastOfRunsThatCallBothClassesNamesNone() {
        Contrast same = contrasts(RIGHT, RIGHT).get(0);
        assertThat(same.oneClass()).isNull();
        assertThat(same.difference()).isZero();
        Contrast worse = contrasts(RIGHT, new int[] {1, 0, 1, 1, 0, 0}).get(0);
        assertThat(worse.bySeed().get(0)).isZero();
        assertThat(worse.bySeed().get(1)).isNegative();
        assertThat(worse.side()).isNotPositive();
    }
}
