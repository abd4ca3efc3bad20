package io.kmerflow.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import htsjdk.samtools.SAMFileHeader;
import htsjdk.samtools.SAMFileHeader.SortOrder;
import htsjdk.samtools.SAMFileWriter;
import htsjdk.samtools.SAMFileWriterFactory;
import htsjdk.samtools.SAMProgramRecord;
import htsjdk.samtools.SAMReadGroupRecord;
import htsjdk.samtools.SAMRecord;
import htsjdk.samtools.SAMSequenceRecord;
import htsjdk.samtools.SamReader;
import htsjdk.samtools.SamReaderFactory;
import htsjdk.samtools.ValidationStringency;
import htsjdk.samtools.util.SequenceUtil;
import io.kmerflow.files.fragment.FragmentCalls;
import io.kmerflow.files.mates.MatePairs;
import io.kmerflow.files.write.LabelStrands;
import io.kmerflow.files.write.RefusedOutputException;
import io.kmerflow.job.JobOptions;
import io.kmerflow.job.scoring.TestModel;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.runtime.testutils.MiniClusterResourceConfiguration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** SAM, BAM and CRAM in, BAM out: headers, mates, names and strands. */
class AlignmentOutputsITCase {
    @RegisterExtension
    static final MiniClusterExtension CLUSTER = new MiniClusterExtension(new MiniClusterResourceConfiguration.Builder()
            .setNumberTaskManagers(1)
            .setNumberSlotsPerTaskManager(2)
            .build());

    /** Called even with a score of 0.88 and odd with one of 0.98. */
    private static final String EVEN = "ACGTACGTACGTACGTACGT";

    private static final String ODD = "ACGTACGTAGGGACGTACGT";

    @TempDir
    Path folder;

    private interface Rows {
        void write(SAMFileHeader header, SAMFileWriter writer);
    }

    private Path bam(String name, SAMFileHeader header, Rows rows) {
        Path file = folder.resolve(name);
        try (SAMFileWriter writer = new SAMFileWriterFactory().makeWriter(header, true, file, (Path) null)) {
            rows.write(header, writer);
        }
        return file;
    }

    private static SAMRecord row(SAMFileHeader header, String name, int flags, String bases) {
        SAMRecord row = new SAMRecord(header);
        row.setReadName(name);
        row.setFlags(flags);
        row.setReadBases(bases.getBytes(StandardCharsets.US_ASCII));
        row.setBaseQualityString("I".repeat(bases.length()));
        return row;
    }

    private static SAMRecord placed(SAMRecord row, String reference, int start) {
        row.setReadUnmappedFlag(false);
        row.setReferenceName(reference);
        row.setAlignmentStart(start);
        row.setCigarString(row.getReadLength() + "M");
        return row;
    }

    private static List<SAMRecord> rows(Path bam) throws IOException {
        List<SAMRecord> rows = new ArrayList<>();
        try (SamReader reader = SamReaderFactory.makeDefault()
                .validationStringency(ValidationStringency.SILENT)
                .open(bam)) {
            reader.forEach(rows::add);
        }
        return rows;
    }

    private static SAMFileHeader headerOf(Path bam) throws IOException {
        try (SamReader reader = SamReaderFactory.makeDefault().open(bam)) {
            return reader.getFileHeader();
        }
    }

    private Configuration options(List<Path> inputs, String output) {
        Configuration options = new Configuration();
        options.set(FileOptions.INPUT_FILES, inputs.stream().map(Path::toString).toList());
        options.set(FileOptions.OUTPUT_FILE, folder.resolve(output).toString());
        options.set(FileOptions.INPUT_RUN_ID, "run");
        return options;
    }

    private FileOutputs more(boolean split, FragmentCalls fragments, String... files) {
        return new FileOutputs(
                Stream.of(files).map(file -> folder.resolve(file).toString()).toList(),
                null,
                TaxonReports.NONE,
                split ? folder.resolve("split").toString() : null,
                false,
                null,
                null,
                "test 1",
                TestModel.DIGEST,
                List.of("even", "odd"),
                LabelStrands.NONE,
                null,
                fragments);
    }

    private FileAnnotationJob run(Configuration options, FileOutputs more) throws Exception {
        FileAnnotationJob job = new FileAnnotationJob(FileConfig.from(options), new TestModel(), more);
        job.run(StreamExecutionEnvironment.getExecutionEnvironment());
        return job;
    }

    private List<JsonNode> json(String file) throws IOException {
        List<JsonNode> rows = new ArrayList<>();
        for (String line : Files.readAllLines(folder.resolve(file))) {
            rows.add(new ObjectMapper().readTree(line));
        }
        return rows;
    }

    private static SAMFileHeader header(String sample, String... references) {
        SAMFileHeader header = new SAMFileHeader();
        for (String reference : references) {
            header.addSequence(new SAMSequenceRecord(reference, 1000));
        }
        SAMReadGroupRecord group = new SAMReadGroupRecord("g");
        group.setSample(sample);
        header.addReadGroup(group);
        SAMProgramRecord program = new SAMProgramRecord("aligner");
        program.setCommandLine("align " + sample);
        header.addProgramRecord(program);
        return header;
    }

    @Test
    void everyReadGroupReferenceAndProgramOfEveryInputIsKeptAndFollowedByItsRecords() throws Exception {
        Path one = bam("one.bam", header("s1", "a", "b"), (header, writer) -> {
            SAMRecord row = placed(row(header, "r1", 0, EVEN), "b", 10);
            row.setAttribute("RG", "g");
            row.setAttribute("PG", "aligner");
            writer.addAlignment(row);
        });
        Path two = bam("two.bam", header("s2", "c", "b", "a"), (header, writer) -> {
            SAMRecord row = placed(row(header, "r2", 0x1 | 0x40, EVEN), "c", 20);
            row.setMateReferenceName("a");
            row.setMateAlignmentStart(7);
            row.setAttribute("RG", "g");
            row.setAttribute("PG", "aligner");
            writer.addAlignment(row);
        });
        Path same = bam("same.bam", header("s1", "a", "b"), (header, writer) -> {
            SAMRecord row = row(header, "r3", 4, EVEN);
            row.setAttribute("RG", "g");
            writer.addAlignment(row);
        });
        Path text = Files.writeString(
                folder.resolve("t.fq"), String.format(Locale.ROOT, "@r4\n%s\n+\n%s\n", EVEN, "I".repeat(20)));

        run(options(List.of(text, one, two, same), "out.bam"), more(true, null));

        for (Path output : List.of(folder.resolve("out.bam"), folder.resolve("split/even.bam"))) {
            SAMFileHeader header = headerOf(output);
            assertThat(header.getSequenceDictionary().getSequences())
                    .extracting(SAMSequenceRecord::getSequenceName)
                    .containsExactly("a", "b", "c");
            assertThat(header.getReadGroups())
                    .extracting(SAMReadGroupRecord::getSample)
                    .containsExactlyInAnyOrder("s1", "s2");
            assertThat(header.getProgramRecords())
                    .extracting(SAMProgramRecord::getCommandLine)
                    .contains("align s1", "align s2");
            Map<String, SAMRecord> byName = new HashMap<>();
            rows(output).forEach(row -> byName.put(row.getReadName(), row));
            assertThat(byName.get("r1").getReferenceName()).isEqualTo("b");
            assertThat(byName.get("r2").getReferenceName()).isEqualTo("c");
            assertThat(byName.get("r2").getMateReferenceName()).isEqualTo("a");
            assertThat(byName.get("r1").getReadGroup().getSample()).isEqualTo("s1");
            assertThat(byName.get("r2").getReadGroup().getSample()).isEqualTo("s2");
            assertThat(byName.get("r3").getReadGroup().getSample()).isEqualTo("s1");
            for (String name : List.of("r1", "r2")) {
                SAMProgramRecord program =
                        header.getProgramRecord(byName.get(name).getStringAttribute("PG"));
                assertThat(program.getCommandLine()).isEqualTo(name.equals("r1") ? "align s1" : "align s2");
            }
        }
        assertThat(rows(folder.resolve("out.bam")))
                .extracting(SAMRecord::getReadName)
                .containsExactly("r4", "r1", "r2", "r3");
    }

    @Test
    void referencesOfOneNameAndTwoLengthsAreRefusedBeforeTheRun() {
        SAMFileHeader shorter = new SAMFileHeader();
        shorter.addSequence(new SAMSequenceRecord("a", 999));
        Path one = bam("one.bam", header("s1", "a"), (header, writer) -> {});
        Path two = bam("two.bam", shorter, (header, writer) -> {});

        assertThatThrownBy(() -> run(options(List.of(one, two), "out.bam"), more(false, null)))
                .isInstanceOf(RefusedOutputException.class)
                .hasMessageContainingAll("a with 1000 bases in", "one.bam", "999", "two.bam");
        assertThat(folder.resolve("out.bam")).doesNotExist();
    }

    /** First mates at rising places, second mates far behind all of them; mates of odd fragments disagree. */
    @Test
    void matesStayTogetherHoweverFarApartTheyStand() throws Exception {
        SAMFileHeader header = header("s1", "a");
        header.setSortOrder(SortOrder.coordinate);
        int pairs = 10_500; // more than any look-ahead
        Path input = bam("in.bam", header, (own, writer) -> {
            for (int i = 0; i < pairs; i++) {
                writer.addAlignment(placed(row(own, "p" + i, 0x1 | 0x40, i % 2 == 0 ? EVEN : ODD), "a", 1));
            }
            for (int i = pairs - 1; i >= 0; i--) {
                writer.addAlignment(placed(row(own, "p" + i, 0x1 | 0x80, i % 3 == 0 ? "ACG" : EVEN), "a", 500));
            }
        });
        Configuration options = options(List.of(input), "out.bam");
        options.set(FileOptions.INPUT_INTERLEAVED, true); // flags tell; the option changes nothing

        FileAnnotationJob job = run(options, more(true, null));

        Map<String, Set<String>> labelsOfFragment = new HashMap<>();
        long all = 0;
        for (String name : job.splitRecords().keySet()) {
            for (SAMRecord row : rows(folder.resolve("split").resolve(name))) {
                labelsOfFragment
                        .computeIfAbsent(row.getReadName(), key -> new HashSet<>())
                        .add(name);
                all++;
            }
        }
        assertThat(all).isEqualTo(2L * pairs);
        assertThat(labelsOfFragment.values()).allMatch(labels -> labels.size() == 1);
        assertThat(labelsOfFragment.get("p3"))
                .as("mate 1 odd, mate 2 too short")
                .containsExactly("odd.bam");
        assertThat(labelsOfFragment.get("p0"))
                .as("mate 1 even, mate 2 too short")
                .containsExactly("even.bam");
        assertThat(rows(folder.resolve("out.bam")).stream().limit(3))
                .extracting(SAMRecord::getReadName)
                .containsExactly("p0", "p1", "p2");
    }

    @Test
    void aMateThatIsADeadLetterGoesWithTheOther() throws Exception {
        Path input = bam("in.bam", header("s1", "a"), (header, writer) -> {
            writer.addAlignment(row(header, "p", 0x1 | 0x4 | 0x80, EVEN));
            SAMRecord above = row(header, "p", 0x1 | 0x4 | 0x40, ODD);
            byte[] qualities = new byte[20];
            Arrays.fill(qualities, (byte) 120);
            above.setBaseQualities(qualities);
            writer.addAlignment(above);
            writer.addAlignment(row(header, "other", 0x4, ODD));
        });

        FileAnnotationJob job = run(options(List.of(input), "out.bam"), more(true, null, "out.tsv"));

        assertThat(job.splitRecords()).isEqualTo(Map.of("even.bam", 2L, "odd.bam", 1L));
        assertThat(json("out.bam.dead-letters.jsonl")).hasSize(1);
        List<SAMRecord> rows = rows(folder.resolve("out.bam"));
        assertThat(rows)
                .extracting(row -> row.getStringAttribute("xt"))
                .containsExactly("SCORED", "DEAD_LETTER", "SCORED");
        assertThat(rows.get(1).getBaseQualities()[0]).isEqualTo((byte) 120);
        assertThat(folder.resolve("out.tsv")).content().hasLineCount(3);
    }

    /** samtools sorts q2 before q10, htsjdk behind it; both call it SO:queryname. */
    @Test
    void inputByNameInEitherOrderIsSplit() throws Exception {
        for (List<String> names : List.of(List.of("q2", "q10"), List.of("q10", "q2"))) {
            String file = String.join("-", names);
            Path input = folder.resolve(file + ".sam");
            StringBuilder text = new StringBuilder("@HD\tVN:1.6\tSO:queryname\n");
            for (String name : names) {
                for (int flags : new int[] {77, 141}) {
                    text.append(String.format(
                            Locale.ROOT, "%s\t%d\t*\t0\t0\t*\t*\t0\t0\t%s\t%s\n", name, flags, EVEN, "I".repeat(20)));
                }
            }
            Files.writeString(input, text);
            FileOutputs split = new FileOutputs(
                    List.of(),
                    null,
                    TaxonReports.NONE,
                    folder.resolve(file).toString(),
                    false,
                    null,
                    null,
                    "",
                    "",
                    List.of("even", "odd"),
                    LabelStrands.NONE,
                    null,
                    null);

            run(options(List.of(input), file + ".bam"), split);

            for (Path output :
                    List.of(folder.resolve(file + ".bam"), folder.resolve(file).resolve("even.bam"))) {
                assertThat(rows(output))
                        .extracting(SAMRecord::getReadName)
                        .containsExactly(names.get(0), names.get(0), names.get(1), names.get(1));
                assertThat(headerOf(output).getSortOrder()).isEqualTo(SortOrder.unsorted);
                assertThat(headerOf(output).getGroupOrder()).isEqualTo(SAMFileHeader.GroupOrder.query);
            }
        }
    }

    @Test
    void perFragmentTakesMatesInOrderOfPlaceAndTellsThemByFlags() throws Exception {
        SAMFileHeader header = header("s1", "a");
        header.setSortOrder(SortOrder.coordinate);
        Path input = bam("in.bam", header, (own, writer) -> {
            for (int i = 0; i < 40; i++) {
                writer.addAlignment(
                        placed(row(own, "p" + i % 20, 0x1 | (i < 20 ? 0x80 : 0x40), i < 20 ? EVEN : ODD), "a", 1 + i));
            }
        });
        Configuration options = options(List.of(input), "out.jsonl");
        options.set(FileOptions.INPUT_INTERLEAVED, true);
        options.set(JobOptions.LABEL_SCORES, true);
        FileOutputs perFragment = more(true, new FragmentCalls(TestModel.contract(), 0.4));
        FileAnnotationJob job = new FileAnnotationJob(FileConfig.from(options), new TestModel(), perFragment);
        MatePairs mates =
                job.run(StreamExecutionEnvironment.getExecutionEnvironment()).mates();

        Map<String, Set<JsonNode>> calls = new LinkedHashMap<>();
        for (JsonNode row : json("out.jsonl")) {
            calls.computeIfAbsent(row.get("readId").asText(), key -> new HashSet<>())
                    .add(row.get("readCall"));
        }
        assertThat(calls).hasSize(20);
        assertThat(calls.values()).allMatch(ofFragment -> ofFragment.size() == 1);
        assertThat(mates.pairs()).isEqualTo(20);
        assertThat(mates.orphans()).isZero();
    }

    @Test
    void aReadOnTheReverseStrandIsTheReadThatWasSequenced() throws Exception {
        Path forward = bam("forward.bam", header("s1", "a"), (header, writer) -> {
            writer.addAlignment(placed(row(header, "r", 0, ODD), "a", 5));
        });
        Path reverse = bam("reverse.bam", header("s1", "a"), (header, writer) -> {
            SAMRecord row = placed(row(header, "r", 0x10, SequenceUtil.reverseComplement(ODD)), "a", 5);
            writer.addAlignment(row);
            SAMRecord supplementary = placed(row(header, "r", 0x800, EVEN), "a", 9);
            writer.addAlignment(supplementary);
        });
        run(options(List.of(forward), "forward.jsonl"), more(false, null));
        run(options(List.of(reverse), "reverse.jsonl"), more(true, null, "reverse.out.bam"));

        assertThat(json("reverse.jsonl")).isEqualTo(json("forward.jsonl")).hasSize(1);
        assertThat(rows(folder.resolve("reverse.out.bam"))).hasSize(1).first().satisfies(row -> {
            assertThat(row.getReadNegativeStrandFlag()).isTrue();
            assertThat(row.getReadString()).isEqualTo(SequenceUtil.reverseComplement(ODD));
            assertThat(row.getStringAttribute("xl")).isEqualTo("odd");
        });
        assertThat(rows(folder.resolve("split/odd.bam"))).hasSize(1);
    }

    @Test
    void namesThatBamCannotHoldAreChangedAndSaidAndOtherOutputsStay() throws Exception {
        String endless = "n".repeat(60_000);
        List<String> names = List.of("plain", endless + "1", endless + "2", "grün", "a@b");
        StringBuilder text = new StringBuilder();
        for (String name : names) {
            text.append(String.format(Locale.ROOT, "@%s\n%s\n+\n%s\n", name, EVEN, "I".repeat(20)));
        }
        Path input = Files.writeString(folder.resolve("in.fq"), text);

        FileAnnotationJob job = run(options(List.of(input), "out.bam"), more(true, null, "out.jsonl"));

        List<SAMRecord> rows = rows(folder.resolve("out.bam"));
        assertThat(rows).hasSize(5);
        assertThat(rows).extracting(row -> row.getStringAttribute("xl")).containsOnly("even");
        assertThat(rows).allMatch(row -> row.getReadName().matches("[!-?A-~]{1,254}"));
        assertThat(rows)
                .extracting(SAMRecord::getReadName)
                .doesNotHaveDuplicates()
                .contains("plain", "a\\x40b");
        assertThat(rows.get(0).getStringAttribute("xn")).isNull();
        assertThat(rows.get(1).getStringAttribute("xn")).isEqualTo(endless + "1");
        assertThat(rows.get(4).getStringAttribute("xn")).isEqualTo("a\\x40b");
        assertThat(job.notes()).singleElement().asString().contains("4 read names", "out.bam", "254");
        assertThat(json("out.jsonl")).hasSize(5);
        assertThat(job.splitRecords()).isEqualTo(Map.of("even.fastq.gz", 5L));
    }

    @Test
    void aDeadLetterWithTheNameOfTheNextReadTakesNoneOfItsCall() throws Exception {
        Path input = bam("in.bam", header("s1", "a"), (header, writer) -> {
            SAMRecord above = row(header, "same", 0x4, "ACGTAC");
            above.setBaseQualities(new byte[] {120, 120, 120, 120, 120, 120});
            writer.addAlignment(above);
            writer.addAlignment(row(header, "same", 0x4, EVEN));
        });

        FileAnnotationJob job = run(options(List.of(input), "out.bam"), more(true, null));

        List<SAMRecord> rows = rows(folder.resolve("out.bam"));
        assertThat(rows).extracting(row -> row.getStringAttribute("xt")).containsExactly("DEAD_LETTER", "SCORED");
        assertThat(job.splitRecords()).isEqualTo(Map.of("dead_letter.bam", 1L, "even.bam", 1L));
    }

    @Test
    void inputsThatCanBeReadOnceAreRefusedForOutputsThatNeedThemTwice() throws Exception {
        Path pipe = folder.resolve("pipe.fq");
        assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor())
                .isZero();
        assertThatThrownBy(() -> run(options(List.of(pipe), "out.bam"), more(false, null)))
                .isInstanceOf(RefusedOutputException.class)
                .hasMessageContaining("pipe.fq");
    }
}
