package io.kmerflow.benchmark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kmerflow.benchmark.KeepUpBenchmark.SourceRead;
import io.kmerflow.bundle.ModelBundle;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class KeepUpBenchmarkITCase {
    private static final ModelBundle SPECIES = ModelBundle.read(Path.of("../models/species-2.1"));

    @Test
    void everyReadIsAnnotatedAndTheLabelsAreThoseOfFullScoring() throws Exception {
        Random random = new Random(3);
        List<SourceRead> reads = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            reads.add(new SourceRead("r" + i, BenchJob.randomBases(random, 300), null));
        }
        KeepUpBenchmark benchmark =
                new KeepUpBenchmark(new KeepUpBenchmark.Settings(SPECIES, reads, 1, true), line -> {});

        KeepUpBenchmark.Result result = benchmark.run(3_000, Duration.ofSeconds(4));

        assertThat(result.reads()).as("300 bases every 0.1 s").isBetween(39L, 40L);
        assertThat(result.windowShare()).isEqualTo(1);
        assertThat(result.p50Millis()).isPositive().isLessThanOrEqualTo(result.p99Millis());
        assertThat(result.labels()).isEqualTo(benchmark.labelsOfFullScoring());
    }

    @Test
    void theSlopeIsThatOfTheLineOfLeastSquares() {
        KeepUpBenchmark.Slope slope = new KeepUpBenchmark.Slope();
        assertThat(slope.value()).isZero();
        for (double[] point : new double[][] {{0, 1}, {1, 2}, {2, 2}, {3, 3}}) {
            slope.add(point[0], point[1]);
        }
        assertThat(slope.value()).isCloseTo(0.6, Offset.offset(1e-12));
    }

    @Test
    void refusesToReplayNothing() {
        assertThatThrownBy(() -> new KeepUpBenchmark.Settings(SPECIES, List.of(), 1, false))
                .hasMessage("Expected reads to replay, got none");
    }
}
