package io.kmerflow.cli.base;

/** What the command's exit code says. */
public final class ExitCode {
    /** Done. */
    public static final int FINE = 0;
    /** Not done; the reason is on the error stream. */
    public static final int FAILED = 1;
    /** The command line was wrong. */
    public static final int USAGE = 2;
    /** Done, but some input went to the dead letters. */
    public static final int DEAD_LETTERS = 3;

    /** Done, but some of the inspected input was rejected; the same code, since both ask for a look at the input. */
    public static final int REJECTED = DEAD_LETTERS;

    /** Whoever read standard output closed it, as {@code head} does: 128 and the number of SIGPIPE, as other tools. */
    public static final int OUTPUT_CLOSED = 141;

    private ExitCode() {}
}
