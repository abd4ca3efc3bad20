package io.kmerflow.cli.training;

import io.kmerflow.pretraining.report.HtmlPage;
import io.kmerflow.pretraining.report.Svg;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * One page about a run, finished or interrupted: curves of {@code metrics.csv}, the confusion matrix of {@code confusion.tsv}
 * where there is one, and what the run printed.
 */
public final class TrainingReport {
    private static final int MOST_POINTS = 400;

    private final HtmlPage page;

    private TrainingReport(String title) {
        page = new HtmlPage(title);
    }

    /**
     * Writes report.html.
     *
     * @param run directory of the run; nothing is written if it has no metrics.csv
     * @param result heading and text of what the run printed
     * @return the page, or null if there is none
     */
    static Path write(Path run, String title, String resultHeading, String result) throws IOException {
        Path metrics = run.resolve("metrics.csv");
        if (!Files.exists(metrics)) {
            return null;
        }
        TrainingReport report = new TrainingReport(title);
        report.page.heading(2, "Curves").markup(curves(metrics));
        Path confusion = run.resolve("confusion.tsv");
        if (Files.exists(confusion)) {
            report.confusion(Files.readAllLines(confusion));
        }
        report.page.heading(2, resultHeading).lines(result);
        return Files.writeString(run.resolve("report.html"), report.page.text());
    }

    /** Curves of a run's metrics.csv, as HTML for a page of {@link HtmlPage}'s style. */
    public static String curves(Path metrics) throws IOException {
        List<String> rows = Files.readAllLines(metrics);
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
        Map<String, List<double[]>> losses = new LinkedHashMap<>();
        losses.put("training", training);
        losses.put("validation", validation);
        return HtmlPage.keyMarkup(List.copyOf(losses.keySet()))
                + HtmlPage.chartsMarkup(List.of(
                        Svg.lines("Loss", "step", "nats", losses),
                        Svg.lines("Learning rate", "step", "rate", Map.of("rate", rates))))
                + String.format(
                        Locale.ROOT,
                        "<p>%,d steps; a point of the training curve is the mean of %,d. All values: metrics.csv, and for TensorBoard"
                                + " the file events.out.tfevents beside it.</p>%n",
                        steps,
                        each);
    }

    /** A table for each split, whose names are in the first column. */
    private void confusion(List<String> rows) {
        List<String> names = fields(rows.get(0));
        Map<String, List<List<String>>> bySplit = new LinkedHashMap<>();
        for (String row : rows.subList(1, rows.size())) {
            List<String> fields = fields(row);
            bySplit.computeIfAbsent(fields.get(0), split -> new ArrayList<>()).add(fields.subList(1, fields.size()));
        }
        page.heading(2, "Confusion matrix").paragraph("Sequences by true label (rows) and predicted label (columns).");
        bySplit.forEach((split, counts) -> page.heading(3, split).table(names.subList(1, names.size()), counts));
    }

    private static List<String> fields(String row) {
        return Arrays.asList(row.split("\t"));
    }
}
