package io.kmerflow.cli.serving;

import io.kmerflow.bundle.ModelBundle;
import io.kmerflow.contract.ModelContract;
import io.kmerflow.files.JobSummary;
import io.kmerflow.files.original.ReadGroup;
import io.kmerflow.files.original.ReadStatistics;
import io.kmerflow.files.original.ReadYield;
import io.kmerflow.pretraining.report.HtmlPage;
import io.kmerflow.pretraining.report.Svg;
import io.kmerflow.sequence.LengthHistogram;
import io.kmerflow.sequence.PrintableText;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** One self-contained page about a run: no script, nothing loaded from anywhere. */
final class HtmlReport {
    private static final int THROUGHPUT_POINTS = 60;
    private static final int FREQUENT_CALLS = 3;
    private static final String WIDE = "<section class='wide'>";

    /**
     * How far the run was.
     *
     * @param since start of the job
     * @param reads annotated so far
     * @param bases of those
     */
    record Sample(Duration since, long reads, long bases) {}

    private final String command;
    private final ModelBundle model;
    private final JobSummary summary;
    private final ReadStatistics statistics;
    private final List<Sample> throughput;

    HtmlReport(
            String command, ModelBundle model, JobSummary summary, ReadStatistics statistics, List<Sample> throughput) {
        this.command = command;
        this.model = model;
        this.summary = summary;
        this.statistics = statistics;
        this.throughput = throughput;
    }

    /** The page as text. */
    String page() {
        double seconds = Math.max(1e-3, summary.total().toMillis() / 1e3);
        HtmlPage page = new HtmlPage("kmerflow annotate")
                .paragraph(String.format(
                        Locale.ROOT,
                        "%,d reads, %,d bases, %,d dead letters in %.1f s: %,.0f reads/s, %,.0f bases/s",
                        summary.reads(),
                        summary.bases(),
                        summary.deadLetters(),
                        seconds,
                        summary.reads() / seconds,
                        summary.bases() / seconds))
                .markup(String.format(
                        Locale.ROOT,
                        "<p class='note'>Model %s %s, <code>%s</code><br>%s<br>Command <code>kmerflow %s</code></p><div class='grid'>",
                        HtmlPage.escape(model.name()),
                        HtmlPage.escape(model.version()),
                        model.digest(),
                        HtmlPage.escape(ModelScope.sentence(model)),
                        HtmlPage.escape(command)));
        section(page, "Yield", sequenced());
        section(page, "Calls", calls());
        section(page, "Scores of the best label", scores());
        section(page, "Read lengths", lengths());
        section(page, "Mean read qualities", qualities());
        section(page, "Throughput", throughputChart());
        section(page, "Dead letters", deadLetters());
        groups(page);
        return page.markup("</div>").text();
    }

    private static void section(HtmlPage page, String title, String body) {
        section(page, "<section>", title, body);
    }

    private static void section(HtmlPage page, String tag, String title, String body) {
        page.markup(tag).heading(2, title).markup(body).markup("</section>");
    }

    private String sequenced() {
        ReadYield all = statistics.all();
        StringBuilder html = new StringBuilder("<table>");
        figure(html, "reads in the input", String.format(Locale.ROOT, "%,d", all.reads()));
        figure(html, "yield", String.format(Locale.ROOT, "%,d bases", all.bases()));
        figure(
                html,
                "N50",
                String.format(Locale.ROOT, "%,d bases", all.lengths().n50()));
        figure(html, "bases of quality 20 or more", percent(all.shareOfQ20()));
        figure(html, "bases of quality 30 or more", percent(all.shareOfQ30()));
        return html.append("</table>").toString();
    }

    private static void figure(StringBuilder html, String name, String value) {
        html.append(String.format(Locale.ROOT, "<tr><th>%s</th><td class='n'>%s</td></tr>", name, value));
    }

    private static String percent(double share) {
        return Double.isNaN(share) ? "-" : String.format(Locale.ROOT, "%.1f %%", 100 * share);
    }

    /** A table of samples and one of barcodes, where reads have them. */
    private void groups(HtmlPage page) {
        Map<String, ReadYield> samples = new LinkedHashMap<>();
        Map<String, ReadYield> barcodes = new LinkedHashMap<>();
        boolean severalSamples = statistics.groups().keySet().stream()
                        .map(ReadGroup::sample)
                        .distinct()
                        .count()
                > 1;
        statistics.groups().forEach((group, reads) -> {
            String sample = group.sample() == null ? "(no sample)" : group.sample();
            String barcode = group.barcode() == null ? "(no barcode)" : group.barcode();
            samples.computeIfAbsent(sample, key -> new ReadYield()).addAll(reads);
            barcodes.computeIfAbsent(severalSamples ? sample + ", " + barcode : barcode, key -> new ReadYield())
                    .addAll(reads);
        });
        if (statistics.groups().keySet().stream().anyMatch(group -> group.sample() != null)) {
            section(page, WIDE, "Samples", groupTable("sample", samples));
        }
        if (statistics.groups().keySet().stream().anyMatch(group -> group.barcode() != null)) {
            section(page, WIDE, "Barcodes", groupTable("barcode", barcodes));
        }
    }

    private String groupTable(String name, Map<String, ReadYield> groups) {
        StringBuilder html = new StringBuilder("<table class='figures'><tr><th>")
                .append(name)
                .append(
                        "</th><th>reads</th><th>share</th><th>yield, bases</th><th>N50, bases</th><th>Q20</th><th>Q30</th>")
                .append("<th>called</th><th class='text'>most frequent calls</th></tr>");
        groups.forEach((group, reads) -> html.append(String.format(
                Locale.ROOT,
                "<tr><td>%s</td><td>%,d</td><td>%s</td><td>%,d</td><td>%,d</td><td>%s</td><td>%s</td><td>%s</td><td class='text'>%s</td></tr>",
                HtmlPage.escape(PrintableText.escape(group)),
                reads.reads(),
                percent((double) reads.reads() / Math.max(1, summary.reads())),
                reads.bases(),
                reads.lengths().n50(),
                percent(reads.shareOfQ20()),
                percent(reads.shareOfQ30()),
                percent((double) reads.readsByLabel().values().stream()
                                .mapToLong(Long::longValue)
                                .sum()
                        / reads.reads()),
                HtmlPage.escape(frequentCalls(reads)))));
        return html.append("</table><p class='note'>Q20, Q30: share of bases of at least that Phred quality.</p>")
                .toString();
    }

    private static String frequentCalls(ReadYield group) {
        return group.readsByLabel().entrySet().stream()
                .sorted(Map.Entry.<String, Long>comparingByValue().reversed())
                .limit(FREQUENT_CALLS)
                .map(call -> call.getKey() + " " + percent((double) call.getValue() / group.reads()))
                .collect(Collectors.joining(", "));
    }

    private String calls() {
        Map<String, Long> rows = new TreeMap<>(summary.readsByLabel());
        StringBuilder html =
                new StringBuilder("<table><tr><th>label</th><th class='n'>reads</th><th class='n'>share</th></tr>");
        rows.forEach((label, reads) -> row(html, label, reads, summary.reads()));
        summary.readsWithoutCall().forEach((group, reads) -> row(html, "(" + group + ")", reads, summary.reads()));
        return html.append("</table>").toString();
    }

    private static void row(StringBuilder html, String name, long reads, long all) {
        double share = 100.0 * reads / Math.max(1, all);
        html.append(String.format(
                Locale.ROOT,
                "<tr><td>%s</td><td class='n'>%,d</td><td class='n' style='background:linear-gradient(to left,var(--share)"
                        + " %.1f%%,transparent 0)'>%.1f %%</td></tr>",
                HtmlPage.escape(name),
                reads,
                share,
                share));
    }

    private String scores() {
        long[] all = new long[ReadStatistics.SCORE_BINS];
        statistics.scores().values().forEach(bins -> {
            for (int bin = 0; bin < all.length; bin++) {
                all[bin] += bins[bin];
            }
        });
        List<String> names = new ArrayList<>();
        List<Long> values = new ArrayList<>();
        for (int bin = 0; bin < all.length; bin++) {
            names.add(String.format(Locale.ROOT, "%.2f", (double) bin / all.length));
            values.add(all[bin]);
        }
        return Svg.bars(names, values, "probability after temperature, reads per bin of 0.05")
                + String.format(
                        Locale.ROOT,
                        "<p class='note'>Minimum score of a call: %.3f%s</p>",
                        model.contract().threshold(),
                        longReads(model.contract()));
    }

    private static String longReads(ModelContract contract) {
        if (contract.longReadThreshold() == null) {
            return "";
        }
        String ofLabels = contract.labels().stream()
                .filter(label -> label.longReadThreshold() != null)
                .map(label ->
                        String.format(Locale.ROOT, "%s %.3f", HtmlPage.escape(label.name()), label.longReadThreshold()))
                .collect(Collectors.joining(", "));
        return String.format(
                Locale.ROOT,
                "; of reads of %d bases or more %.3f%s",
                contract.windowStrideBases() * ModelContract.LONG_READ_WINDOWS,
                contract.longReadThreshold(),
                ofLabels.isEmpty() ? "" : " (" + ofLabels + ")");
    }

    private String lengths() {
        return histogram(
                statistics.all().lengths().reads(), true, "read length in bases, a bin is a quarter of an octave");
    }

    private String qualities() {
        if (statistics.withQualities() == 0) {
            return "<p class='note'>The input has no qualities.</p>";
        }
        return histogram(statistics.qualities(), false, "Phred quality of the mean error probability, reads per unit");
    }

    private static String histogram(long[] bins, boolean lengths, String axis) {
        int first = 0;
        int last = bins.length - 1;
        while (first < last && bins[first] == 0) {
            first++;
        }
        while (last > first && bins[last] == 0) {
            last--;
        }
        List<String> names = new ArrayList<>();
        List<Long> values = new ArrayList<>();
        for (int bin = first; bin <= last; bin++) {
            names.add(Integer.toString(lengths ? LengthHistogram.lengthOfBin(bin) : bin));
            values.add(bins[bin]);
        }
        return Svg.bars(names, values, axis);
    }

    private String throughputChart() {
        List<double[]> rates = new ArrayList<>();
        Sample before = new Sample(Duration.ZERO, 0, 0);
        double least = summary.total().toNanos() / 1e9 / THROUGHPUT_POINTS;
        for (Sample sample : throughput) {
            double passed = (sample.since().toNanos() - before.since().toNanos()) / 1e9;
            boolean last = sample == throughput.get(throughput.size() - 1);
            if (passed >= least || last && passed > 0) {
                rates.add(new double[] {sample.since().toNanos() / 1e9, (sample.reads() - before.reads()) / passed});
                before = sample;
            }
        }
        return Svg.timeLine(rates, "seconds since the start, reads per second");
    }

    private String deadLetters() {
        if (summary.deadLetters() == 0) {
            return "<p class='note'>None.</p>";
        }
        StringBuilder html = new StringBuilder("<table><tr><th>reason</th><th class='n'>count</th></tr>");
        summary.deadLettersByReason()
                .forEach((reason, count) -> html.append(String.format(
                        Locale.ROOT, "<tr><td>%s</td><td class='n'>%,d</td></tr>", HtmlPage.escape(reason), count)));
        return html.append("</table>").toString();
    }
}
