package io.kmerflow.pretraining.gue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

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

    private final JsonNode results;

    /** @param results as {@link GueBenchmark#run} gives them */
    public GueReport(Map<String, Object> results) {
        this.results = new ObjectMapper().valueToTree(results);
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
        for (JsonNode set : results.get("sets")) {
            List<String> row = new ArrayList<>(List.of(set.get("set").asText()));
            boolean first = rows.isEmpty();
            set.get("publishedTimes100").fields().forEachRemaining(f -> {
                if (first) {
                    header.add(f.getKey());
                }
                row.add(String.format(Locale.ROOT, "%.2f", f.getValue().asDouble()));
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
        for (JsonNode set : results.get("sets")) {
            String metric = set.get("metric").asText();
            JsonNode test = set.get("test");
            JsonNode without = set.get("testWithoutCopies");
            JsonNode rowCounts = set.get("rows");
            String train =
                    String.format(Locale.ROOT, "%,d", rowCounts.get("trainUsed").asInt());
            if (!rowCounts.get("trainUsed").equals(rowCounts.get("train"))) {
                train += String.format(
                        Locale.ROOT, " of %,d", rowCounts.get("train").asInt());
            }
            if (!set.get("trainSource").asText().equals("train")) {
                train += " (" + set.get("trainSource").asText() + ")";
            }
            rows.add(List.of(
                    set.get("set").asText(),
                    train,
                    metric.equals("f1") ? "macro-F1" : "MCC",
                    seeds(test.get("ours"), metric),
                    test.has("randomInit") ? seeds(test.get("randomInit"), metric) : "-",
                    times100(test.get("control").get(metric)),
                    interval(test.get("againstControl")),
                    interval(test.get("againstRandomInit")),
                    set.get("copies").asText(),
                    without.isNull()
                            ? "-"
                            : times100(without.get("ours").get("mean").get(metric)),
                    without.isNull() ? "-" : times100(without.get("control").get(metric)),
                    String.format(
                            Locale.ROOT,
                            "%.2f",
                            set.get("publishedTimes100").get("DNABERT 6-mer").asDouble()),
                    String.format(
                            Locale.ROOT,
                            "%.2f",
                            set.get("publishedTimes100").get("DNABERT-2").asDouble())));
        }
        return rows;
    }

    private static String seeds(JsonNode arm, String metric) {
        List<String> seeds = new ArrayList<>();
        arm.get("bySeed").forEach(seed -> seeds.add(times100(seed.get(metric))));
        return String.format(Locale.ROOT, "%s (%s)", times100(arm.get("mean").get(metric)), String.join(" ", seeds));
    }

    private static String times100(JsonNode figure) {
        return String.format(Locale.ROOT, "%.1f", 100 * figure.asDouble());
    }

    private static String interval(JsonNode interval) {
        return interval == null
                ? "-"
                : String.format(
                        Locale.ROOT,
                        "%+.1f [%+.1f, %+.1f]%s",
                        100 * interval.get("difference").asDouble(),
                        100 * interval.get("low").asDouble(),
                        100 * interval.get("high").asDouble(),
                        interval.get("beats").asBoolean() ? " ahead" : "");
    }

    private List<String> notes() {
        List<String> notes = new ArrayList<>();
        JsonNode summary = results.get("summary");
        String verdict = String.format(
                Locale.ROOT,
                "ahead of the control in %d of %d sets",
                summary.get("beatsControl").asInt(),
                summary.get("sets").asInt());
        if (summary.has("beatsRandomInit")) {
            verdict += ", of random initialisation in "
                    + summary.get("beatsRandomInit").asInt();
        }
        notes.add(verdict + ": the whole interval of the paired bootstrap over test rows lies above 0");
        summary.get("familyMeans").fields().forEachRemaining(family -> {
            List<String> means = new ArrayList<>();
            family.getValue()
                    .fields()
                    .forEachRemaining(f -> means.add(f.getKey() + " "
                            + (f.getKey().equals("sets") ? f.getValue().asText() : times100(f.getValue()))));
            notes.add(String.format(Locale.ROOT, "mean of %s: %s", family.getKey(), String.join(", ", means)));
        });
        notes.add(
                "copies: test rows whose sequence or reverse complement is in train or dev; \"without\" leaves them out");
        results.get("differsFromPublished").forEach(line -> notes.add("not as published: " + line.asText()));
        results.get("skipped")
                .forEach(s -> notes.add(String.format(
                        Locale.ROOT,
                        "skipped %s: %s",
                        s.get("set").asText(),
                        s.get("reason").asText())));
        if (!results.get("complete").asBoolean()) {
            notes.add("not complete: sets are still to come");
        }
        return notes;
    }

    private String context() {
        JsonNode randomMask = results.get("context").get("randomMaskTimes100");
        return String.format(
                Locale.ROOT,
                "Figures times 100 from %s. RandomMask gives no rows; its means over the ten EMP sets are %s (version 1) and %s (version 3).",
                results.get("context").get("publishedTimes100").asText(),
                randomMask.get("empMeanV1").asText(),
                randomMask.get("empMeanV3").asText());
    }
}
