package io.kmerflow.sequence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class WindowOrderTest {
    private static int[] order(int windows) {
        WindowOrder order = new WindowOrder(windows);
        return IntStream.range(0, windows).map(i -> order.next()).toArray();
    }

    @Test
    void indicesAreBitReversed() {
        assertThat(order(1)).containsExactly(0);
        assertThat(order(2)).containsExactly(0, 1);
        assertThat(order(8)).containsExactly(0, 4, 2, 6, 1, 5, 3, 7);
        assertThat(order(6)).containsExactly(0, 4, 2, 1, 5, 3);
    }

    @Test
    void everyWindowComesOnce() {
        for (int windows = 1; windows <= 300; windows++) {
            assertThat(IntStream.of(order(windows)).sorted())
                    .containsExactlyElementsOf(
                            IntStream.range(0, windows).boxed().toList());
        }
    }

    @Test
    void anyPrefixCoversTheReadEvenly() {
        int[] order = order(1_000);
        for (int prefix : new int[] {8, 32, 100}) {
            int firstHalf =
                    (int) IntStream.range(0, prefix).filter(i -> order[i] < 512).count();
            assertThat((double) firstHalf / prefix).isBetween(0.45, 0.6);
        }
    }

    @Test
    void refusesAReadWithoutWindows() {
        assertThatThrownBy(() -> new WindowOrder(0)).hasMessage("Expected a read of 1 window or more, got 0");
    }
}
