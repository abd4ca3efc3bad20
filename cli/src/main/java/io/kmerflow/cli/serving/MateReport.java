package io.kmerflow.cli.serving;

import io.kmerflow.files.mates.MatePairs;
import java.io.PrintWriter;
import java.util.Locale;

/** What a run found in files of mates, for people. */
final class MateReport {
    private MateReport() {}

    static void print(MatePairs mates, PrintWriter err) {
        err.printf(
                Locale.ROOT,
                "%,d pairs of mates, %,d of them out of step, %,d reads without a mate%n",
                mates.pairs(),
                mates.outOfStep(),
                mates.orphans());
        if (mates.noneMatched()) {
            err.printf(
                    Locale.ROOT,
                    "warning: expected mates by one name, no name of %,d reads has its mate; inspect shows where the files"
                            + " part%n",
                    mates.orphans());
        }
        err.flush();
    }
}
