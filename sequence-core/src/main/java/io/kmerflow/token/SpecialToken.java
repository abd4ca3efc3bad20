package io.kmerflow.token;

/** The five tokens before the k-mers, in DNABERT's order; the ordinal is the token id. */
public enum SpecialToken {
    PAD,
    UNK,
    CLS,
    SEP,
    MASK;

    /** How many there are: the id of the first k-mer. */
    public static final int COUNT = values().length;

    /** Token id, 0 to 4. */
    public int id() {
        return ordinal();
    }

    /** As spelled in DNABERT's vocabulary file, for example {@code [PAD]}. */
    public String text() {
        return "[" + name() + "]";
    }
}
