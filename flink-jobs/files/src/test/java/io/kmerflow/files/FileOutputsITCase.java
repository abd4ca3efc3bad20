package io.kmerflow.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import blue.strategic.parquet.Hydrator;
import blue.strategic.parquet.HydratorSupplier;
import blue.strategic.parquet.ParquetReader;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import htsjdk.samtools.SAMFileHeader;
import htsjdk.samtools.SAMFileWriter;
import htsjdk.samtools.SAMFileWriterFactory;
import htsjdk.samtools.SAMRecord;
import htsjdk.samtools.SAMSequenceRecord;
import htsjdk.samtools.SamReader;
import htsjdk.samtools.SamReaderFactory;
import htsjdk.tribble.AbstractFeatureReader;
import htsjdk.tribble.bed.BEDCodec;
import htsjdk.tribble.bed.BEDFeature;
import htsjdk.tribble.gff.Gff3Codec;
import htsjdk.tribble.gff.Gff3Feature;
import htsjdk.tribble.readers.LineIterator;
import io.kmerflow.files.fragment.FragmentCalls;
import io.kmerflow.files.original.ReadGroup;
import io.kmerflow.files.original.ReadYield;
import io.kmerflow.files.write.LabelStrands;
import io.kmerflow.job.JobOptions;
import io.kmerflow.job.scoring.TestModel;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.runtime.testutils.MiniClusterResourceConfiguration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

class FileOutputsITCase {
    @RegisterExtension
    static final MiniClusterExtension CLUSTER = new MiniClusterExtension(new MiniClusterResourceConfiguration.Builder()
            .setNumberTaskManagers(1)
            .setNumberSlotsPerTaskManager(2)
            .build());

    private static final int PAIRS = 60;

    @TempDir
    Path folder;

    private Path first;
    private Path second;

    /** Every fifth read is too short, every seventh mate 1 record is malformed; names of pairs are the same. */
    @BeforeEach
    void writeReads() throws IOException {
        StringBuilder one = new StringBuilder();
        StringBuilder two = new StringBuilder();
        for (int i = 0; i < PAIRS; i++) {
            String bases = i % 5 == 0 ? "ACG" : "ACGT".repeat(3 + i % 11) + (i % 2 == 0 ? "GGGT" : "TTTT");
            one.append(String.format(
                    Locale.ROOT, "@p%d 1:N:0:AC\n%s\n+p%d\n%s\n", i, bases, i, "I".repeat(bases.length())));
            two.append(String.format(Locale.ROOT, "@p%d 2:N:0:AC\n%s\n+\n%s\n", i, bases, "5".repeat(bases.length())));
        }
        first = Files.writeString(folder.resolve("r_1.fastq"), one);
        second = Files.writeString(folder.resolve("r_2.fastq"), two);
    }

    private FileAnnotationJob run(List<Path> inputs, List<Path> mates, String output, FileOutputs more)
            throws Exception {
        return run(options(inputs, mates, output), more);
    }

    private Configuration options(List<Path> inputs, List<Path> mates, String output) {
        Configuration options = new Configuration();
        options.set(FileOptions.INPUT_FILES, inputs.stream().map(Path::toString).toList());
        options.set(FileOptions.INPUT_MATES, mates.stream().map(Path::toString).toList());
        options.set(FileOptions.INPUT_SAMPLE_ID, "s1");
        options.set(FileOptions.OUTPUT_FILE, folder.resolve(output).toString());
        options.set(JobOptions.WINDOW_SCORES, true);
        return options;
    }

    private FileAnnotationJob run(Configuration options, FileOutputs more) throws Exception {
        FileAnnotationJob job = new FileAnnotationJob(FileConfig.from(options), new TestModel(), more);
        job.run(StreamExecutionEnvironment.getExecutionEnvironment());
        return job;
    }

    private FileOutputs more(String... files) {
        return more(false, files);
    }

    private FileOutputs more(boolean force, String... files) {
        return new FileOutputs(
                Stream.of(files).map(file -> folder.resolve(file).toString()).toList(),
                folder.resolve("counts.tsv").toString(),
                TaxonReports.NONE,
                folder.resolve("split").toString(),
                force,
                folder.resolve("report.html").toString(),
                null,
                "test 1",
                TestModel.DIGEST,
                List.of("even", "odd"),
                LabelStrands.NONE,
                "odd",
                null);
    }

    private static String gunzip(Path file) throws IOException {
        try (InputStream in = new GZIPInputStream(Files.newInputStream(file))) {
            return new String(in.readAllBytes(), StandardCharsets.US_ASCII);
        }
    }

    @Test
    void countsAndSplitRecordsAddUpToTheInputAndMatesStayInStep() throws Exception {
        FileAnnotationJob job = run(List.of(first), List.of(second), "out.tsv", more());
        long counted = 0;
        Map<String, Long> counts = new HashMap<>();
        List<String> rows = Files.readAllLines(folder.resolve("counts.tsv"));
        assertThat(rows.get(0)).isEqualTo("sample\tbarcode\tcall\tstatus\treads\tbases");
        for (String row : rows.subList(1, rows.size())) {
            String[] cells = row.split("\t");
            assertThat(cells[0]).isEqualTo("s1");
            counts.merge(cells[2] + cells[3], Long.parseLong(cells[4]), Long::sum);
            counted += Long.parseLong(cells[4]);
        }
        assertThat(counted).isEqualTo(2 * PAIRS);
        assertThat(counts).containsEntry("too_short", 2L * PAIRS / 5).containsKey("evenscored");
        assertThat(job.splitRecords().values().stream().mapToLong(n -> n).sum()).isEqualTo(2 * PAIRS);
        Set<String> all = new HashSet<>();
        for (String name : job.splitRecords().keySet()) {
            if (name.endsWith(".R1.fastq.gz")) {
                String[] ones = records(gunzip(folder.resolve("split").resolve(name)));
                String[] twos = records(gunzip(folder.resolve("split").resolve(name.replace(".R1.", ".R2."))));
                assertThat(twos).hasSameSizeAs(ones);
                for (int i = 0; i < ones.length; i++) {
                    assertThat(twos[i].split(" ")[0]).isEqualTo(ones[i].split(" ")[0]);
                    all.add(ones[i]);
                    all.add(twos[i]);
                }
            }
        }
        Set<String> input = new HashSet<>(List.of(records(Files.readString(first))));
        input.addAll(List.of(records(Files.readString(second))));
        assertThat(all).as("byte for byte, '+p7' lines included").isEqualTo(input);
        try (Stream<Path> left = Files.list(folder)) {
            assertThat(left.map(path -> path.getFileName().toString()))
                    .noneMatch(name -> name.endsWith(".part") || name.contains(".calls"));
        }
        assertThat(job.statistics().withQualities()).isEqualTo(2 * PAIRS);
        assertThat(job.statistics().qualities()[40]).isEqualTo(PAIRS);
        assertThat(job.statistics().qualities()[20]).isEqualTo(PAIRS);
        assertThat(job.statistics().groups()).containsOnlyKeys(new ReadGroup("s1", null));
        ReadYield sample = job.statistics().groups().get(new ReadGroup("s1", null));
        assertThat(sample.reads()).isEqualTo(2 * PAIRS);
        assertThat(sample.bases()).isEqualTo(job.statistics().all().bases());
        assertThat(sample.shareOfQ20()).isEqualTo(1);
        assertThat(sample.shareOfQ30()).isEqualTo(0.5);
        assertThat(sample.readsByLabel().get("even")).isEqualTo(counts.get("evenscored"));
    }

    private static String[] records(String text) {
        String[] lines = text.split("\n");
        String[] records = new String[lines.length / 4];
        for (int i = 0; i < records.length; i++) {
            records[i] = String.join("\n", List.of(lines).subList(4 * i, 4 * i + 4));
        }
        return records;
    }

    @Test
    void intervalFormatsAreReadByHtsjdkAndStayOnTheRead() throws Exception {
        run(List.of(first), List.of(), "out.jsonl", more("out.bed", "out.gff3", "out.bedgraph"));
        Map<String, Integer> lengths = new HashMap<>();
        for (String record : records(Files.readString(first))) {
            String[] lines = record.split("\n");
            lengths.put(lines[0].substring(1).split(" ")[0] + "/1", lines[1].length());
        }
        int bed = 0;
        try (AbstractFeatureReader<BEDFeature, LineIterator> reader =
                AbstractFeatureReader.getFeatureReader(folder.resolve("out.bed").toString(), new BEDCodec(), false)) {
            for (BEDFeature feature : reader.iterator()) {
                assertThat(feature.getStart()).isEqualTo(1); // htsjdk turns 0-based into 1-based
                assertThat(feature.getEnd()).isEqualTo(lengths.get(feature.getContig()));
                assertThat(feature.getName()).isIn("even", "odd");
                bed++;
            }
        }
        int gff = 0;
        try (AbstractFeatureReader<Gff3Feature, LineIterator> reader = AbstractFeatureReader.getFeatureReader(
                folder.resolve("out.gff3").toString(), null, new Gff3Codec(), false)) {
            for (Gff3Feature feature : reader.iterator()) {
                assertThat(feature.getStart()).isEqualTo(1);
                assertThat(feature.getEnd()).isEqualTo(lengths.get(feature.getContig()));
                assertThat(feature.getName()).isIn("even", "odd");
                gff++;
            }
        }
        assertThat(gff).isEqualTo(bed).isPositive();
        List<String> graph = Files.readAllLines(folder.resolve("out.bedgraph"));
        assertThat(graph.get(0)).startsWith("track type=bedGraph").contains("odd");
        Map<String, Integer> ends = new HashMap<>();
        for (String row : graph.subList(1, graph.size())) {
            String[] cells = row.split("\t");
            assertThat(Integer.parseInt(cells[1])).as(row).isEqualTo(ends.getOrDefault(cells[0], 0));
            ends.put(cells[0], Integer.parseInt(cells[2]));
            assertThat(Double.parseDouble(cells[3])).isBetween(0.0, 1.0);
        }
        ends.forEach((read, end) -> assertThat(end).as(read).isEqualTo(lengths.get(read)));
        assertThat(ends).hasSize(PAIRS - PAIRS / 5);
    }

    @Test
    void bamHoldsEveryRecordOnceWithItsCallAndMates() throws Exception {
        run(List.of(first), List.of(second), "out.bam", more());
        List<SAMRecord> rows = new ArrayList<>();
        try (SamReader reader = SamReaderFactory.makeDefault().open(folder.resolve("out.bam"))) {
            reader.forEach(rows::add);
        }
        assertThat(rows).hasSize(2 * PAIRS);
        for (int i = 0; i < rows.size(); i++) {
            SAMRecord row = rows.get(i);
            assertThat(row.getReadName()).isEqualTo("p" + i / 2);
            assertThat(row.getFirstOfPairFlag()).isEqualTo(i % 2 == 0);
            assertThat(row.getReadUnmappedFlag()).isTrue();
            assertThat(row.getBaseQualities()[0]).isEqualTo((byte) (i % 2 == 0 ? 40 : 20));
            boolean tooShort = i / 2 % 5 == 0;
            assertThat(row.getStringAttribute("xt")).isEqualTo(tooShort ? "TOO_SHORT" : "SCORED");
            assertThat(row.getStringAttribute("xl") == null).isEqualTo(tooShort);
            assertThat(row.getStringAttribute("xd")).isEqualTo(TestModel.DIGEST);
        }
    }

    @Test
    void bamOfABamKeepsAlignmentsAndTags() throws Exception {
        SAMFileHeader header = new SAMFileHeader();
        header.addSequence(new SAMSequenceRecord("c", 1000));
        Path input = folder.resolve("in.bam");
        try (SAMFileWriter writer = new SAMFileWriterFactory().makeBAMWriter(header, true, input)) {
            for (int i = 0; i < 4; i++) {
                SAMRecord row = new SAMRecord(header);
                row.setReadName("a" + i);
                row.setFlags(i == 1 ? 0x10 : i == 2 ? 0x100 : 0);
                row.setReferenceName("c");
                row.setAlignmentStart(10 + i);
                row.setReadBases("ACGTACGTGGTTACGT".getBytes(StandardCharsets.US_ASCII));
                row.setBaseQualityString("I".repeat(16));
                row.setCigarString("16M");
                row.setAttribute("NM", i);
                writer.addAlignment(row);
            }
        }
        run(List.of(input), List.of(), "out.bam", FileOutputs.none());
        List<SAMRecord> rows = new ArrayList<>();
        try (SamReader reader = SamReaderFactory.makeDefault().open(folder.resolve("out.bam"))) {
            assertThat(reader.getFileHeader().getSequence("c")).isNotNull();
            reader.forEach(rows::add);
        }
        assertThat(rows).extracting(SAMRecord::getReadName).containsExactly("a0", "a1", "a3");
        assertThat(rows).extracting(SAMRecord::getAlignmentStart).containsExactly(10, 11, 13);
        assertThat(rows.get(1).getReadNegativeStrandFlag()).isTrue();
        assertThat(rows.get(2).getIntegerAttribute("NM")).isEqualTo(3);
        assertThat(rows)
                .extracting(row -> row.getStringAttribute("xt"))
                .doesNotContain("DEAD_LETTER")
                .doesNotContainNull();
    }

    @Test
    void parquetHoldsARowPerRead() throws Exception {
        run(List.of(first), List.of(), "out.parquet", FileOutputs.none());
        List<Map<String, Object>> rows;
        try (Stream<Map<String, Object>> read = ParquetReader.streamContent(
                folder.resolve("out.parquet").toFile(), HydratorSupplier.constantly(new RowHydrator()))) {
            rows = read.toList();
        }
        assertThat(rows).hasSize(PAIRS);
        for (int i = 0; i < PAIRS; i++) {
            Map<String, Object> row = rows.get(i);
            assertThat(row)
                    .containsEntry("read_id", "p" + i)
                    .containsEntry("mate", 1)
                    .containsEntry("sample_id", "s1");
            assertThat(row.get("status")).isEqualTo(i % 5 == 0 ? "TOO_SHORT" : "SCORED");
            assertThat(row.get("label") == null).isEqualTo(i % 5 == 0);
        }
    }

    private static final class RowHydrator implements Hydrator<Map<String, Object>, Map<String, Object>> {
        @Override
        public Map<String, Object> start() {
            return new HashMap<>();
        }

        @Override
        public Map<String, Object> add(Map<String, Object> row, String name, Object value) {
            row.put(name, value);
            return row;
        }

        @Override
        public Map<String, Object> finish(Map<String, Object> row) {
            return row;
        }
    }

    @Test
    void aMateWhoseOtherIsMalformedStandsAloneAndTheRestStaysInStep() throws Exception {
        ByteArrayOutputStream damaged = new ByteArrayOutputStream();
        String[] ones = records(Files.readString(first));
        for (int i = 0; i < PAIRS; i++) {
            String record = i == 3 ? ones[i].replace("IIII", "III") : ones[i]; // qualities too few: malformed
            damaged.writeBytes((record + "\n").getBytes(StandardCharsets.US_ASCII));
        }
        Files.write(first, damaged.toByteArray());
        FileAnnotationJob job = run(List.of(first), List.of(second), "out.jsonl", more());
        Map<String, Long> split = job.splitRecords();
        assertThat(split.values().stream().mapToLong(n -> n).sum()).isEqualTo(2 * PAIRS - 1);
        assertThat(split.keySet()).filteredOn(name -> name.contains("unpaired")).hasSize(1);
        for (String name : split.keySet()) {
            String text = gunzip(folder.resolve("split").resolve(name));
            if (name.contains("unpaired")) {
                assertThat(text).startsWith("@p3 2:N:0:AC\n").hasLineCount(4);
            } else if (name.contains(".R1.")) {
                assertThat(split.get(name)).isEqualTo(split.get(name.replace(".R1.", ".R2.")));
            }
        }
    }

    @Test
    void interleavedMatesGiveTheSameFilesAsMatesInTwo() throws Exception {
        String[] ones = records(Files.readString(first));
        String[] twos = records(Files.readString(second));
        StringBuilder both = new StringBuilder();
        for (int i = 0; i < PAIRS; i++) {
            both.append(ones[i].replace(" 1:N:0:AC", "")).append('\n');
            both.append(twos[i].replace(" 2:N:0:AC", "")).append('\n');
        }
        Path interleaved = Files.writeString(folder.resolve("both.fastq"), both);
        Map<String, Long> expected =
                run(List.of(first), List.of(second), "out.tsv", more()).splitRecords();

        Configuration options = options(List.of(interleaved), List.of(), "out.tsv");
        options.set(FileOptions.INPUT_INTERLEAVED, true);

        FileAnnotationJob again = run(options, more(true));
        assertThat(again.splitRecords()).isEqualTo(expected);
        assertThat(again.notes()).isEmpty();
    }

    @Test
    void matesWhoseNamesAndFilesDifferStayTogether() throws Exception {
        String[] ones = records(Files.readString(first));
        String[] twos = records(Files.readString(second));
        StringBuilder left = new StringBuilder();
        StringBuilder right = new StringBuilder();
        for (int i = 0; i < PAIRS; i++) {
            left.append(ones[i].replace(" 1:N:0:AC", "_R1").replace("+p" + i, "+"))
                    .append('\n');
            right.append(twos[i].replace(" 2:N:0:AC", "_R2")).append('\n');
        }
        Path one = Files.writeString(folder.resolve("trimmed_1_val_1.fastq"), left);
        Path two = Files.writeString(folder.resolve("else.fastq"), right);
        Map<String, Long> expected =
                run(List.of(first), List.of(second), "out.tsv", more()).splitRecords();

        FileAnnotationJob job = run(List.of(one), List.of(two), "other.jsonl", more(true));

        assertThat(job.splitRecords()).isEqualTo(expected);
        assertThat(job.splitRecords().keySet()).noneMatch(name -> name.contains("unpaired"));
        assertThat(rows("other.jsonl"))
                .allSatisfy(row -> assertThat(row.get("runId").asText()).isEqualTo("trimmed_1_val"))
                .noneMatch(row -> row.get("readId").asText().contains("_R"));
    }

    @Test
    void perFragmentBothMatesHaveOneCall() throws Exception {
        // Mate 1 of p1 has three even windows in four, mate 2 one odd window: alone they say different things.
        Files.writeString(
                first,
                String.format(Locale.ROOT, "@p1\n%s\n+\n%s\n@p2\n%s\n+\n%s\n", EVEN, QUALITIES, EVEN, QUALITIES));
        Files.writeString(second, String.format(Locale.ROOT, "@p1\n%s\n+\n%s\n@p2\nACG\n+\nIII\n", ODD, QUALITIES));
        Configuration options = options(List.of(first), List.of(second), "out.jsonl");
        options.set(JobOptions.LABEL_SCORES, true);
        FileOutputs fragments = new FileOutputs(
                List.of(),
                null,
                TaxonReports.NONE,
                null,
                false,
                null,
                null,
                "",
                "",
                List.of("even", "odd"),
                LabelStrands.NONE,
                null,
                new FragmentCalls(TestModel.contract(), 0.4));
        run(options(List.of(first), List.of(second), "alone.jsonl"), FileOutputs.none());
        run(options, fragments);

        List<JsonNode> alone = rows("alone.jsonl");
        List<JsonNode> together = rows("out.jsonl");
        assertThat(together).extracting(row -> row.get("readId").asText()).containsExactly("p1", "p1", "p2", "p2");
        double one = evenProbability(alone.get(0));
        double two = evenProbability(alone.get(1));
        double both = one * two / (one * two + (1 - one) * (1 - two));
        assertThat(evenProbability(together.get(0))).isCloseTo(both, within(1e-5));
        assertThat(together.get(0).get("readCall")).isEqualTo(together.get(1).get("readCall"));
        assertThat(together.get(0).get("mateCall")).isEqualTo(alone.get(0).get("readCall"));
        assertThat(together.get(1).get("mateCall")).isEqualTo(alone.get(1).get("readCall"));
        assertThat(together.get(0).get("annotationId"))
                .isNotEqualTo(alone.get(0).get("annotationId"));
        assertThat(together.get(2).get("readCall"))
                .as("its mate is too short")
                .isEqualTo(alone.get(2).get("readCall"));
        assertThat(together.get(3).get("status").asText()).isEqualTo("TOO_SHORT");
    }

    private static final String EVEN = "ACGTACGTACGTACGTACGTACGTACGTAC";
    private static final String ODD = "ACGTACGTAGGGACGTACGTACGTACGTAC";
    private static final String QUALITIES = "I".repeat(EVEN.length());

    private List<JsonNode> rows(String file) throws IOException {
        List<JsonNode> rows = new ArrayList<>();
        for (String line : Files.readAllLines(folder.resolve(file))) {
            rows.add(new ObjectMapper().readTree(line));
        }
        return rows;
    }

    private static double evenProbability(JsonNode row) {
        double score = row.get("readCall").get("score").asDouble();
        return row.get("readCall").get("label").asText().equals("even") ? score : 1 - score;
    }

    @Test
    void alignmentsAreSplitIntoBamsWithTheirTags() throws Exception {
        SAMFileHeader header = new SAMFileHeader();
        header.addSequence(new SAMSequenceRecord("c", 1000));
        Path input = folder.resolve("in.bam");
        try (SAMFileWriter writer = new SAMFileWriterFactory().makeBAMWriter(header, true, input)) {
            for (int i = 0; i < 6; i++) {
                SAMRecord row = new SAMRecord(header);
                row.setReadName("a" + i);
                row.setFlags(4);
                String bases = i == 5 ? "ACG" : i % 2 == 0 ? EVEN : ODD;
                row.setReadBases(bases.getBytes(StandardCharsets.US_ASCII));
                row.setBaseQualityString("I".repeat(bases.length()));
                row.setAttribute("NM", i);
                writer.addAlignment(row);
            }
        }
        FileAnnotationJob job = run(List.of(input), List.of(), "out.jsonl", more());
        assertThat(job.splitRecords().keySet()).contains("even.bam", "too_short.bam");
        assertThat(job.splitRecords().values().stream().mapToLong(n -> n).sum()).isEqualTo(6);
        try (SamReader reader = SamReaderFactory.makeDefault().open(folder.resolve("split/even.bam"))) {
            assertThat(reader.getFileHeader().getSequence("c")).isNotNull();
            for (SAMRecord row : reader) {
                assertThat(row.getReadName()).isEqualTo("a" + row.getIntegerAttribute("NM"));
            }
        }
    }

    @Test
    void whatCannotBeWrittenIsSaidBeforeTheRun() {
        assertThatThrownBy(() -> run(List.of(first), List.of(), "out.txt", FileOutputs.none()))
                .hasMessageContaining(".gff3");
        assertThatThrownBy(() -> run(List.of(Path.of("-")), List.of(), "out.bam", FileOutputs.none()))
                .hasMessageContaining("standard input");
        FileOutputs noLabel = new FileOutputs(
                List.of(),
                null,
                TaxonReports.NONE,
                null,
                false,
                null,
                null,
                "",
                "",
                List.of("even"),
                LabelStrands.NONE,
                "no",
                null);
        assertThatThrownBy(() -> run(List.of(first), List.of(), "out.bedgraph", noLabel))
                .hasMessageContaining("Expected one of the labels [even]");
    }
}
