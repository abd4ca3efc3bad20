package io.kmerflow.export.profile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kmerflow.bundle.BundleProfile;
import io.kmerflow.contract.ModelContract;
import io.kmerflow.contract.ModelContract.Label;
import io.kmerflow.scoring.WindowScorer;
import io.kmerflow.sequence.PhredQualities;
import io.kmerflow.sequence.profile.Measure;
import io.kmerflow.sequence.profile.Outcome;
import io.kmerflow.token.TokenBatch;
import io.kmerflow.token.Vocabulary;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ProfileFitTest {
    private static final ModelContract CONTRACT = new ModelContract(
            3,
            1,
            new Vocabulary(3).hash(),
            16,
            10,
            10,
            10,
            12,
            ModelContract.StrandRule.UNSTRANDED,
            ModelContract.Aggregation.READ,
            1,
            0.5,
            List.of(new Label("adenine", null), new Label("cytosine", null), new Label("neither", null, true)));

    /** Windows of A are of the first label, of C of the second, of G of the background; of T of none more than of others. */
    private static final WindowScorer SCORER = new WindowScorer() {
        @Override
        public float[] score(TokenBatch batch) {
            Vocabulary vocabulary = new Vocabulary(3);
            float[] logits = new float[3 * batch.windows()];
            for (int row = 0; row < batch.windows(); row++) {
                int id = batch.tokenIds()[row * batch.width() + 1];
                for (int label = 0; label < 3; label++) {
                    logits[3 * row + label] =
                            id == vocabulary.id(List.of("AAA", "CCC", "GGG").get(label)) ? 4 : 0;
                }
            }
            return logits;
        }

        @Override
        public void close() {}
    };

    private static ProfileFit.Sample read(String base, int bases, int quality) {
        return new ProfileFit.Sample(
                base.repeat(bases).getBytes(StandardCharsets.US_ASCII), PhredQualities.constant(quality, bases));
    }

    @Test
    void readsAreCountedByWhatTheModelMakesOfThem() throws Exception {
        List<ProfileFit.Sample> reads = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            reads.add(read("A", 40, 30));
            reads.add(read("C", 40, 30));
            reads.add(read("G", 40, 30)); // background
            reads.add(read("T", 40, 30)); // under the threshold
            reads.add(read("A", 9, 30)); // too short
            reads.add(read("A", 40, 5)); // of low quality
        }
        BundleProfile profile = ProfileFit.fit(CONTRACT, SCORER, reads, 50);

        assertThat(profile.reads().reads()).isEqualTo(600);
        long[] outcomes = profile.reads().counts(Measure.OUTCOME);
        assertThat(outcomes[Outcome.CALLED.ordinal()]).isEqualTo(200);
        assertThat(outcomes[Outcome.OTHER.ordinal()]).isEqualTo(100);
        assertThat(outcomes[Outcome.UNCALLED.ordinal()]).isEqualTo(100);
        assertThat(outcomes[Outcome.NOT_SCORED.ordinal()]).isEqualTo(200);
        assertThat(profile.reads().counts(Measure.CALL)).containsExactly(100, 100, 0, 400);
        assertThat(profile.thresholds()).as("of twice as many reads").containsOnlyKeys(250);
        assertThat(profile.thresholds().get(250).byMeasure().get(Measure.OUTCOME))
                .isPositive();
    }

    @Test
    void rejectsTooFewReads() {
        assertThatThrownBy(() -> ProfileFit.fit(CONTRACT, SCORER, List.of(read("A", 40, 30)), 50))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("Expected at least 500 reads to profile, got 1");
    }
}
