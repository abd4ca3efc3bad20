package io.kmerflow.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import blue.strategic.parquet.Hydrator;
import blue.strategic.parquet.HydratorSupplier;
import blue.strategic.parquet.ParquetReader;
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
            one.append("@p%d 1:N:0:AC\n%s\n+p%d\n%s\n".formatted(i, bases, i, "I".repeat(bases.length())));
            two.append("@p%d 2:N:0:AC\n%s\n+\n%s\n".formatted(i, bases, "5".repeat(bases.length())));
        }
        first = Files.writeString(folder.resolve("r_1.fastq"), one);
        second = Files.writeString(folder.resolve("r_2.fastq"), two);
    }

    private FileAnnotationJob run(List<Path> inputs, List<Path> mates, String output, FileOutputs more)
            throws Exception {
        Configuration options = new Configuration();
        options.set(JobOptions.INPUT_FILES, inputs.stream().map(Path::toString).toList());
        options.set(JobOptions.INPUT_MATES, mates.stream().map(Path::toString).toList());
        options.set(JobOptions.INPUT_SAMPLE_ID, "s1");
        options.set(JobOptions.OUTPUT_FILE, folder.resolve(output).toString());
        options.set(JobOptions.WINDOW_SCORES, true);
        FileAnnotationJob job = new FileAnnotationJob(JobConfig.from(options), new TestModel(), more);
        job.run(StreamExecutionEnvironment.getExecutionEnvironment());
        return job;
    }

    private FileOutputs more(String... files) {
        return new FileOutputs(
                Stream.of(files).map(file -> folder.resolve(file).toString()).toList(),
                folder.resolve("counts.tsv").toString(),
                folder.resolve("split").toString(),
                true,
                "test 1",
                TestModel.DIGEST,
                List.of("even", "odd"),
                "odd");
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
        assertThat(job.partings()).isEmpty();
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
    void recordsThatBecameDeadLettersAreInTheSplitAndMatesThatPartWaysAreSaid() throws Exception {
        ByteArrayOutputStream damaged = new ByteArrayOutputStream();
        String[] ones = records(Files.readString(first));
        for (int i = 0; i < PAIRS; i++) {
            String record = i == 3 ? ones[i].replace("IIII", "III") : ones[i]; // qualities too few: malformed
            damaged.writeBytes((record + "\n").getBytes(StandardCharsets.US_ASCII));
        }
        Files.write(first, damaged.toByteArray());
        FileAnnotationJob job = run(List.of(first), List.of(second), "out.jsonl", more());
        assertThat(job.partings()).hasSize(1).allMatch(line -> line.contains("part ways at read p4 and read p3"));
        assertThat(job.splitRecords().values().stream().mapToLong(n -> n).sum()).isEqualTo(2 * PAIRS - 1);
    }

    @Test
    void whatCannotBeWrittenIsSaidBeforeTheRun() {
        assertThatThrownBy(() -> run(List.of(first), List.of(), "out.txt", FileOutputs.none()))
                .hasMessageContaining(".gff3");
        assertThatThrownBy(() -> run(List.of(Path.of("-")), List.of(), "out.bam", FileOutputs.none()))
                .hasMessageContaining("standard input");
        FileOutputs noLabel = new FileOutputs(List.of(), null, null, false, "", "", List.of("even"), "no");
        assertThatThrownBy(() -> run(List.of(first), List.of(), "out.bedgraph", noLabel))
                .hasMessageContaining("Expected one of the labels [even]");
    }
}
