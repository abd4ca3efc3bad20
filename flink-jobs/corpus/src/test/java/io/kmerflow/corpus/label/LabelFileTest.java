package io.kmerflow.corpus.label;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kmerflow.schema.DeadLetter;
import io.kmerflow.schema.ReadLabel;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LabelFileTest {
    private static final Instant NOON = Instant.parse("2026-11-27T12:00:00Z");

    @TempDir
    Path folder;

    private final List<ReadLabel> labels = new ArrayList<>();
    private final List<DeadLetter> deadLetters = new ArrayList<>();

    private static LabelSettings settings(String runId, ReferenceLabels references, int minMappingQuality) {
        return new LabelSettings("curator", runId, references, minMappingQuality, false, 7, NOON);
    }

    private LabelFile.Counts read(String name, String text, LabelSettings settings) throws IOException {
        return read(Files.writeString(folder.resolve(name), text), settings);
    }

    private LabelFile.Counts read(Path file, LabelSettings settings) throws IOException {
        return new LabelFile(file.toString(), LabelFormat.of(file.toString()), settings)
                .read(labels::add, deadLetters::add);
    }

    private static ReadLabel label(String run, String read, int mate, String name) {
        return ReadLabel.newBuilder()
                .setRunId(run)
                .setReadId(read)
                .setMate(mate)
                .setLabel(name)
                .setSource("curator")
                .setRevision(7)
                .setLabelledTime(NOON)
                .build();
    }

    @Test
    void tableGivesLabelsWithWhatItsColumnsSay() throws IOException {
        LabelFile.Counts counts = read("labels.tsv", """
                Read_ID\tlabel\trun_id\tmate\tontology_id\tsource\trevision\tconfidence
                r1\tEscherichia coli\trun\t1\tNCBITaxon:562\tblast 2.16\t3\t0.25

                r2\tHomo sapiens\t\t\t\t\t\t
                """, settings("other", null, 0));

        ReadLabel first = label("run", "r1", 1, "Escherichia coli");
        first.setOntologyId("NCBITaxon:562");
        first.setSource("blast 2.16");
        first.setRevision(3);
        first.setConfidence(0.25f);
        assertThat(labels).containsExactly(first, label("other", "r2", 0, "Homo sapiens"));
        assertThat(counts).isEqualTo(new LabelFile.Counts(2, 0, 0, Map.of()));
    }

    @Test
    void badLinesOfATableBecomeDeadLettersWithPlaceAndReason() throws IOException {
        LabelFile.Counts counts = read("labels.tsv", """
                read_id\tlabel\tmate\tconfidence\trevision
                r1\tE. coli
                \tE. coli\t0\t\t
                r3\t\t0\t\t
                r4\tE. coli\t3\t\t
                r5\tE. coli\t0\t1.5\t
                r6\tE. coli\t0\tNaN\t
                r7\tE. coli\t0\t\tx
                r8\tE.\u0007coli\t0\t\t
                r9\tE. coli\t0\t\t
                """, settings("run", null, 0));

        assertThat(labels).containsExactly(label("run", "r9", 0, "E. coli"));
        assertThat(counts.deadLetters()).isEqualTo(8);
        assertThat(deadLetters)
                .extracting(DeadLetter::getReason)
                .containsExactly(
                        "MALFORMED_RECORD",
                        "MISSING_FIELD",
                        "MISSING_FIELD",
                        "BAD_VALUE",
                        "BAD_VALUE",
                        "BAD_VALUE",
                        "BAD_VALUE",
                        "BAD_VALUE");
        assertThat(deadLetters).extracting(DeadLetter::getLine).containsExactly(2L, 3L, 4L, 5L, 6L, 7L, 8L, 9L);
        assertThat(deadLetters).extracting(DeadLetter::getDeadLetterId).doesNotHaveDuplicates();
        assertThat(deadLetters.get(0).getMessage()).isEqualTo("Expected 5 columns, as the header has, got 2");
        assertThat(deadLetters.get(3).getMessage()).isEqualTo("Expected 0 to 2 as mate, got '3'");
        assertThat(deadLetters.get(4).getMessage()).isEqualTo("Expected 0 to 1 as confidence, got '1.5'");
    }

    @Test
    void readWithoutARunIsADeadLetterUnlessItsNameTellsIt() throws IOException {
        read(
                "labels.tsv",
                "read_id\tlabel\nplain\tE. coli\nA00123:8:HXYZ:1:1101:1000:2000\tE. coli\n",
                settings(null, null, 0));

        assertThat(labels).extracting(ReadLabel::getRunId).containsExactly("A00123:8:HXYZ");
        assertThat(deadLetters).extracting(DeadLetter::getReason).containsExactly("MISSING_FIELD");
        assertThat(deadLetters.get(0).getMessage()).contains("Expected a run for read 'plain'", "--run-id");
    }

    @Test
    void tableWithoutItsColumnsIsRefusedAsAWhole() {
        assertThatThrownBy(() -> read("labels.tsv", "read\tlabel\nr1\tE. coli\n", settings("run", null, 0)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        "Expected a header with read_id and label, separated by tabs, each column once, got 'read label'");
    }

    @Test
    void jsonLinesGiveLabels() throws IOException {
        read("labels.jsonl", """
                {"readId":"r1","runId":"run","mate":2,"label":"E. coli","confidence":0.5,"note":"x"}
                {"readId":"r2"
                ["r3"]
                {"read_id":"r4","label":"E. coli","ontologyId":null}
                """, settings("run", null, 0));

        ReadLabel first = label("run", "r1", 2, "E. coli");
        first.setConfidence(0.5f);
        assertThat(labels).containsExactly(first, label("run", "r4", 0, "E. coli"));
        assertThat(deadLetters)
                .extracting(DeadLetter::getReason)
                .containsExactly("MALFORMED_RECORD", "MALFORMED_RECORD");
    }

    @Test
    void jsonValuesThatAreNoTextsOrComeTwiceAreDeadLetters() throws IOException {
        read("labels.jsonl", """
                {"readId":"r1","label":["E. coli"]}
                {"readId":"r2","label":true}
                {"readId":"r3","label":"E. coli","label":"Homo sapiens"}
                {"readId":"r4","read_id":"r5","label":"E. coli"}
                {"readId":"r6","label":"E. coli"} {"readId":"r7","label":"Homo sapiens"}
                {"readId":8,"label":"E. coli","note":{"by":"x"}}
                """, settings("run", null, 0));

        assertThat(labels).containsExactly(label("run", "8", 0, "E. coli"));
        assertThat(deadLetters)
                .extracting(DeadLetter::getReason)
                .containsExactly("BAD_VALUE", "BAD_VALUE", "MALFORMED_RECORD", "MALFORMED_RECORD", "MALFORMED_RECORD");
        assertThat(deadLetters.get(0).getMessage()).isEqualTo("Expected a text or a number as label, got array");
        assertThat(deadLetters.get(3).getMessage()).isEqualTo("Expected each field once, got readid in two spellings");
    }

    @Test
    void textThatIsNotUtf8IsADeadLetter() throws IOException {
        byte[] latin1 = "read_id\tlabel\nr1\tcaf\u00e9\nr2\tE. coli\n".getBytes(StandardCharsets.ISO_8859_1);
        read(Files.write(folder.resolve("labels.tsv"), latin1), settings("run", null, 0));

        assertThat(labels).extracting(ReadLabel::getReadId).containsExactly("r2");
        assertThat(deadLetters).extracting(DeadLetter::getReason).containsExactly("MALFORMED_RECORD");
        assertThat(deadLetters.get(0).getLine()).isEqualTo(2);
        assertThat(deadLetters.get(0).getMessage()).startsWith("Expected text in UTF-8, got ");
    }

    @Test
    void labelsThatReplaceAnotherOfTheirSourceAreCounted() throws IOException {
        LabelFile.Counts counts = read("labels.tsv", """
                read_id\tlabel\tsource\tmate
                r1\tE. coli\t\t
                r1\tE. coli\t\t
                r1\tHomo sapiens\t\t
                r1\tE. coli\tblast\t
                r1\tB. subtilis\t\t1
                """, settings("run", null, 0));

        assertThat(counts).isEqualTo(new LabelFile.Counts(5, 0, 1, Map.of()));
    }

    @Test
    void labelsInOtherScriptsWithByteOrderMarkAndWindowsLineEndsAreTaken() throws IOException {
        read("labels.tsv", "\uFEFFread_id\tlabel\r\nr1\t\u5927\u8178\u83cc\r\n", settings("run", null, 0));

        assertThat(labels).containsExactly(label("run", "r1", 0, "\u5927\u8178\u83cc"));
        assertThat(deadLetters).isEmpty();
    }

    private static String sam(String read, int flags, String reference, String quality) {
        return String.join("\t", read, "" + flags, reference, "1", quality, "4M", "*", "0", "0", "ACGT", "IIII") + "\n";
    }

    @Test
    void primaryAlignmentsOfEnoughQualityGiveTheLabelOfTheirReference() throws IOException {
        Path file = Files.writeString(
                folder.resolve("taxa.tsv"),
                "# reference and label\nchr1\tHomo sapiens\tNCBITaxon:9606\nU00096\tE. coli\n");
        LabelFile.Counts counts = read(
                "run.sam",
                "@HD\tVN:1.6\n@SQ\tSN:chr1\tLN:4\n"
                        + sam("r1", 0, "chr1", "30")
                        + sam("r1", 0x800, "U00096", "30")
                        + sam("r2", 0x100, "chr1", "30")
                        + sam("r3", 4, "*", "0")
                        + sam("r4", 0, "U00096", "9")
                        + sam("r5", 0x41, "U00096", "255")
                        + sam("r5", 0x81, "U00096", "10")
                        + sam("r6", 0, "decoy", "60")
                        + sam("r7", 0, "chr1", "256")
                        + "r8\t0\tchr1\n",
                settings("run", ReferenceLabels.read(file), 10));

        assertThat(labels).extracting(ReadLabel::getReadId).containsExactly("r1", "r5", "r5");
        assertThat(labels).extracting(ReadLabel::getMate).containsExactly(0, 1, 2);
        assertThat(labels).extracting(ReadLabel::getLabel).containsExactly("Homo sapiens", "E. coli", "E. coli");
        assertThat(labels).extracting(ReadLabel::getOntologyId).containsExactly("NCBITaxon:9606", null, null);
        assertThat(labels).extracting(ReadLabel::getConfidence).containsExactly(0.999f, null, 0.9f);
        assertThat(counts.passed())
                .isEqualTo(Map.of(
                        "not the primary alignment", 2L,
                        "not aligned", 1L,
                        "mapping quality below 10", 1L,
                        "reference without a label", 1L));
        assertThat(deadLetters).extracting(DeadLetter::getReason).containsExactly("BAD_VALUE", "MALFORMED_RECORD");
    }

    @Test
    void readsWithoutANameOrAReferenceGiveNoLabel() throws IOException {
        LabelFile.Counts ofSam = read("run.sam", sam("*", 0, "chr1", "30"), settings("run", null, 0));
        LabelFile.Counts ofPaf = read("run.paf", """
                r1\t100\t0\t0\t*\t*\t0\t0\t0\t0\t0\t0\trl:i:0
                """, settings("run", null, 0));

        assertThat(labels).isEmpty();
        assertThat(deadLetters).isEmpty();
        assertThat(ofSam.passed()).isEqualTo(Map.of("without a name", 1L));
        assertThat(ofPaf.passed()).isEqualTo(Map.of("not aligned", 1L));
    }

    private static String paf(String read, String reference, int matches, int quality, String tag) {
        return String.join(
                        "\t",
                        read,
                        "100",
                        "0",
                        "100",
                        "+",
                        reference,
                        "9",
                        "0",
                        "9",
                        "" + matches,
                        "100",
                        "" + quality,
                        tag)
                + "\n";
    }

    @Test
    void ofSeveralPrimaryLinesOfAReadTheOneWithMostMatchesCounts() throws IOException {
        LabelFile.Counts counts = read(
                "run.paf",
                paf("r1", "a", 10, 60, "tp:A:P")
                        + paf("r1", "b", 80, 60, "tp:A:P")
                        + paf("r1", "c", 90, 60, "tp:A:S")
                        + paf("r2", "a", 50, 60, "tp:A:P")
                        + "r3\t100\n"
                        + paf("r4", "b", 50, 0, "tp:A:P"),
                settings("run", null, 1));

        assertThat(labels).extracting(ReadLabel::getReadId).containsExactly("r1", "r2");
        assertThat(labels).extracting(ReadLabel::getLabel).containsExactly("b", "a");
        assertThat(counts.passed())
                .isEqualTo(Map.of(
                        "another part of a read", 1L, "not the primary alignment", 1L, "mapping quality below 1", 1L));
        assertThat(deadLetters).extracting(DeadLetter::getReason).containsExactly("MALFORMED_RECORD");
    }

    @Test
    void namesOfMatesAreCutWhereToldSo() throws IOException {
        LabelSettings mates = new LabelSettings("curator", "run", null, 0, true, 7, NOON);
        read("run.paf", paf("r1/1", "a", 9, 60, "") + paf("r1/2", "a", 9, 60, ""), mates);

        assertThat(labels)
                .containsExactlyInAnyOrderElementsOf(
                        withConfidence(List.of(label("run", "r1", 1, "a"), label("run", "r1", 2, "a"))));
    }

    @Test
    void mateOfANameCountsWhereAnAlignerKnowsOfNone() throws IOException {
        read("run.sam", sam("HWUSI-EAS100R:6:73:941:1973#0/1", 0, "chr1", "255"), settings("run", null, 0));

        assertThat(labels).extracting(ReadLabel::getReadId).containsExactly("HWUSI-EAS100R:6:73:941:1973#0");
        assertThat(labels).extracting(ReadLabel::getMate).containsExactly(1);
    }

    @Test
    void mateOfANameAndAnotherOfAColumnAreADeadLetter() throws IOException {
        LabelSettings mates = new LabelSettings("curator", "run", null, 0, true, 7, NOON);
        read("labels.tsv", "read_id\tlabel\tmate\nr1/1\tE. coli\t2\nr1/1\tE. coli\t0\n", mates);

        assertThat(labels).containsExactly(label("run", "r1", 1, "E. coli"));
        assertThat(deadLetters).extracting(DeadLetter::getReason).containsExactly("BAD_VALUE");
        assertThat(deadLetters.get(0).getMessage()).isEqualTo("Expected the mate of the name, 1, as mate, got '2'");
    }

    private static List<ReadLabel> withConfidence(List<ReadLabel> made) {
        made.forEach(one -> one.setConfidence(0.999999f));
        return made;
    }

    @Test
    void cutGzipIsADeadLetterBehindItsLabels() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(bytes)) {
            gzip.write("read_id\tlabel\nr1\tE. coli\n".getBytes(StandardCharsets.UTF_8));
        }
        byte[] cut = Arrays.copyOf(bytes.toByteArray(), bytes.size() - 6);
        LabelFile.Counts counts = read(Files.write(folder.resolve("labels.tsv.gz"), cut), settings("run", null, 0));

        assertThat(labels).extracting(ReadLabel::getReadId).containsExactly("r1");
        assertThat(counts.deadLetters()).isEqualTo(1);
        assertThat(deadLetters).extracting(DeadLetter::getReason).containsExactly("TRUNCATED_GZIP");
    }

    @Test
    void rejectsFilesOfReferencesThatSayNothingOrTwoThings() throws IOException {
        Path twice = Files.writeString(folder.resolve("twice.tsv"), "a\tx\na\ty\n");
        Path none = Files.writeString(folder.resolve("none.tsv"), "a\n");
        assertThatThrownBy(() -> ReferenceLabels.read(twice)).hasMessageContaining("in line 2 of " + twice);
        assertThatThrownBy(() -> ReferenceLabels.read(none)).hasMessageContaining("in line 1 of " + none);
        Path empty = Files.writeString(folder.resolve("empty.tsv"), "# reference and label\n");
        assertThatThrownBy(() -> ReferenceLabels.read(empty)).hasMessageContaining("got none in " + empty);
        Path latin1 = Files.write(folder.resolve("latin1.tsv"), "a\tcaf\u00e9\n".getBytes(StandardCharsets.ISO_8859_1));
        assertThatThrownBy(() -> ReferenceLabels.read(latin1)).hasMessageContaining("got other bytes in " + latin1);
        assertThatThrownBy(() -> ReferenceLabels.read(folder.resolve("absent")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("absent");
    }

    @Test
    void byteOrderMarkIsNoPartOfTheFirstReference() throws IOException {
        Path file = Files.writeString(folder.resolve("taxa.tsv"), "\uFEFFchr1\tHomo sapiens\r\n");
        read("run.sam", sam("r1", 0, "chr1", "30"), settings("run", ReferenceLabels.read(file), 0));

        assertThat(labels).extracting(ReadLabel::getLabel).containsExactly("Homo sapiens");
    }

    @Test
    void rejectsNamesThatTellNoFormat() {
        assertThat(LabelFormat.of("a/b.SAM.gz")).isEqualTo(LabelFormat.SAM);
        assertThatThrownBy(() -> LabelFormat.of("labels.csv"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("got labels.csv");
    }
}
