package io.kmerflow.scoring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kmerflow.bundle.BundleException;
import io.kmerflow.bundle.GoldenRead;
import io.kmerflow.bundle.ModelBundle;
import io.kmerflow.bundle.TestBundles;
import io.kmerflow.token.TokenBatch;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The bundle's golden reads have logits 1 and -2, then 3 and 4; each test's model answers as it is told. */
class GoldenCheckTest {
    private static ModelBundle bundle(String precision) {
        return new ModelBundle(
                Path.of("nowhere"),
                "test",
                "7",
                precision,
                "sha256:0",
                TestBundles.contract(),
                List.of(
                        new GoldenRead("ACGT", new float[] {1, -2}, "a"),
                        new GoldenRead("ACGTAC", new float[] {3, 4}, "b")));
    }

    private interface Model {
        float[] logits(TokenBatch batch) throws ScoringException;
    }

    private static WindowScorer scorer(Model model) {
        return new WindowScorer() {
            @Override
            public float[] score(TokenBatch batch) throws ScoringException {
                return model.logits(batch);
            }

            @Override
            public void close() {}
        };
    }

    /** Windows of 4 bases have 2 3-mers and 2 special tokens, of 6 bases 4. */
    private static float[] exact(TokenBatch batch, float off) {
        return batch.tokenCount(0) == 4 ? new float[] {1, -2} : new float[] {3, 4 + off};
    }

    @Test
    void theTrainersLogitsPass() {
        assertThat(GoldenCheck.require(bundle("fp32"), scorer(batch -> exact(batch, 0))))
                .isZero();
    }

    @ParameterizedTest
    @CsvSource({"fp32, 0.00005, 0.0002", "fp16, 0.04, 0.06", "int8, -0.24, -0.26"})
    void aDifferenceOfWhatThePrecisionMayShowPasses(String precision, float within, float over) {
        assertThat(GoldenCheck.require(bundle(precision), scorer(batch -> exact(batch, within))))
                .isCloseTo(Math.abs(within), org.assertj.core.data.Offset.offset(1e-6f));
        assertThatThrownBy(() -> GoldenCheck.require(bundle(precision), scorer(batch -> exact(batch, over))))
                .isInstanceOf(BundleException.class)
                .hasMessageContaining("for label b of test 7");
    }

    @Test
    void theToleranceItselfIsWithin() {
        assertThat(GoldenCheck.require(bundle("int8"), scorer(batch -> exact(batch, 0.25f))))
                .isEqualTo(0.25f);
    }

    @Test
    void missingLogitsAreRefused() {
        assertThatThrownBy(() -> GoldenCheck.require(bundle("fp32"), scorer(batch -> new float[] {1})))
                .isInstanceOf(BundleException.class)
                .hasMessage("Expected 2 logits, one per label, of the graph of test 7, got 1");
        assertThatThrownBy(() -> GoldenCheck.require(bundle("fp32"), scorer(batch -> new float[0])))
                .hasMessageEndingWith("got 0");
    }

    @Test
    void logitsOfMoreLabelsAreRefused() {
        assertThatThrownBy(() -> GoldenCheck.require(bundle("fp32"), scorer(batch -> new float[] {1, -2, 0})))
                .isInstanceOf(BundleException.class)
                .hasMessageEndingWith("got 3");
    }

    @ParameterizedTest
    @CsvSource({"NaN", "Infinity", "-Infinity"})
    void whatIsNoNumberIsRefused(float odd) {
        assertThatThrownBy(() -> GoldenCheck.require(bundle("int8"), scorer(batch -> exact(batch, odd))))
                .isInstanceOf(BundleException.class);
    }

    @Test
    void aReadThatCannotBeScoredRefusesTheBundle() {
        WindowScorer broken = scorer(batch -> {
            throw new ScoringException(ScoringException.Kind.BATCH, "no such operator", null);
        });
        assertThatThrownBy(() -> GoldenCheck.require(bundle("fp32"), broken))
                .isInstanceOf(BundleException.class)
                .hasMessage("Could not score a golden read of test 7: no such operator");
    }
}
