package io.kmerflow.pretraining.gue;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The results for people: a table of figures times 100, as plain text or Markdown, and what to know when reading it. */
public final class GueReport {
    private static final List<String> HEADER = List.of(
            "set",
            "train rows",
            "figure",
            "ours (seeds)",
            "random init",
            "k-mer control",
            "minus control [95 %]",
            "minus random init [95 %]",
            "copies",
            "ours without",
            "control without",
            "DNABERT 6-mer",
            "DNABERT-2");

    private static final String NONE = "-";

    private final GueResults results;

    /** @param results as {@link GueBenchmark#run} gives them */
    public GueReport(GueResults results) {
        this.results = results;
    }

    /** The table with columns in line, and the notes. */
    public String text() {
        List<List<String>> rows = rows();
        rows.add(0, HEADER);
        int[] widths = new int[HEADER.size()];
        for (List<String> row : rows) {
            for (int c = 0; c < widths.length; c++) {
                widths[c] = Math.max(widths[c], row.get(c).length());
            }
        }
        StringBuilder text = new StringBuilder();
        for (List<String> row : rows) {
            StringBuilder line = new StringBuilder();
            for (int c = 0; c < widths.length; c++) {
                line.append(row.get(c)).append(" ".repeat(widths[c] - row.get(c).length() + 2));
            }
            text.append(line.toString().stripTrailing()).append('\n');
        }
        text.append('\n');
        notes().forEach(note -> text.append(note).append('\n'));
        return text.toString();
    }

    /** A page with the table, the notes and every published row of the measured sets. */
    public String markdown() {
        StringBuilder text = new StringBuilder("# GUE\n\n");
        table(text, HEADER, rows());
        notes().forEach(note -> text.append("- ").append(note).append('\n'));
        text.append("\n## Published, as context\n\n").append(context()).append("\n\n");
        List<String> header = new ArrayList<>(List.of("set"));
        List<List<String>> rows = new ArrayList<>();
        for (SetResult set : results.sets()) {
            List<String> row = new ArrayList<>(List.of(set.set()));
            boolean first = rows.isEmpty();
            set.publishedTimes100().forEach((model, figure) -> {
                if (first) {
                    header.add(model);
                }
                row.add(String.format(Locale.ROOT, "%.2f", figure));
            });
            rows.add(row);
        }
        table(text, header, rows);
        return text.toString();
    }

    private static void table(StringBuilder text, List<String> header, List<List<String>> rows) {
        text.append("| ").append(String.join(" | ", header)).append(" |\n");
        text.append("|").append(" --- |".repeat(header.size())).append('\n');
        rows.forEach(row -> text.append("| ").append(String.join(" | ", row)).append(" |\n"));
        text.append('\n');
    }

    private List<List<String>> rows() {
        List<List<String>> rows = new ArrayList<>();
        for (SetResult set : results.sets()) {
            GueSet.Metric metric = GueSet.Metric.of(set.metric());
            GueFigures test = set.test();
            GueFigures without = set.testWithoutCopies();
            rows.add(List.of(
                    set.set(),
                    trainRows(set),
                    metric.words(),
                    seeds(test.ours(), metric),
                    seeds(test.randomInit(), metric),
                    times100(metric.in(test.control().metrics())),
                    interval(test.againstControl()),
                    interval(test.againstRandomInit()),
                    Integer.toString(set.copies()),
                    without == null ? NONE : times100(metric.in(without.ours().mean())),
                    without == null
                            ? NONE
                            : times100(metric.in(without.control().metrics())),
                    String.format(Locale.ROOT, "%.2f", set.publishedTimes100().get("DNABERT 6-mer")),
                    String.format(Locale.ROOT, "%.2f", set.publishedTimes100().get("DNABERT-2"))));
        }
        return rows;
    }

    private static String trainRows(SetResult set) {
        SetResult.Rows rows = set.rows();
        String train = String.format(Locale.ROOT, "%,d", rows.trainUsed());
        if (rows.trainUsed() != rows.train()) {
            train += String.format(Locale.ROOT, " of %,d", rows.train());
        }
        return "train".equals(set.trainSource()) ? train : train + " (" + set.trainSource() + ")";
    }

    private static String seeds(GueFigures.Arm arm, GueSet.Metric metric) {
        if (arm == null) {
            return NONE;
        }
        List<String> seeds = arm.bySeed().stream()
                .map(seed -> times100(metric.in(seed.metrics())) + (seed.oneClass() == null ? "" : "*"))
                .toList();
        return String.format(Locale.ROOT, "%s (%s)", times100(metric.in(arm.mean())), String.join(" ", seeds));
    }

    private static String times100(double figure) {
        return String.format(Locale.ROOT, "%.1f", 100 * figure);
    }

    private static String interval(GueFigures.Difference interval) {
        return interval == null
                ? NONE
                : String.format(
                        Locale.ROOT,
                        "%+.1f [%+.1f, %+.1f]%s",
                        100 * interval.difference(),
                        100 * interval.low(),
                        100 * interval.high(),
                        interval.beats() ? " ahead" : "");
    }

    private List<String> notes() {
        List<String> notes = new ArrayList<>();
        GueResults.Summary summary = results.summary();
        String verdict = String.format(
                Locale.ROOT, "ahead of the control in %d of %d sets", summary.beatsControl(), summary.sets());
        if (summary.beatsRandomInit() != null) {
            verdict += ", of random initialisation in " + summary.beatsRandomInit();
        }
        notes.add(verdict + ": the whole interval of the paired bootstrap over test rows lies above 0");
        summary.familyMeans().forEach((family, means) -> notes.add(means(family, means)));
        results.sets().forEach(set -> {
            addOneClass(notes, set.set() + ", ours", set.test().ours());
            addOneClass(notes, set.set() + ", random init", set.test().randomInit());
        });
        notes.add(
                "copies: test rows whose sequence or reverse complement is in train or dev; \"without\" leaves them out");
        results.differsFromPublished().forEach(line -> notes.add("not as published: " + line));
        results.skipped().forEach(s -> notes.add(String.format(Locale.ROOT, "skipped %s: %s", s.set(), s.reason())));
        if (!results.complete()) {
            notes.add("not complete: sets are still to come");
        }
        return notes;
    }

    private static String means(String family, GueResults.Means means) {
        String text = String.format(
                Locale.ROOT, "mean of %s: sets %d, ours %s", family, means.sets(), times100(means.ours()));
        if (means.randomInit() != null) {
            text += ", randomInit " + times100(means.randomInit());
        }
        return text + ", control " + times100(means.control());
    }

    private static void addOneClass(List<String> notes, String arm, GueFigures.Arm figures) {
        List<Long> seeds = figures == null ? List.of() : figures.seedsOfOneClass();
        if (!seeds.isEmpty()) {
            notes.add(String.format(
                    Locale.ROOT,
                    "* %s, seeds %s: the run gave every test row the same class, so it learned nothing; its differences say"
                            + " nothing about the encoder",
                    arm,
                    seeds));
        }
    }

    private String context() {
        Published.RandomMask randomMask = results.context().randomMaskTimes100();
        return String.format(
                Locale.ROOT,
                "Figures times 100 from %s. RandomMask gives no rows; its means over the ten EMP sets are %s (version 1) and %s (version 3).",
                results.context().publishedTimes100(),
                randomMask.empMeanV1(),
                randomMask.empMeanV3());
    }
}
