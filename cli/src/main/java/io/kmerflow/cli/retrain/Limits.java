package io.kmerflow.cli.retrain;

import java.util.Locale;

/** Values of the file that can be, checked before anything is trained; every sentence names its key. */
final class Limits {
    private Limits() {}

    /** A share, 0 to 1. */
    static void share(String key, double value) {
        require(value >= 0 && value <= 1, key, "0 to 1", value);
    }

    /** A difference of two shares, -1 to 1. */
    static void change(String key, double value) {
        require(value >= -1 && value <= 1, key, "-1 to 1", value);
    }

    /** A factor above 0. */
    static void factor(String key, double value) {
        require(value > 0 && value < Double.POSITIVE_INFINITY, key, "more than 0", value);
    }

    /** A whole number of that or more. */
    static void atLeast(String key, long least, long value) {
        require(value >= least, key, least + " or more", value);
    }

    private static void require(boolean fits, String key, String expected, Number value) {
        if (!fits) {
            throw new IllegalArgumentException(
                    String.format(Locale.ROOT, "Expected %s of %s, got %s", key, expected, value));
        }
    }
}
