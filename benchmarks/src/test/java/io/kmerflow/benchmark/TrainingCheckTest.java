package io.kmerflow.benchmark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.kmerflow.benchmark.TrainingComparison.Bounds;
import io.kmerflow.pretraining.model.EncoderConfig;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class TrainingCheckTest {
    private static final Duration PLENTY = Duration.ofMinutes(10);

    private static TrainingCheck.Settings small(int hidden, int steps, Duration limit) {
        EncoderConfig encoder = new EncoderConfig(3, hidden, 1, 2, 32, 32, 2, 0, 1e-12);
        return new TrainingCheck.Settings(
                "small", encoder, 1e-2, "cpu", 1, 4, 20, steps, limit, 1, () -> OptionalLong.of(42));
    }

    private static TrainingCheck.Result with(TrainingCheck.Result result, List<Double> losses) {
        return new TrainingCheck.Result(
                result.size(),
                result.device(),
                result.tf32(),
                result.pytorch(),
                result.parameters(),
                result.rows(),
                result.tokensPerStep(),
                result.stepsAsked(),
                losses,
                result.medianStepMillis(),
                result.quartileMillis(),
                result.tokensPerSecond(),
                result.resume(),
                result.memoryBytes(),
                result.seconds());
    }

    @Test
    void trainsResumesBitForBitAndAgreesWithItself() throws IOException {
        TrainingCheck.Result result = new TrainingCheck(small(16, 40, PLENTY)).run();

        assertThat(result.losses()).hasSize(40);
        assertThat(result.losses().get(0)).isCloseTo(Math.log(69), within(0.2)); // 64 3-mers and 5 special tokens
        assertThat(result.resume()).isEqualTo(new TrainingCheck.Resume(20, 20, true, 0));
        assertThat(result.tokensPerStep()).isEqualTo(2 * 20 + 2 * 10);
        assertThat(result.tokensPerSecond()).isPositive();
        assertThat(result.memoryBytes()).containsExactly(42L, 42L, 42L, 42L);
        assertThat(result.cutShort()).isFalse();
        assertThat(result.tree()).containsEntry("steps", 40).containsEntry("tf32", false);

        TrainingCheck.Result again = new TrainingCheck(small(16, 40, PLENTY)).run();
        TrainingComparison comparison = TrainingComparison.of(result, again, Bounds.of(again));
        assertThat(comparison.holds()).isTrue();
        assertThat(comparison.first() + comparison.early() + comparison.late()).isZero();
        assertThat(comparison.fall()).isGreaterThan(0.5);
    }

    @Test
    void oneWrongLossBreaksTheComparison() throws IOException {
        TrainingCheck.Result result = new TrainingCheck(small(16, 24, PLENTY)).run();
        for (int step : new int[] {0, 1, 9, 23}) {
            for (double error : new double[] {0.4, Double.NaN}) {
                List<Double> losses = new ArrayList<>(result.losses());
                losses.set(step, losses.get(step) + error);
                assertThat(TrainingComparison.of(result, with(result, losses), Bounds.FP32)
                                .holds())
                        .as("step %d off by %s", step, error)
                        .isFalse();
            }
        }
        // Another first update: the same first loss and all later ones off by a little.
        List<Double> drifted = new ArrayList<>(result.losses());
        drifted.replaceAll(loss -> loss + 0.01);
        drifted.set(0, result.losses().get(0));
        assertThat(TrainingComparison.of(result, with(result, drifted), Bounds.FP32)
                        .holds())
                .isFalse();
        assertThat(TrainingComparison.of(result, with(result, drifted), Bounds.TF32)
                        .holds())
                .isTrue();
    }

    @Test
    void onlyTheSharedStepsOfTheSameBatchesAreCompared() throws IOException {
        TrainingCheck.Result result = new TrainingCheck(small(16, 12, PLENTY)).run();
        TrainingCheck.Result shorter = with(result, result.losses().subList(0, 5));
        assertThat(TrainingComparison.of(result, shorter, Bounds.FP32).steps()).isEqualTo(5);
        TrainingCheck.Result other = new TrainingCheck(small(8, 12, PLENTY)).run();
        assertThatThrownBy(() -> TrainingComparison.of(result, other, Bounds.FP32))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("same batches");
    }

    @Test
    void aSpentTimeLimitEndsItWithWhatThereIs() throws IOException {
        TrainingCheck.Result result = new TrainingCheck(small(16, 1_000, Duration.ZERO)).run();
        assertThat(result.losses()).hasSize(1);
        assertThat(result.resume()).isNull();
        assertThat(result.cutShort()).isTrue();
        assertThat(result.tree()).doesNotContainKey("resume").containsEntry("stepsAsked", 1_000);
    }

    @Test
    void aGpuThatIsNotThereIsSaid() {
        TrainingCheck.Settings gpu = TrainingCheck.Settings.encoder("gpus?", 1, PLENTY);
        assertThatThrownBy(() -> new TrainingCheck(gpu).run())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("gpus?");
    }
}
