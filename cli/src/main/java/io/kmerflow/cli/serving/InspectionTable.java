package io.kmerflow.cli.serving;

import io.kmerflow.sequence.PrintableText;
import io.kmerflow.sequence.inspect.FileInspection;
import io.kmerflow.sequence.inspect.InspectionError;
import io.kmerflow.sequence.inspect.InterleavedInspection;
import io.kmerflow.sequence.inspect.LengthDistribution;
import io.kmerflow.sequence.inspect.PairInspection;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.Map;

/** Inspections for people. */
final class InspectionTable {
    private static final int ERRORS_SHOWN = 10;
    private static final int VALUES_SHOWN = 8;

    private InspectionTable() {}

    static void print(String path, FileInspection file, PrintWriter out) {
        out.printf(
                Locale.ROOT,
                "%s: %s%n",
                PrintableText.escape(path),
                file.verdict().label());
        details(file, out);
        out.flush();
    }

    static void print(String path, String mates, PairInspection pair, PrintWriter out) {
        out.printf(
                Locale.ROOT,
                "%s and %s: %s%n",
                PrintableText.escape(path),
                PrintableText.escape(mates),
                pair.verdict().label());
        row(out, "good pairs", String.format(Locale.ROOT, "%,d", pair.pairs()));
        if (pair.disagreement() != null) {
            row(out, "mates", sentence(pair.disagreement()));
        }
        print(path, pair.first(), out);
        print(mates, pair.second(), out);
    }

    static void print(String path, InterleavedInspection mates, PrintWriter out) {
        out.printf(Locale.ROOT, "%s: %s%n", path, mates.verdict().label());
        row(out, "good pairs", String.format(Locale.ROOT, "%,d", mates.pairs()));
        if (mates.disagreement() != null) {
            row(out, "mates", sentence(mates.disagreement()));
        }
        details(mates.file(), out);
        out.flush();
    }

    private static void details(FileInspection file, PrintWriter out) {
        String after = file.errorCount() == 0
                ? ""
                : String.format(Locale.ROOT, " before the first error, %,d after", file.recovered());
        row(out, "good records", String.format(Locale.ROOT, "%,d%s", file.records(), after));
        file.errors().stream().limit(ERRORS_SHOWN).forEach(error -> row(out, "error", sentence(error)));
        if (file.errorCount() > ERRORS_SHOWN) {
            row(out, "errors", String.format(Locale.ROOT, "%,d in all", file.errorCount()));
        }
        LengthDistribution lengths = file.lengths();
        if (lengths != null) {
            row(out, "bases", String.format(Locale.ROOT, "%,d", file.bases()));
            row(
                    out,
                    "length",
                    String.format(
                            Locale.ROOT,
                            "%d to %d bases, mean %.1f, median %.1f, N50 %d",
                            lengths.min(),
                            lengths.max(),
                            lengths.mean(),
                            lengths.median(),
                            lengths.n50()));
        }
        if (file.gcShare() != null) {
            row(out, "GC", String.format(Locale.ROOT, "%.1f %%", 100 * file.gcShare()));
        }
        if (file.hasQualities()) {
            String mean = file.meanQuality() == null
                    ? " (offsets 33 and 64 both fit)"
                    : String.format(Locale.ROOT, ", mean quality %.1f", file.meanQuality());
            row(out, "qualities", InspectionJson.encoding(file) + mean);
        }
        values(out, "platform", file.headers().platforms());
        values(out, "runs", file.headers().runIds());
        values(out, "barcodes", file.headers().barcodes());
        values(out, "header fields", file.headers().fields());
    }

    private static void values(PrintWriter out, String name, Map<String, Long> counts) {
        if (counts.isEmpty()) {
            return;
        }
        StringBuilder text = new StringBuilder();
        counts.entrySet().stream()
                .limit(VALUES_SHOWN)
                .forEach(entry -> text.append(text.isEmpty() ? "" : ", ")
                        .append(String.format(
                                Locale.ROOT, "%s (%,d)", PrintableText.escape(entry.getKey()), entry.getValue())));
        row(
                out,
                name,
                text
                        + (counts.size() > VALUES_SHOWN
                                ? String.format(Locale.ROOT, " and %,d more", counts.size() - VALUES_SHOWN)
                                : ""));
    }

    private static String sentence(InspectionError error) {
        return String.format(
                Locale.ROOT,
                "record %,d, line %,d, bytes [%d, %d): %s (%s)",
                error.record(),
                error.line(),
                error.byteStart(),
                error.byteEnd(),
                error.message(),
                error.reason());
    }

    private static void row(PrintWriter out, String name, String value) {
        out.printf(Locale.ROOT, "  %-14s %s%n", name, PrintableText.escape(value));
    }
}
