package io.kmerflow.cli.retrain;

import io.kmerflow.bundle.ModelBundle;
import io.kmerflow.cli.training.TrainingReport;
import io.kmerflow.pretraining.report.HtmlPage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** One self-contained page about a retraining, as far as it has come: no script, nothing loaded from anywhere. */
final class RetrainPage {
    private static final int TIMELINE_WIDTH = 1_240;
    private static final int ROW_HEIGHT = 22;
    private static final int NAME_WIDTH = 90;

    private final RetrainConfig config;
    private final ModelBundle parent;
    private final Journal journal;
    private final RunFolder folder;
    private final List<Step> steps;

    RetrainPage(RetrainConfig config, ModelBundle parent, Journal journal, RunFolder folder, List<Step> steps) {
        this.config = config;
        this.parent = parent;
        this.journal = journal;
        this.folder = folder;
        this.steps = steps;
    }

    /** The page as text. */
    String page() throws IOException {
        String title = "kmerflow retrain: " + parent.name() + " " + config.version();
        HtmlPage page = new HtmlPage(title);
        StringBuilder html = new StringBuilder();
        boolean refused = journal.entries().values().stream()
                .anyMatch(entry -> entry.state() == Journal.State.REFUSED || entry.state() == Journal.State.FAILED);
        html.append(refused ? "<p class='bad'>" : "<p>")
                .append(HtmlPage.escape(outcome()))
                .append("</p><p class='note'>Parent ")
                .append(HtmlPage.escape(parent.name() + " " + parent.version()))
                .append(", <code>")
                .append(parent.digest())
                .append("</code><br>New model <code>")
                .append(HtmlPage.escape(
                        String.valueOf(journal.result(Step.EXPORT).getOrDefault("digest", "not made"))))
                .append("</code><br>Corpus <code>")
                .append(HtmlPage.escape(
                        String.valueOf(journal.result(Step.SPLIT).getOrDefault("corpus", "not made"))))
                .append("</code></p><div class='grid'>");
        section(html, "Timeline", "wide", timeline());
        section(html, "Gate", "wide", checks(Step.GATE));
        section(html, "Recall by label", "wide", recall());
        section(html, "Shadow on live reads", "", checks(Step.SHADOW));
        section(html, "Guard after the change", "", checks(Step.WATCH));
        section(html, "Reads before and after the change", "", windows());
        section(html, "Data", "", data());
        section(html, "Fine-tuning", "wide curves", curves(folder.finetune()));
        if (config.pretraining() != null) {
            section(html, "Continued pretraining", "wide curves", curves(folder.pretrain()));
        }
        return page.markup(html + "</div>\n").text();
    }

    private String outcome() {
        if (journal.outcome() != null) {
            return journal.outcome();
        }
        return journal.entries().values().stream()
                .filter(entry -> entry.reason() != null)
                .map(Journal.Entry::reason)
                .reduce((earlier, later) -> later)
                .orElse("not finished; continue with --resume");
    }

    private static void section(StringBuilder html, String title, String kind, String body) {
        if (!body.isEmpty()) {
            html.append("<section class='")
                    .append(kind)
                    .append("'><h2>")
                    .append(HtmlPage.escape(title))
                    .append("</h2>")
                    .append(body)
                    .append("</section>");
        }
    }

    /** Bars from begin to end of each step, on one axis; a run that was interrupted shows the last attempt. */
    private String timeline() {
        Instant from = Instant.parse(journal.created());
        Instant to = journal.entries().values().stream()
                .map(entry -> entry.ended() == null ? Instant.now() : Instant.parse(entry.ended()))
                .max(Instant::compareTo)
                .orElse(from);
        double whole = Math.max(1, Duration.between(from, to).toMillis());
        StringBuilder svg = new StringBuilder(String.format(
                Locale.ROOT, "<svg viewBox='0 0 %d %d' role='img'>", TIMELINE_WIDTH, steps.size() * ROW_HEIGHT + 4));
        for (int i = 0; i < steps.size(); i++) {
            Journal.Entry entry = journal.entry(steps.get(i));
            int y = i * ROW_HEIGHT;
            svg.append(String.format(
                    Locale.ROOT,
                    "<text x='0' y='%d'>%s</text>",
                    y + 15,
                    steps.get(i).key()));
            if (entry == null || entry.begun() == null) {
                continue;
            }
            Instant begun = Instant.parse(entry.begun());
            Instant ended = entry.ended() == null ? to : Instant.parse(entry.ended());
            double scale = (TIMELINE_WIDTH - NAME_WIDTH - 330) / whole;
            double x = NAME_WIDTH + Duration.between(from, begun).toMillis() * scale;
            double width = Math.max(2, Duration.between(begun, ended).toMillis() * scale);
            svg.append(String.format(
                    Locale.ROOT,
                    "<rect class='bar' x='%.1f' y='%d' width='%.1f' height='16'%s/><text x='%.1f' y='%d'>%.1f s%s%s</text>",
                    x,
                    y + 3,
                    width,
                    entry.state() == Journal.State.DONE ? "" : " style='fill:var(--warn)'",
                    x + width + 6,
                    y + 15,
                    Duration.between(begun, ended).toMillis() / 1e3,
                    entry.state() == Journal.State.DONE
                            ? ""
                            : ", " + entry.state().name().toLowerCase(Locale.ROOT),
                    entry.attempts() > 1 ? ", " + entry.attempts() + " attempts" : ""));
        }
        return svg.append("</svg>").toString();
    }

    private String checks(Step step) {
        if (!(journal.result(step).get("checks") instanceof List<?> checks)) {
            return "";
        }
        StringBuilder html = new StringBuilder(
                "<table><tr><th>rule</th><th class='n'>limit</th><th class='n'>measured</th><th class='n'>95 % interval</th><th></th></tr>");
        for (Object check : checks) {
            Map<?, ?> row = fields(check);
            boolean passed = Boolean.TRUE.equals(row.get("passed"));
            html.append(String.format(
                    Locale.ROOT,
                    "<tr><td>%s</td><td class='n'>%.4f</td><td class='n'>%.4f</td><td class='n'>%s</td><td%s>%s</td></tr>",
                    HtmlPage.escape(String.valueOf(row.get("rule"))),
                    number(row.get("limit")),
                    number(row.get("measured")),
                    row.get("low") == null
                            ? ""
                            : String.format(
                                    Locale.ROOT, "%.4f to %.4f", number(row.get("low")), number(row.get("high"))),
                    passed ? "" : " class='bad'",
                    passed ? "holds" : "does not hold"));
        }
        return html.append("</table>").toString();
    }

    private static Map<?, ?> fields(Object value) {
        return value instanceof Map<?, ?> map ? map : Map.of();
    }

    private static double number(Object value) {
        return value instanceof Number number ? number.doubleValue() : Double.NaN;
    }

    private String recall() {
        Map<String, Object> figures = journal.result(Step.EVALUATE);
        if (figures.isEmpty()) {
            return "";
        }
        StringBuilder html = new StringBuilder(
                "<table><tr><th>reads</th><th>label</th><th class='n'>reads</th><th class='n'>recall, parent</th>"
                        + "<th class='n'>recall, new</th><th class='n'>called right, parent</th><th class='n'>called right, new</th></tr>");
        for (String set : new String[] {"heldOut", "suite"}) {
            fields(figures.get(set)).forEach((label, value) -> {
                Map<?, ?> row = fields(value);
                html.append(String.format(
                        Locale.ROOT,
                        "<tr><td>%s</td><td>%s</td><td class='n'>%s</td><td class='n'>%.3f</td><td class='n'>%.3f</td><td class='n'>%.3f</td><td class='n'>%.3f</td></tr>",
                        set.equals("suite") ? "fixed suite" : "held out",
                        HtmlPage.escape(String.valueOf(label)),
                        row.get("reads"),
                        number(row.get("recallBefore")),
                        number(row.get("recallAfter")),
                        number(row.get("calledRightBefore")),
                        number(row.get("calledRightAfter"))));
            });
        }
        html.append("</table>");
        if (figures.get("unknownReads") != null) {
            html.append(String.format(
                    Locale.ROOT,
                    "<p class='note'>Of %s reads of unknown organisms the parent calls %.1f %%, the new model %.1f %%.</p>",
                    figures.get("unknownReads"),
                    100 * number(figures.get("unknownCalledBefore")),
                    100 * number(figures.get("unknownCalledAfter"))));
        }
        return html.toString();
    }

    private String windows() {
        Map<?, ?> before = fields(journal.result(Step.WATCH).get("before"));
        Map<?, ?> after = fields(journal.result(Step.WATCH).get("after"));
        if (after.isEmpty()) {
            return "";
        }
        Map<String, double[]> shares = new LinkedHashMap<>();
        shares.put(
                "(uncalled)", new double[] {part(before, before.get("uncalled")), part(after, after.get("uncalled"))});
        List<Object> labels = new ArrayList<>(fields(before.get("byLabel")).keySet());
        fields(after.get("byLabel")).keySet().stream()
                .filter(label -> !labels.contains(label))
                .forEach(labels::add);
        labels.forEach(label -> shares.put(String.valueOf(label), new double[] {
            part(before, fields(before.get("byLabel")).get(label)),
            part(after, fields(after.get("byLabel")).get(label))
        }));
        StringBuilder html = new StringBuilder(String.format(
                Locale.ROOT,
                "<table><tr><th>label</th><th class='n'>of %s before</th><th class='n'>of %s after</th></tr>",
                before.get("reads"),
                after.get("reads")));
        shares.forEach((label, pair) -> html.append(String.format(
                Locale.ROOT,
                "<tr><td>%s</td><td class='n'>%.1f %%</td><td class='n'>%.1f %%</td></tr>",
                HtmlPage.escape(label),
                100 * pair[0],
                100 * pair[1])));
        return html.append("</table>").toString();
    }

    private static double part(Map<?, ?> window, Object count) {
        double reads = number(window.get("reads"));
        return count == null || !(reads > 0) ? 0 : number(count) / reads;
    }

    private String data() {
        Map<String, Object> split = journal.result(Step.SPLIT);
        if (split.isEmpty()) {
            return "";
        }
        StringBuilder html = new StringBuilder(
                "<table><tr><th>label</th><th class='n'>trained on</th><th class='n'>held out</th></tr>");
        Map<?, ?> train = fields(split.get("trainByLabel"));
        Map<?, ?> heldOut = fields(split.get("heldOutByLabel"));
        train.forEach((label, reads) -> html.append(String.format(
                Locale.ROOT,
                "<tr><td>%s</td><td class='n'>%s</td><td class='n'>%s</td></tr>",
                HtmlPage.escape(String.valueOf(label)),
                reads,
                heldOut.get(label) == null ? "0" : heldOut.get(label))));
        return html.append(String.format(
                        Locale.ROOT,
                        "</table><p class='note'>%s reads of the corpus, %s replayed; %s. New labels: %s. The ledger has %s hashes.</p>",
                        split.get("reads"),
                        split.get("replayed"),
                        HtmlPage.escape(String.valueOf(split.get("parts"))),
                        HtmlPage.escape(String.valueOf(split.get("newLabels"))),
                        split.get("ledger")))
                .toString();
    }

    private static String curves(Path run) throws IOException {
        Path metrics = run.resolve("metrics.csv");
        return Files.exists(metrics) && Files.readAllLines(metrics).size() > 1 ? TrainingReport.curves(metrics) : "";
    }
}
