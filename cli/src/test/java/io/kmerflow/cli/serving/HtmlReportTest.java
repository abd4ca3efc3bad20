package io.kmerflow.cli.serving;

import static org.assertj.core.api.Assertions.assertThat;

import io.kmerflow.bundle.ModelBundle;
import io.kmerflow.cli.SourceTree;
import io.kmerflow.files.JobSummary;
import io.kmerflow.files.mates.MatePairs;
import io.kmerflow.files.original.OriginalRecord;
import io.kmerflow.files.original.ReadStatistics;
import io.kmerflow.files.write.CallLog;
import io.kmerflow.schema.AnnotationStatus;
import io.kmerflow.sequence.PhredQualities;
import io.kmerflow.sequence.file.SequenceItem;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;

class HtmlReportTest {
    private static final ModelBundle SPECIES = ModelBundle.read(SourceTree.ROOT.resolve("models/species-2.1"));
    private static final String ATTACK = "<script>alert(1)</script> & \"x\"";

    /** 4,000 reads in 2.5 s: 3,000 of one label, 600 of one that looks like HTML, 400 uncalled; 1,500 dead letters. */
    private String page(long reads) {
        return page(reads, new ReadStatistics());
    }

    private String page(long reads, ReadStatistics statistics) {
        JobSummary summary = new JobSummary(
                reads == 0 ? Map.of() : Map.of("scored", 3_600L, "uncalled", 300L, "other", 100L),
                reads == 0 ? Map.of() : Map.of("Homo sapiens", 3_000L, ATTACK, 600L),
                0,
                reads == 0 ? Map.of() : Map.of("MALFORMED", 1_500L),
                0,
                MatePairs.NONE,
                reads == 0 ? 0 : 1_234_567,
                0,
                0,
                0,
                0,
                Duration.ZERO,
                Duration.ofMillis(reads == 0 ? 0 : 2_500));
        List<HtmlReport.Sample> throughput = List.of(
                new HtmlReport.Sample(Duration.ofMillis(1_000), 1_000, 300_000),
                new HtmlReport.Sample(Duration.ofMillis(2_500), 4_000, 1_234_567));
        return new HtmlReport(
                        "annotate -i a" + ATTACK, SPECIES, summary, statistics, reads == 0 ? List.of() : throughput)
                .page();
    }

    @Test
    void countsSharesAndRatesAreThoseOfTheRun() {
        assertThat(page(4_000))
                .contains(
                        "<p>4,000 reads, 1,234,567 bases, 1,500 dead letters in 2.5 s: 1,600 reads/s, 493,827 bases/s</p>")
                .contains("<td>Homo sapiens</td><td class='n'>3,000</td>")
                .contains("75.0 %")
                .contains("<td>(uncalled)</td><td class='n'>300</td>")
                .contains("<td>(other)</td><td class='n'>100</td>")
                .contains("7.5 %")
                .contains("<td>MALFORMED</td><td class='n'>1,500</td>")
                .contains("Minimum score of a call: 0.490")
                .contains("The input has no qualities.")
                .contains("Model species 2.1, <code>" + SPECIES.digest() + "</code>")
                .contains("species 2.1 knows only Escherichia coli, ")
                .doesNotContain("(scored)");
    }

    /** Two reads for each call: 20 bases of that quality. */
    private static void sequence(ReadStatistics statistics, String sample, String barcode, String label, int quality) {
        SequenceItem.Parsed item = new SequenceItem.Parsed(
                null, "r", "A".repeat(20).getBytes(StandardCharsets.US_ASCII), PhredQualities.constant(quality, 20));
        CallLog.Entry call = new CallLog.Entry(
                "r",
                20,
                label == null ? AnnotationStatus.UNCALLED : AnnotationStatus.SCORED,
                label,
                0.9f,
                "id",
                sample,
                barcode);
        OriginalRecord record = new OriginalRecord(null, new byte[0], null, item, null, 0, false, call, null);
        statistics.accept(record, record);
    }

    @Test
    void samplesAndBarcodesHaveTheirYieldQualityAndCalls() {
        ReadStatistics statistics = new ReadStatistics();
        sequence(statistics, "s1", "barcode01", "Homo sapiens", 35);
        sequence(statistics, "s1", "barcode01", null, 10);
        sequence(statistics, "s1", "barcode02", ATTACK, 25);
        sequence(statistics, "s2", null, "Homo sapiens", 35);

        assertThat(page(80, statistics))
                .contains("<tr><th>yield</th><td class='n'>160 bases</td></tr>")
                .contains("<tr><th>N50</th><td class='n'>20 bases</td></tr>")
                .contains("<tr><th>bases of quality 20 or more</th><td class='n'>75.0 %</td></tr>")
                .contains("<tr><th>bases of quality 30 or more</th><td class='n'>50.0 %</td></tr>")
                .contains(
                        "<td>s1</td><td>6</td><td>0.2 %</td><td>120</td><td>20</td><td>66.7 %</td><td>33.3 %</td><td>66.7 %</td>"
                                + "<td class='text'>&lt;script&gt;alert(1)&lt;/script&gt; &amp; &quot;x&quot; 33.3 %, Homo sapiens 33.3 %</td>")
                .contains("<td>s1, barcode01</td><td>4</td>")
                .contains("<td>s1, barcode02</td><td>2</td>")
                .contains("<td>s2, (no barcode)</td><td>2</td>");
    }

    @Test
    void aRunWithoutSamplesAndBarcodesHasNoTablesOfThem() {
        ReadStatistics statistics = new ReadStatistics();
        sequence(statistics, null, null, "Homo sapiens", 35);

        assertThat(page(2, statistics)).doesNotContain("<h2>Samples</h2>", "<h2>Barcodes</h2>");
        sequence(statistics, null, "barcode01", "Homo sapiens", 35);
        assertThat(page(4, statistics))
                .contains("<h2>Barcodes</h2>", "<td>(no barcode)</td>", "<td>barcode01</td>")
                .doesNotContain("<h2>Samples</h2>");
    }

    @Test
    void namesWithoutEndShareOneLine() {
        ReadStatistics statistics = new ReadStatistics();
        for (int i = 0; i < 1_500; i++) {
            sequence(statistics, null, "barcode" + i, null, 35);
        }

        assertThat(statistics.groups()).hasSize(ReadStatistics.MAX_GROUPS + 1);
        assertThat(statistics.groups().get(ReadStatistics.FURTHER).reads()).isEqualTo(1_000);
    }

    @Test
    void namesAreTextAndNeverHtml() {
        assertThat(page(4_000)).doesNotContain("<script").contains("&lt;script&gt;alert(1)&lt;/script&gt; &amp; ");
    }

    @Test
    void aRunWithoutReadsHasAPageToo() {
        assertThat(page(0))
                .contains("<p>0 reads, 0 bases, 0 dead letters in 0.0 s: 0 reads/s, 0 bases/s</p>")
                .contains("<p class='note'>None.</p>")
                .doesNotContain("NaN", "Infinity");
    }

    @Test
    void thePageIsTheSameInEveryLocale() {
        Locale before = Locale.getDefault();
        try {
            String english = page(4_000);
            for (String tag : List.of("de-DE", "tr-TR", "hi-IN-u-nu-deva")) {
                Locale.setDefault(Locale.forLanguageTag(tag));
                assertThat(page(4_000)).as(tag).isEqualTo(english);
            }
        } finally {
            Locale.setDefault(before);
        }
    }
}
