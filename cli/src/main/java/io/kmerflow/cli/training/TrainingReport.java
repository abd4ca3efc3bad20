package io.kmerflow.cli.training;

import io.kmerflow.pretraining.study.Svg;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * One page about a run: curves of {@code metrics.csv}, the confusion matrix of {@code confusion.tsv} where there is one, and
 * what the run printed. Loads nothing from anywhere.
 */
public final class TrainingReport {
    private static final int MOST_POINTS = 400;
    private static final String STYLE = "body{font-family:sans-serif;max-width:960px;margin:2em auto;padding:0 1em}"
            + "table{border-collapse:collapse}td,th{border:1px solid #ccc;padding:3px 8px;text-align:right}"
            + "th:first-child,td:first-child{text-align:left}pre{background:#f4f4f4;padding:1em;overflow:auto}";

    private TrainingReport() {}

    /**
     * Writes report.html.
     *
     * @param run directory of the run, with its metrics.csv
     * @param printed result as text
     * @return the page
     */
    static Path write(Path run, String title, String printed) throws IOException {
        StringBuilder page = new StringBuilder("<!DOCTYPE html>\n<html lang='en'><head><meta charset='utf-8'><title>")
                .append(Svg.escape(title))
                .append("</title><style>")
                .append(STYLE)
                .append("</style></head><body>\n<h1>")
                .append(Svg.escape(title))
                .append("</h1>\n");
        curves(Files.readAllLines(run.resolve("metrics.csv")), page);
        Path confusion = run.resolve("confusion.tsv");
        if (Files.exists(confusion)) {
            page.append(
                    "<h2>Confusion matrix</h2>\n<p>Sequences by true label (rows) and predicted label (columns).</p>\n");
            table(Files.readAllLines(confusion), page);
        }
        page.append("<h2>Result</h2>\n<pre>").append(Svg.escape(printed)).append("</pre>\n</body></html>\n");
        return Files.writeString(run.resolve("report.html"), page);
    }

    /** Curves of a run's metrics.csv, as HTML without a heading. */
    public static String curves(Path metrics) throws IOException {
        StringBuilder page = new StringBuilder();
        curves(Files.readAllLines(metrics), page);
        return page.toString().replace("<h2>Curves</h2>\n", "");
    }

    private static void curves(List<String> rows, StringBuilder page) {
        List<double[]> training = new ArrayList<>();
        List<double[]> validation = new ArrayList<>();
        List<double[]> rates = new ArrayList<>();
        int steps = rows.size() - 1;
        int each = Math.max(1, steps / MOST_POINTS);
        double sum = 0;
        for (int i = 1; i <= steps; i++) {
            String[] fields = rows.get(i).split(",", -1);
            double step = Double.parseDouble(fields[0]);
            sum += Double.parseDouble(fields[1]);
            if (i % each == 0) {
                training.add(new double[] {step, sum / each});
                rates.add(new double[] {step, Double.parseDouble(fields[2])});
                sum = 0;
            }
            if (!fields[3].isEmpty()) {
                validation.add(new double[] {step, Double.parseDouble(fields[3])});
            }
        }
        page.append("<h2>Curves</h2>\n");
        Map<String, List<double[]>> losses = new LinkedHashMap<>();
        losses.put("training", training);
        if (!validation.isEmpty()) {
            losses.put("validation", validation);
        }
        page.append(Svg.lines("Loss in nats: training (blue), validation (red)", "step", "loss", losses));
        page.append(Svg.lines("Learning rate x 1,000", "step", "rate", Map.of("rate", thousandfold(rates))));
        page.append(String.format(
                Locale.ROOT,
                "%n<p>%,d steps; a point of the training curve is the mean of %,d. All values: metrics.csv.</p>%n",
                steps,
                each));
    }

    private static List<double[]> thousandfold(List<double[]> points) {
        return points.stream().map(p -> new double[] {p[0], 1_000 * p[1]}).toList();
    }

    private static void table(List<String> rows, StringBuilder page) {
        page.append("<table>\n");
        for (int i = 0; i < rows.size(); i++) {
            String cell = i == 0 ? "th" : "td";
            page.append("<tr>");
            for (String field : rows.get(i).split("\t")) {
                page.append('<').append(cell).append('>').append(Svg.escape(field));
                page.append("</").append(cell).append('>');
            }
            page.append("</tr>\n");
        }
        page.append("</table>\n");
    }
}
