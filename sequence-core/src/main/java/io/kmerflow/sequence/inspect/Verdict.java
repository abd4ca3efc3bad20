package io.kmerflow.sequence.inspect;

import java.util.Locale;

/** What an inspection comes to. */
public enum Verdict {
    /** Every byte is in a good record. */
    ACCEPT,
    /** Some bytes are in no good record. */
    REJECT,
    /** Both files are good, but they are not the two mates of the same fragments in the same order. */
    PAIR_REJECT;

    /** {@code accept}, {@code reject} or {@code pair-reject}. */
    public String label() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
