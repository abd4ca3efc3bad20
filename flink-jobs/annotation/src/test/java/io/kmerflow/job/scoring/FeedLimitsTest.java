package io.kmerflow.job.scoring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kmerflow.bundle.Precision;
import io.kmerflow.scoring.ScoredBatch;
import io.kmerflow.scoring.ScoringDevice;
import io.kmerflow.scoring.ScoringSession;
import io.kmerflow.token.TokenBatch;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class FeedLimitsTest {
    /** A session that only says where it runs. */
    private record Place(ScoringDevice device, int parallelCalls, Precision precision) implements ScoringSession {
        Place(ScoringDevice device, int parallelCalls) {
            this(device, parallelCalls, Precision.FP32);
        }

        @Override
        public CompletableFuture<ScoredBatch> submit(TokenBatch batch) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void close() {}
    }

    private static DeviceFeed cpu(int threads, int maxBatchWindows, int maxWindowsInFlight) {
        return new FeedLimits(1_000, maxBatchWindows, null, maxWindowsInFlight)
                .on(new Place(ScoringDevice.CPU, threads));
    }

    @Test
    void theDeviceSaysWhatNobodyAskedFor() {
        assertThat(cpu(2, 0, 0).batch().maxWindows()).isEqualTo(4);
        assertThat(cpu(2, 0, 0).maxWindowsInFlight()).isEqualTo(256);
        assertThat(cpu(2, 0, 0).batchesAhead()).isEqualTo(4);
        assertThat(cpu(2, 0, 0).batch().maxAgeMillis()).isEqualTo(10);
        assertThat(cpu(64, 0, 0).maxWindowsInFlight()).isEqualTo(4 * 64 * 4);

        DeviceFeed gpu = new FeedLimits(1_000, 0, null, 0).on(new Place(new ScoringDevice(true, 1), 1));
        assertThat(gpu.batch().maxWindows()).isEqualTo(256);
        assertThat(gpu.maxWindowsInFlight()).isEqualTo(1_024);
        assertThat(gpu.batchesAhead()).isEqualTo(2);
        assertThat(gpu.batch().maxAgeMillis()).isEqualTo(100);
    }

    @Test
    void int8TakesLargerBatchesOnACpu() {
        FeedLimits feed = new FeedLimits(1_000, 0, null, 0);
        assertThat(feed.on(new Place(ScoringDevice.CPU, 2, Precision.INT8))
                        .batch()
                        .maxWindows())
                .isEqualTo(8);
        assertThat(feed.on(new Place(new ScoringDevice(true, 0), 1, Precision.INT8))
                        .batch()
                        .maxWindows())
                .isEqualTo(256);
    }

    @Test
    void whatWasAskedForHolds() {
        assertThat(cpu(2, 32, 40).batch().maxWindows()).isEqualTo(32);
        assertThat(cpu(2, 32, 40).maxWindowsInFlight()).isEqualTo(40);
        assertThat(cpu(2, 0, 3).batch().maxWindows()).isEqualTo(3);
        assertThat(cpu(1, 100, 0).maxWindowsInFlight()).isEqualTo(400);
        DeviceFeed atOnce = new FeedLimits(1_000, 0, 0L, 0).on(new Place(ScoringDevice.CPU, 1));
        assertThat(atOnce.batch().maxAgeMillis()).isZero();
    }

    @Test
    void aBatchThatCannotFillIsRefused() {
        assertThatThrownBy(() -> new FeedLimits(1_000, 8, 100L, 7))
                .hasMessage("Expected at least one full batch of 8 windows in flight, got 7");
        assertThatThrownBy(() -> new FeedLimits(1_000, -1, 100L, 0)).hasMessageContaining("-1 in a batch");
        assertThatThrownBy(() -> new FeedLimits(1_000, 8, -1L, 0)).hasMessageContaining("-1 ms");
    }
}
