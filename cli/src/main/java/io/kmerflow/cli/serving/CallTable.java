package io.kmerflow.cli.serving;

import io.kmerflow.files.JobSummary;
import io.kmerflow.sequence.PrintableText;
import java.io.PrintWriter;
import java.util.Locale;

/** What a run called, as a table for people. */
final class CallTable {
    private CallTable() {}

    static void print(JobSummary summary, PrintWriter out) {
        double seconds = summary.total().toMillis() / 1e3;
        out.printf(Locale.ROOT, "%n%-32s %10s %8s%n", "label", "reads", "share");
        summary.readsByLabel().forEach((label, reads) -> row(out, label, reads, summary.reads()));
        summary.readsWithoutCall().forEach((group, reads) -> row(out, "(" + group + ")", reads, summary.reads()));
        summary.deadLettersByReason()
                .forEach((reason, count) -> out.printf(
                        Locale.ROOT, "%-32s %10d%n", "dead letters, " + PrintableText.escape(reason), count));
        if (summary.notPrimary() > 0) {
            out.printf(Locale.ROOT, "%-32s %10d%n", "secondary, supplementary: out", summary.notPrimary());
        }
        out.printf(
                Locale.ROOT,
                "%n%,d reads, %,d bases, %,d windows in %.1f s: %,.0f reads/s, %,.0f bases/s%n",
                summary.reads(),
                summary.bases(),
                summary.windows(),
                seconds,
                summary.reads() / seconds,
                summary.bases() / seconds);
        out.flush();
    }

    private static void row(PrintWriter out, String name, long reads, long all) {
        out.printf(
                Locale.ROOT,
                "%-32s %10d %7.1f%%%n",
                PrintableText.escape(name),
                reads,
                100.0 * reads / Math.max(1, all));
    }
}
