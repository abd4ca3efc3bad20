package io.kmerflow.benchmark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.kmerflow.benchmark.TopicLoad.RoundTrip;
import io.kmerflow.benchmark.TopicLoad.Steady;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The benchmarks' own arithmetic, by hand. */
class ArithmeticTest {
    @Test
    void theMedianIsTheMiddleOrTheMeanOfTheTwoInTheMiddle() {
        assertThat(BenchJob.median(List.of(7.0))).isEqualTo(7);
        assertThat(BenchJob.median(List.of(9.0, 1.0, 2.0))).isEqualTo(2);
        assertThat(BenchJob.median(List.of(10.0, 1.0, 2.0, 4.0))).isEqualTo(3);
        assertThat(BenchJob.median(List.of(2.0, 10.0))).isEqualTo(6);
    }

    @Test
    void percentilesAreOfTheNearestRank() {
        long[] nanos = new long[101];
        for (int i = 0; i <= 100; i++) {
            nanos[i] = i * 1_000_000L;
        }
        assertThat(TrainingBenchmark.millis(nanos, 0)).isZero();
        assertThat(TrainingBenchmark.millis(nanos, 0.5)).isEqualTo(50);
        assertThat(TrainingBenchmark.millis(nanos, 0.99)).isEqualTo(99);
        assertThat(TrainingBenchmark.millis(nanos, 1)).isEqualTo(100);
        assertThat(TrainingBenchmark.millis(new long[] {3_500_000}, 0.9)).isEqualTo(3.5);
        assertThat(TrainingBenchmark.millis(new long[] {1_000_000, 2_000_000}, 0.49))
                .isEqualTo(1);
    }

    /** 1,000 reads: 100 at 1 s, 500 at 3 s, 900 at 5 s, all at 9 s. From the first to the last tenth 800 came in 4 s. */
    @Test
    void theSteadyRateLeavesTheFirstAndLastTenthOut() {
        Steady steady = new Steady(1000);
        steady.came(50, 500_000_000L);
        steady.came(100, 1_000_000_000L);
        steady.came(500, 3_000_000_000L);
        steady.came(900, 5_000_000_000L);
        steady.came(1000, 9_000_000_000L);

        RoundTrip trip = steady.roundTrip(10);

        assertThat(trip).isEqualTo(new RoundTrip(1000, 10, 800, 4));
        assertThat(trip.readsPerSecond()).isEqualTo(100);
        assertThat(trip.steadyReadsPerSecond()).isEqualTo(200);
    }

    @Test
    void aBurstThatCameAtOnceIsSteadyAltogether() {
        Steady steady = new Steady(10);
        steady.came(10, 1);
        assertThat(steady.roundTrip(2)).isEqualTo(new RoundTrip(10, 2, 10, 2));
        Steady twice = new Steady(10);
        twice.came(5, 1);
        twice.came(10, 2);
        assertThat(twice.roundTrip(2)).isEqualTo(new RoundTrip(10, 2, 10, 2));
    }

    /** Memory falls while all is compiled, then grows by 2 MiB every 10 s: 720 MiB an hour. */
    @Test
    void theSlopeIsThatOfTheSecondHalf() {
        List<Map<String, Object>> samples = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            samples.add(Map.of("second", 10 * i, "mib", i < 5 ? 500.0 - 50 * i : 100.0 + 2 * i));
        }
        assertThat(SoakBenchmark.slopePerHour(samples, "mib")).isCloseTo(720, within(1e-6));
        assertThat(SoakBenchmark.slopePerHour(samples.subList(0, 1), "mib")).isNaN();
        assertThat(SoakBenchmark.slopePerHour(List.of(), "mib")).isNaN();
    }

    @Test
    void theRateOfARawLoopIsTheLineItPrinted(@TempDir Path folder) throws IOException {
        Path output = Files.writeString(
                folder.resolve("raw.out"), "a warning\n" + RawLoop.RATE + "1234.5\n" + RawLoop.RATE + "9\n");
        assertThat(ScaleBenchmark.rate(0, output)).isEqualTo(1234.5);
        assertThatThrownBy(() -> ScaleBenchmark.rate(137, output))
                .hasMessage("Expected a rate of the raw loop, it ended with code 137; see " + output);
        Path silent = Files.writeString(folder.resolve("silent.out"), "a warning\n");
        assertThatThrownBy(() -> ScaleBenchmark.rate(0, silent)).hasMessageContaining("ended with code 0");
    }

    @Test
    void memoryIsReadFromTheSystemInMebibytes() throws IOException {
        long pid = ProcessHandle.current().pid();
        String kibibytes = ProcessStatus.field(pid, "VmHWM");
        assertThat(kibibytes).matches("\\d+ kB");
        assertThat(ProcessStatus.peakResidentMebibytes(pid)).isBetween(10.0, 100_000.0);
        assertThat(ProcessStatus.residentMebibytes())
                .isLessThanOrEqualTo(ProcessStatus.peakResidentMebibytes(pid) + 64);
        assertThatThrownBy(() -> ProcessStatus.field(pid, "NoSuchField"))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("Expected 'NoSuchField' in the status of process " + pid);
    }

    @Test
    void randomWindowsAreBasesAndTheSameEachTime() {
        List<byte[]> windows = BenchJob.randomWindows(3, 40);
        assertThat(windows).hasSize(3).allSatisfy(window -> {
            assertThat(window).hasSize(40);
            for (byte base : window) {
                assertThat("ACGT").contains(String.valueOf((char) base));
            }
        });
        assertThat(BenchJob.randomWindows(3, 40).get(2)).isEqualTo(windows.get(2));
    }
}
