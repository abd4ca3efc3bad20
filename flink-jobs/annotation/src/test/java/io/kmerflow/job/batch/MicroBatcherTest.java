package io.kmerflow.job.batch;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;

class MicroBatcherTest {
    private static MicroBatcher<String> batcher(int maxTokens, int maxWindows, long maxAgeMillis) {
        return new MicroBatcher<>(new BatchLimits(maxTokens, maxWindows, maxAgeMillis));
    }

    @Test
    void aBucketGoesWhenItHasAllItsWindows() {
        MicroBatcher<String> batcher = batcher(10_000, 3, 100);

        assertThat(batcher.add("a", 50, 0)).isNull();
        assertThat(batcher.add("b", 52, 0)).isNull();
        MicroBatch<String> batch = batcher.add("c", 51, 0);

        assertThat(batch.windows()).containsExactly("a", "b", "c");
        assertThat(batch.tokensPerWindow()).isEqualTo(52);
        assertThat(batch.paddedTokens()).isEqualTo(156);
        assertThat(batcher.size()).isZero();
    }

    @Test
    void aBucketGoesWhenOneMoreWindowWouldNotFit() {
        MicroBatcher<String> batcher = batcher(100, 64, 100);

        assertThat(batcher.add("a", 33, 0)).isNull();
        assertThat(batcher.add("b", 33, 0)).isNull();
        assertThat(batcher.add("c", 33, 0).windows()).containsExactly("a", "b", "c");
    }

    @Test
    void aWiderWindowThatWouldBreakTheLimitBeginsTheNextBatch() {
        MicroBatcher<String> batcher = batcher(100, 64, 100);

        batcher.add("a", 33, 0);
        batcher.add("b", 33, 0);
        MicroBatch<String> first = batcher.add("c", 40, 7);

        assertThat(first.windows()).containsExactly("a", "b");
        assertThat(first.paddedTokens()).isEqualTo(66);
        assertThat(batcher.pollOldest().windows()).containsExactly("c");
    }

    @Test
    void aWindowLargerThanTheLimitGoesAlone() {
        assertThat(batcher(100, 64, 100).add("a", 500, 0).windows()).containsExactly("a");
    }

    @Test
    void windowsOfUnlikeLengthDoNotShareABatch() {
        MicroBatcher<String> batcher = batcher(10_000, 2, 100);

        assertThat(batcher.add("short", 20, 0)).isNull();
        assertThat(batcher.add("long", 500, 0)).isNull();
        assertThat(batcher.add("long too", 490, 0).windows()).containsExactly("long", "long too");
    }

    @Test
    void onlyAnOverdueBucketIsPolled() {
        MicroBatcher<String> batcher = batcher(10_000, 64, 100);
        batcher.add("first", 20, 1_000);
        batcher.add("second", 500, 1_050);

        assertThat(batcher.nextDueMillis()).isEqualTo(1_100);
        assertThat(batcher.pollOverdue(1_099)).isNull();
        assertThat(batcher.pollOverdue(1_100).windows()).containsExactly("first");
        assertThat(batcher.pollOverdue(1_100)).isNull();
        assertThat(batcher.nextDueMillis()).isEqualTo(1_150);
    }

    @Test
    void ofTwoBucketsOfOneAgeTheShorterWindowsGoFirst() {
        MicroBatcher<String> batcher = batcher(10_000, 64, 100);
        batcher.add("long", 500, 7);
        batcher.add("short", 20, 7);

        assertThat(batcher.pollOldest().windows()).containsExactly("short");
        assertThat(batcher.pollOldest().windows()).containsExactly("long");
        assertThat(batcher.pollOldest()).isNull();
    }

    @Test
    void ageCountsFromTheFirstWindowOfTheBatchNotOfTheBucket() {
        MicroBatcher<String> batcher = batcher(10_000, 2, 100);
        batcher.add("a", 20, 0);
        batcher.add("b", 20, 0);
        batcher.add("c", 20, 500);

        assertThat(batcher.nextDueMillis()).isEqualTo(600);
    }

    @Test
    void aLoweredLimitHoldsAndIsNeverRaised() {
        MicroBatcher<String> batcher = batcher(100, 64, 100);
        batcher.lowerMaxTokens(40);
        batcher.lowerMaxTokens(90);

        assertThat(batcher.add("a", 20, 0)).isNull();
        assertThat(batcher.add("b", 20, 0).windows()).containsExactly("a", "b");
    }

    @Test
    void paddingStaysUnderOneTokenInNineOfLongWindows() {
        MicroBatcher<Integer> batcher = new MicroBatcher<>(new BatchLimits(16_384, 64, 100));
        Random random = new Random(3);
        long real = 0;
        long padded = 0;
        for (int i = 0; i < 20_000; i++) {
            int tokens = 65 + random.nextInt(448);
            MicroBatch<Integer> batch = batcher.add(tokens, tokens, 0);
            if (batch != null) {
                padded += batch.paddedTokens();
                real += batch.windows().stream().mapToInt(Integer::intValue).sum();
            }
        }
        assertThat(real).isPositive();
        assertThat((padded - real) / (double) padded).isLessThan(1 / 9.0);
    }

    @Test
    void bucketsGrowWithLengthAndLeaveNoGap() {
        int before = 0;
        for (int tokens = 1; tokens < 5_000; tokens++) {
            int bucket = MicroBatcher.bucketOf(tokens);
            assertThat(bucket).isBetween(before, before + 1);
            before = bucket;
        }
        assertThat(MicroBatcher.bucketOf(8)).isZero();
        assertThat(MicroBatcher.bucketOf(9)).isEqualTo(1);
        assertThat(MicroBatcher.bucketOf(72)).isEqualTo(8);
        assertThat(MicroBatcher.bucketOf(144)).isEqualTo(16);
    }
}
