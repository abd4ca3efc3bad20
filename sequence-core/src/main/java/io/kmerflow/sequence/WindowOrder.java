package io.kmerflow.sequence;

import java.util.Locale;

/**
 * Window indices of a read in bit-reversed order, each once, so that the first few cover the read evenly: 0, 4, 2, 6, 1, 5,
 * 3, 7 for 8 windows; for fewer the same without the indices that do not exist. One pass, no array.
 */
public final class WindowOrder {
    private final int windows;
    private final int bits;
    private int counter;

    /** @param windows of the read, at least 1 */
    public WindowOrder(int windows) {
        if (windows < 1) {
            throw new IllegalArgumentException(
                    String.format(Locale.ROOT, "Expected a read of 1 window or more, got %d", windows));
        }
        this.windows = windows;
        this.bits = Integer.SIZE - Integer.numberOfLeadingZeros(windows - 1);
    }

    /** Index of the next window; must not be asked more often than there are windows. */
    public int next() {
        while (true) {
            int index = bits == 0 ? 0 : Integer.reverse(counter) >>> Integer.SIZE - bits;
            counter++;
            if (index < windows) {
                return index;
            }
        }
    }
}
