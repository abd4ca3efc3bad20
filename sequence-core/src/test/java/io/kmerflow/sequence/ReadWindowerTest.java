package io.kmerflow.sequence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ReadWindowerTest {
    private static int[] starts(ReadWindower windower, int bases) {
        return IntStream.range(0, windower.windowCount(bases))
                .map(window -> windower.start(window, bases))
                .toArray();
    }

    @Test
    void theLastWindowIsPulledBackFlushWithTheEnd() {
        assertThat(starts(new ReadWindower(400, 300), 1_100)).containsExactly(0, 300, 600, 700);
    }

    @Test
    void aReadThatFitsExactlyHasNoExtraWindow() {
        assertThat(starts(new ReadWindower(400, 300), 1_000)).containsExactly(0, 300, 600);
        assertThat(starts(new ReadWindower(400, 300), 400)).containsExactly(0);
    }

    @Test
    void aShortReadIsOneWindowAndAnEmptyOneNone() {
        ReadWindower windower = new ReadWindower(400, 300);
        assertThat(windower.window(0, 7)).isEqualTo(new BaseRange(0, 7));
        assertThat(windower.windowCount(0)).isZero();
    }

    @Test
    void newBasesOfAllWindowsAreTheRead() {
        for (int window = 1; window < 12; window++) {
            for (int stride = 1; stride <= window; stride++) {
                ReadWindower windower = new ReadWindower(window, stride);
                for (int bases = 1; bases < 60; bases++) {
                    int covered = 0;
                    for (int index = 0; index < windower.windowCount(bases); index++) {
                        assertThat(windower.newBases(index, bases)).isPositive();
                        covered += windower.newBases(index, bases);
                    }
                    assertThat(covered).isEqualTo(bases);
                }
            }
        }
    }

    @Test
    void aStrideOverTheWindowIsRefused() {
        assertThatThrownBy(() -> new ReadWindower(10, 11)).hasMessageContaining("stride 11, window 10");
    }
}
