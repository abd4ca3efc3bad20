package io.kmerflow.pretraining.study;

import com.fasterxml.jackson.databind.JsonNode;
import io.kmerflow.pretraining.report.HtmlPage;
import io.kmerflow.pretraining.report.Svg;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** The report: one page that loads nothing, every sentence and plot made from the results. */
final class StudyReport {
    private static final String NONE = "-";

    private final StudyResults results;
    private final List<UnitResult> firstSeed;
    private final HtmlPage page = new HtmlPage("Study of masking arms");

    private StudyReport(StudyResults results) {
        this.results = results;
        long seed = results.settings().at("/seeds/0").asLong();
        firstSeed = results.units().stream().filter(unit -> unit.seed() == seed).toList();
    }

    static String of(StudyResults results) {
        return new StudyReport(results).write();
    }

    private String write() {
        JsonNode settings = results.settings();
        page.paragraph(String.format(
                        Locale.ROOT,
                        "Commit %s; %d arms, seeds %s, %d pretraining steps each. All arms have the same encoder and, with one",
                        results.madeBy().commit(),
                        settings.get("arms").size(),
                        settings.get("seeds"),
                        settings.at("/pretraining/steps").asLong())
                + " seed, see the same pieces in the same order. The contrast is stated in the settings before anything is run:"
                + " every arm against the first.");
        page.heading(2, "What reproduces at this scale, and what does not");
        observations();
        contrasts();
        scores();
        losses();
        hidden();
        embeddings();
        attention();
        page.heading(2, "Settings").folded("as run", () -> page.lines(settings.toPrettyString()));
        return page.text();
    }

    private static String number(String format, double value) {
        return String.format(Locale.ROOT, format, value);
    }

    /** RandomMask's three observations, each with its figures and a verdict that follows from them. */
    private void observations() {
        Observations all = results.observations();
        page.markup("<ol>\n");
        item("Overlapping tokens are better input for fine-tuning: " + overlappingInput(all.overlappingInput()));
        item("With overlapping tokens k-mer embeddings soon are clear and the loss is low: "
                + overlappingTokens(all.overlappingTokens()));
        item("They narrow the attention of the layers in between: " + attentionAgainstScores(all.attention()));
        page.markup("</ol>\n");
    }

    private void item(String markup) {
        page.markup("<li>" + markup + "</li>\n");
    }

    private static String overlappingInput(Observations.OverlappingInput found) {
        if (found.contrasts() == 0) {
            return "not looked at, as no arm is fine-tuned with both.";
        }
        int higher = found.higherOverSeedsToo();
        String verdict = higher == found.contrasts() ? "reproduces" : higher > 0 ? "reproduces in part" : "not shown";
        return String.format(
                Locale.ROOT,
                "<b>%s</b>. Of %d contrasts (weights and sets) %d are higher and %d lower over test rows, %d and %d over"
                        + " seeds as well.",
                verdict,
                found.contrasts(),
                found.higher(),
                found.lower(),
                higher,
                found.lowerOverSeedsToo());
    }

    private static String overlappingTokens(List<Observations.ArmTokens> arms) {
        return arms.stream()
                .map(arm -> String.format(
                        Locale.ROOT,
                        "%s (stride %d): loss %.3f to %.3f nats, %.1f %% of neighbours alike, by chance %.1f %%",
                        HtmlPage.escape(arm.arm()),
                        arm.tokenStride(),
                        arm.firstLoss(),
                        arm.lastLoss(),
                        100 * arm.agreement(),
                        100 * arm.chance()))
                .collect(Collectors.joining("; ", "one value per arm, no verdict. ", "."));
    }

    private static String attentionAgainstScores(Observations.AttentionRanks found) {
        if (found.rankCorrelationWithMcc() == null) {
            return String.format(Locale.ROOT, "not looked at, as %d encoders are too few.", found.encoders());
        }
        boolean inBetween = found.rankCorrelationWithMcc().stream().anyMatch(Observations.LayerRanks::inBetween);
        String texts = found.rankCorrelationWithMcc().stream()
                .map(layer -> String.format(
                        Locale.ROOT,
                        "layer %d: entropy %s, top key %s, special tokens %s",
                        layer.layer(),
                        rank(layer.entropyShare()),
                        rank(layer.topKeyShare()),
                        rank(layer.specialShare())))
                .collect(Collectors.joining("; "));
        return String.format(
                Locale.ROOT,
                "%s Spearman's rank correlation of the attention at the end with the mean fine-tuned MCC, over %d pretrained"
                        + " encoders of overlapping tokens: %s. From &#177;%.2f on it is notable (5 %%, for one look).",
                inBetween
                        ? "description, no verdict."
                        : "<b>cannot be tested</b>, as this encoder has no layer between its first and its last.",
                found.encoders(),
                texts,
                found.notable());
    }

    private static String rank(Double value) {
        return value == null ? "all alike" : number("%+.2f", value);
    }

    private void contrasts() {
        List<List<String>> rows = new ArrayList<>();
        for (Contrast contrast : results.contrasts()) {
            rows.add(List.of(
                    contrast.set(),
                    contrast.how().words(),
                    contrast.arm(),
                    contrast.against(),
                    verdict(contrast),
                    number("%+.3f", contrast.difference()),
                    interval(contrast.low(), contrast.high()),
                    number("%.3f", contrast.detectable()),
                    contrast.seeds() == null
                            ? "one seed"
                            : interval(contrast.seeds().low(), contrast.seeds().high()),
                    contrast.bySeed().stream()
                            .map(difference -> number("%+.3f", difference))
                            .collect(Collectors.joining(", "))));
        }
        page.heading(3, "Every contrast")
                .table(
                        List.of(
                                "set",
                                "how",
                                "arm",
                                "against",
                                "verdict",
                                "MCC",
                                "rows",
                                "detectable",
                                "seeds",
                                "each seed"),
                        rows)
                .paragraph(
                        "MCC: mean over the seeds of the difference. Rows: 95 % interval of 1,000 paired bootstrap draws of test rows, for these"
                                + " very weights; a difference as large as 'detectable' would have been seen in four of five such test sets. Seeds:"
                                + " 95 % interval of the mean over pretraining seeds, by Student's t. A verdict of higher or lower needs both"
                                + " intervals on one side of 0. No correction is made for looking at several contrasts.");
        List<String> oneClass = results.contrasts().stream()
                .filter(contrast -> contrast.oneClass() != null)
                .flatMap(contrast -> contrast.oneClass().stream()
                        .map(run -> contrast.set() + ", " + contrast.how().words() + ": " + run))
                .distinct()
                .toList();
        if (!oneClass.isEmpty()) {
            page.paragraph(
                    "Runs that gave every test row the same class, so that they learned nothing of the set and their MCC is 0"
                            + " by definition; a contrast with one of them says nothing about the arms: "
                            + String.join("; ", oneClass) + ".");
        }
    }

    private static String verdict(Contrast contrast) {
        if (contrast.oneClass() != null) {
            return "one class for every row";
        }
        int rows = contrast.side();
        if (rows == 0) {
            return "no difference detectable";
        }
        String direction = rows > 0 ? "higher" : "lower";
        return contrast.sideOverSeedsToo() == rows ? direction : direction + " with these weights only";
    }

    private static String interval(double low, double high) {
        return String.format(Locale.ROOT, "%+.3f to %+.3f", low, high);
    }

    private void scores() {
        List<List<String>> rows = new ArrayList<>();
        for (UnitResult unit : results.units()) {
            for (Score score : unit.scores()) {
                rows.add(List.of(
                        unit.arm(),
                        Long.toString(unit.seed()),
                        score.set(),
                        score.how().words(),
                        Integer.toString(score.stride()),
                        number("%.3f", score.mcc()) + (score.callsOneClass() ? " (one class)" : ""),
                        unit.pretrained() ? number("%.0f", unit.pretrainingSeconds()) : NONE,
                        unit.pretrained() ? String.format(Locale.ROOT, "%,d", unit.tokens()) : NONE));
            }
        }
        page.heading(2, "Downstream scores (MCC on the whole test split)")
                .folded(
                        "every arm, seed and set",
                        () -> page.table(
                                List.of("arm", "seed", "set", "how", "token stride", "MCC", "pretraining, s", "tokens"),
                                rows));
    }

    private void losses() {
        Map<String, List<double[]>> lines = new LinkedHashMap<>();
        for (UnitResult unit : firstSeed) {
            if (unit.pretrained()) {
                lines.put(
                        unit.arm(),
                        unit.losses().stream()
                                .map(point -> new double[] {point.step(), point.loss()})
                                .toList());
            }
        }
        page.heading(2, "Training loss")
                .key(List.copyOf(lines.keySet()))
                .charts(List.of(Svg.lines("Loss of the masked tokens", "step", "nats", lines)))
                .paragraph(
                        "Losses of different widths and strides are not comparable. Once an encoder of overlapping 6-mers uses its"
                                + " neighbours, its loss lies below 2.01 nats (6 tokens), 3.70 (8), 4.74 (10), 5.41 (12) and 5.89 (14).");
        lines.forEach((arm, line) -> {
            double last = line.get(line.size() - 1)[1];
            page.paragraph(String.format(
                    Locale.ROOT, "%s ends at %.3f nats, %.3f below its start.", arm, last, line.get(0)[1] - last));
        });
    }

    private void hidden() {
        List<List<String>> rows = new ArrayList<>();
        firstSeed.forEach(unit -> rows.add(hiddenRow(unit.arm(), unit.hidden())));
        results.controls().hidden().forEach((name, scores) -> rows.add(hiddenRow(name, scores)));
        page.heading(2, "Hidden bases under stored masks")
                .paragraph(
                        "Nats per base / accuracy over the bases that no unmasked token reveals; token probabilities summed to bases,"
                                + " mean over the tokens that cover it. ln 4 = 1.386. In the last column, nats per k-mer of the next k-mer, which"
                                + " nothing visible overlaps. Non-overlapping arms see fewer of the neighbouring bases: a lower bound."
                                + " Repeat: the 24-mer around the base occurs more than once in the genomes.")
                .table(
                        List.of(
                                "arm or control",
                                "m = 6",
                                "m = 10",
                                "m = 14",
                                "m = 20",
                                "m = 14 unique",
                                "m = 14 repeat",
                                "next k-mer"),
                        rows);
    }

    private static List<String> hiddenRow(String name, HiddenScores hidden) {
        List<String> cells = new ArrayList<>(List.of(name));
        for (int width : StudyConfig.MASK_WIDTHS) {
            cells.add(base(hidden.at(width).all()));
        }
        cells.add(base(hidden.at(14).unique()));
        cells.add(base(hidden.at(14).repeat()));
        cells.add(number("%.3f", hidden.nextKmer().loss()));
        return cells;
    }

    private static String base(BaseScores.Part part) {
        return part.bases() == 0 ? "none" : String.format(Locale.ROOT, "%.3f / %.3f", part.loss(), part.accuracy());
    }

    private void embeddings() {
        page.heading(2, "K-mer embeddings, coloured by the two middle bases");
        for (UnitResult unit : firstSeed) {
            KmerMap map = unit.embeddings();
            page.paragraph(String.format(
                            Locale.ROOT,
                            "%s: of a k-mer's 10 nearest, %.1f %% share its two middle bases (by chance %.1f %%).",
                            unit.arm(),
                            100 * map.agreement(),
                            100 * map.chance()))
                    .charts(List.of(
                            Svg.points(unit.arm() + ", PCA", points(map.pca())),
                            Svg.points(unit.arm() + ", t-SNE", points(map.tsne()))));
        }
    }

    private static List<double[]> points(List<KmerMap.Place> places) {
        return places.stream()
                .map(place -> new double[] {place.x(), place.y(), place.middle()})
                .toList();
    }

    private void attention() {
        List<List<String>> rows = new ArrayList<>();
        for (UnitResult unit : firstSeed) {
            double score = unit.finetunedMcc();
            String mcc = Double.isNaN(score) ? NONE : number("%.3f", score);
            for (UnitResult.AttentionAt at : unit.attention()) {
                for (AttentionShape layer : at.layers()) {
                    rows.add(List.of(
                            unit.arm(),
                            Long.toString(at.step()),
                            Integer.toString(layer.layer()),
                            number("%.3f", layer.entropyShare()),
                            number("%.3f", layer.topKeyShare()),
                            number("%.3f", layer.specialShare()),
                            mcc));
                }
            }
        }
        page.heading(2, "Attention at the stage borders")
                .paragraph(
                        "Entropy as a share of that of even attention, largest share of one key, share of [CLS] and [SEP] together,"
                                + " beside the mean fine-tuned MCC of the finished arm. With one value per arm this is description, not evidence;"
                                + " rank correlations over all encoders stand at the top.")
                .folded(
                        "every arm, border and layer, first seed",
                        () -> page.table(
                                List.of("arm", "step", "layer", "entropy", "top key", "special", "MCC"), rows));
    }
}
