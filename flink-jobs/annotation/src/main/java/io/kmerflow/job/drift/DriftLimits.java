package io.kmerflow.job.drift;

import java.io.Serializable;
import java.util.Locale;

/**
 * When a window of reads ends and is compared with the model's profile.
 *
 * @param windowReads reads of a full window; 0 compares no reads
 * @param windowMillis age at which a window ends that is not full, in milliseconds of processing time; 0 waits until it is
 */
public record DriftLimits(int windowReads, long windowMillis) implements Serializable {
    /** Reads are compared with no profile. */
    public static final DriftLimits NONE = new DriftLimits(0, 0);

    public DriftLimits {
        if (windowReads < 0 || windowMillis < 0) {
            throw new IllegalArgumentException(String.format(
                    Locale.ROOT,
                    "Expected 0 reads or more and 0 ms or more for a window, got %d and %d",
                    windowReads,
                    windowMillis));
        }
    }

    /** Whether reads are compared at all. */
    public boolean isOn() {
        return windowReads > 0;
    }

    /** Whether windows end by their age. */
    boolean isTimed() {
        return windowMillis > 0;
    }
}
