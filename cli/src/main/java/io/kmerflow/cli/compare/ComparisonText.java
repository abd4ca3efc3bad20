package io.kmerflow.cli.compare;

import io.kmerflow.cli.compare.Comparison.Cell;
import io.kmerflow.cli.compare.Comparison.Example;
import io.kmerflow.cli.compare.Comparison.Matrix;
import io.kmerflow.sequence.PrintableText;
import io.kmerflow.sequence.identity.ReadIdentity;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** A comparison as tables for people. */
public final class ComparisonText {
    /** Of a matrix; with more calls the pairs alone are listed. */
    private static final int MOST_COLUMNS = 12;

    private static final int MOST_CHANGES = 20;
    private static final int MOST_SAMPLES = 50;
    private static final int LABEL_CHARACTERS = 28;
    private static final int LEAST_CELL = 8;

    private final PrintWriter out;

    /** @param out where to */
    public ComparisonText(PrintWriter out) {
        this.out = out;
    }

    /** Prints it. */
    public void print(AnnotationSide a, AnnotationSide b, Comparison comparison) {
        side("A", a);
        side("B", b);
        Matrix all = comparison.all();
        out.printf(
                Locale.ROOT,
                "%n%,d reads of both, %,d with the same call (%.4f); %,d of A alone, %,d of B alone%s%n",
                all.reads(),
                all.same(),
                all.sameShare(),
                comparison.onlyA(),
                comparison.onlyB(),
                comparison.ofOtherLength() == 0
                        ? ""
                        : String.format(
                                Locale.ROOT, ", %,d of different lengths left out", comparison.ofOtherLength()));
        matrix(all);
        changes(comparison);
        samples(comparison);
        out.flush();
    }

    private void side(String letter, AnnotationSide side) {
        String models = side.byModel().entrySet().stream()
                .map(model -> String.format(Locale.ROOT, "%s (%,d)", shown(model.getKey()), model.getValue()))
                .collect(Collectors.joining(", "));
        out.printf(
                Locale.ROOT,
                "%s: %s, %,d annotations%s%s%n",
                letter,
                shown(side.name()),
                side.annotations(),
                models.isEmpty() ? "" : ", model " + models,
                side.undecodable() == 0 ? "" : String.format(Locale.ROOT, ", %,d left out", side.undecodable()));
    }

    private static String shown(String text) {
        return PrintableText.escape(text.isEmpty() ? "(no model)" : text);
    }

    private void matrix(Matrix matrix) {
        List<String> calls = matrix.calls();
        if (calls.isEmpty() || calls.size() > MOST_COLUMNS) {
            return;
        }
        out.printf(Locale.ROOT, "%nreads by call of A (rows) and of B (columns)%n");
        int width = Math.max(LEAST_CELL, Long.toString(matrix.reads()).length() + 2);
        StringBuilder head = new StringBuilder(String.format(Locale.ROOT, "%" + (LABEL_CHARACTERS + 4) + "s", ""));
        for (int i = 0; i < calls.size(); i++) {
            head.append(String.format(Locale.ROOT, "%" + width + "s", "B" + (i + 1)));
        }
        out.println(head);
        for (int i = 0; i < calls.size(); i++) {
            StringBuilder row = new StringBuilder(String.format(
                    Locale.ROOT, "%-3d %-" + LABEL_CHARACTERS + "s", i + 1, PrintableText.escape(calls.get(i))));
            for (String column : calls) {
                long reads = matrix.reads(calls.get(i), column);
                row.append(String.format(Locale.ROOT, "%" + width + "s", reads == 0 ? "." : Long.toString(reads)));
            }
            out.println(row);
        }
    }

    private void changes(Comparison comparison) {
        List<Cell> changes = comparison.all().cells().stream()
                .filter(cell -> !cell.a().equals(cell.b()))
                .toList();
        if (changes.isEmpty()) {
            return;
        }
        out.printf(Locale.ROOT, "%ncalled differently, most reads first%n");
        for (Cell cell : changes.subList(0, Math.min(MOST_CHANGES, changes.size()))) {
            out.printf(
                    Locale.ROOT,
                    "%,10d  %s -> %s%n",
                    cell.reads(),
                    PrintableText.escape(cell.a()),
                    PrintableText.escape(cell.b()));
            comparison.examples(cell.a(), cell.b()).forEach(this::example);
        }
        if (changes.size() > MOST_CHANGES) {
            out.printf(Locale.ROOT, "%10s  %,d more pairs; --json has all%n", "", changes.size() - MOST_CHANGES);
        }
    }

    private void example(Example example) {
        ReadIdentity read = ReadIdentity.of(example.read().key());
        out.printf(
                Locale.ROOT,
                "%12s%s%s, run %s%s, %,d bases, %s -> %s%n",
                "",
                PrintableText.escape(read.readId()),
                read.mate() == 0 ? "" : "/" + read.mate(),
                PrintableText.escape(read.runId()),
                example.read().sample() == null
                        ? ""
                        : ", sample " + PrintableText.escape(example.read().sample()),
                example.read().bases(),
                score(example.scoreA()),
                score(example.scoreB()));
    }

    private static String score(float score) {
        return Float.isNaN(score) ? "no score" : String.format(Locale.ROOT, "%.3f", score);
    }

    private void samples(Comparison comparison) {
        Map<String, Matrix> samples = comparison.bySample();
        if (samples.isEmpty() || samples.keySet().equals(java.util.Set.of(Comparison.NO_SAMPLE))) {
            return;
        }
        out.printf(
                Locale.ROOT,
                "%n%-24s %10s %10s %8s  %s%n",
                "sample",
                "reads",
                "same call",
                "share",
                "most frequent change");
        int printed = 0;
        for (Map.Entry<String, Matrix> sample : samples.entrySet()) {
            if (printed++ == MOST_SAMPLES) {
                out.printf(Locale.ROOT, "%,d more samples; --json has all%n", samples.size() - MOST_SAMPLES);
                break;
            }
            Matrix matrix = sample.getValue();
            out.printf(
                    Locale.ROOT,
                    "%-24s %,10d %,10d %8.4f  %s%n",
                    sample.getKey().isEmpty() ? "(none)" : PrintableText.escape(sample.getKey()),
                    matrix.reads(),
                    matrix.same(),
                    matrix.sameShare(),
                    matrix.cells().stream()
                            .filter(cell -> !cell.a().equals(cell.b()))
                            .findFirst()
                            .map(cell -> String.format(
                                    Locale.ROOT,
                                    "%s -> %s (%,d)",
                                    PrintableText.escape(cell.a()),
                                    PrintableText.escape(cell.b()),
                                    cell.reads()))
                            .orElse("-"));
        }
    }
}
