package io.kmerflow.export.certainty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kmerflow.contract.ModelContract;
import io.kmerflow.scoring.WindowScorer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class CertaintyFitTest {
    private static final int WINDOW = LetterScorer.WINDOW;
    private static final ModelContract CONTRACT = LetterScorer.CONTRACT;
    private static final WindowScorer SCORER = new LetterScorer(1, 1, 1);

    /** Reads of 100 windows; in each a window is of the read's base with the given chance, else of another. */
    private static List<byte[]> reads(int count, double share, long seed) {
        Random random = new Random(seed);
        List<byte[]> reads = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            byte[] read = new byte[100 * WINDOW];
            for (int at = 0; at < read.length; at += WINDOW) {
                int base = random.nextDouble() < share ? i % 3 : (i + 1 + random.nextInt(2)) % 3;
                Arrays.fill(read, at, at + WINDOW, (byte) "ACG".charAt(base));
            }
            reads.add(read);
        }
        return reads;
    }

    private static CertaintyFit.Fit fit(List<byte[]> reads, double agreement, int maxWindows) throws Exception {
        return CertaintyFit.fit(
                CONTRACT, List.of(SCORER, SCORER), new CertaintyFit.Request(reads, agreement, maxWindows));
    }

    private static double agreement(CertaintyFit.Fit fit, List<byte[]> reads) throws Exception {
        int called = 0;
        int same = 0;
        for (byte[] bases : reads) {
            FullScores read = FullScores.of(bases, CONTRACT, SCORER);
            var full = read.all().outcome().label();
            called += full.isPresent() ? 1 : 0;
            same += full.isPresent()
                            && read.until(fit.certainty()).outcome().label().equals(full)
                    ? 1
                    : 0;
        }
        return (double) same / called;
    }

    @Test
    void endsEarlyAndKeepsTheLabelsOfReadsItHasNotSeen() throws Exception {
        CertaintyFit.Fit fit = fit(reads(1_500, 0.7, 1), 0.97, 100);
        assertThat(fit.called()).isEqualTo(1_000);
        assertThat(fit.reads()).isEqualTo(1_500);
        assertThat(fit.windowShare()).isLessThan(0.4);
        assertThat(fit.agreement()).isGreaterThanOrEqualTo(0.97);
        assertThat(agreement(fit, reads(1_500, 0.7, 2))).isGreaterThanOrEqualTo(0.96);
    }

    @Test
    void moreAgreementTakesMoreWindows() throws Exception {
        List<byte[]> reads = reads(1_500, 0.6, 3);
        CertaintyFit.Fit low = fit(reads, 0.8, 100);
        CertaintyFit.Fit high = fit(reads, 0.98, 100);
        assertThat(high.certainty().deviations()).isGreaterThan(low.certainty().deviations());
        assertThat(high.windowShare()).isGreaterThan(1.3 * low.windowShare());
    }

    @Test
    void readsScoredInPartHaveTheModelsTemperature() throws Exception {
        assertThat(fit(reads(600, 0.6, 4), 0.9, 100).certainty().temperature()).isEqualTo(CONTRACT.temperature());
    }

    @Test
    void saysWhatIsMissing() {
        assertThatThrownBy(() -> fit(reads(60, 0.4, 5), 0.999, 4))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("4 windows")
                .hasMessageContaining("try more reads or windows");
        assertThatThrownBy(() -> fit(List.of("G".repeat(200).getBytes(StandardCharsets.US_ASCII)), 0.9, 100))
                .hasMessageContaining("Expected reads that the model calls");
        assertThatThrownBy(() -> new CertaintyFit.Request(List.of(), 1, 100)).hasMessageContaining("below 1");
    }

    @Test
    void theLowerEndIsWilsons() {
        assertThat(CertaintyFit.lowerEnd(0.9, 100)).isCloseTo(0.8396, Offset.offset(1e-3));
        assertThat(CertaintyFit.lowerEnd(1, 1_000)).isCloseTo(1 / (1 + 1.645 * 1.645 / 1_000), Offset.offset(1e-9));
    }
}
