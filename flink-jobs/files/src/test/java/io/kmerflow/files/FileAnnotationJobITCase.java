package io.kmerflow.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.kmerflow.job.JobOptions;
import io.kmerflow.job.scoring.TestModel;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.runtime.testutils.MiniClusterResourceConfiguration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

class FileAnnotationJobITCase {
    @RegisterExtension
    static final MiniClusterExtension CLUSTER = new MiniClusterExtension(new MiniClusterResourceConfiguration.Builder()
            .setNumberTaskManagers(1)
            .setNumberSlotsPerTaskManager(2)
            .build());

    @TempDir
    Path folder;

    private static String fastq(int reads) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < reads; i++) {
            String bases = "ACGT".repeat(3 + i % 20) + (i % 2 == 0 ? "GGGT" : "TTTT");
            text.append(String.format(Locale.ROOT, "@r%d/1\n%s\n+\n%s\n", i, bases, "I".repeat(bases.length())));
        }
        return text.toString();
    }

    private FileConfig config(List<Path> inputs, Path output) {
        Configuration options = new Configuration();
        options.set(FileOptions.INPUT_FILES, inputs.stream().map(Path::toString).toList());
        options.set(FileOptions.OUTPUT_FILE, output.toString());
        options.set(JobOptions.MAX_BATCH_WINDOWS, 16);
        options.set(JobOptions.MAX_WINDOWS_IN_FLIGHT, 64);
        return FileConfig.from(options);
    }

    private static JobSummary run(FileConfig config, TestModel model) throws Exception {
        return new FileAnnotationJob(config, model).run(StreamExecutionEnvironment.getExecutionEnvironment());
    }

    private static List<JsonNode> rows(Path file) throws IOException {
        List<JsonNode> rows = new ArrayList<>();
        ObjectMapper json = new ObjectMapper();
        for (String line : Files.readAllLines(file)) {
            rows.add(json.readTree(line));
        }
        return rows;
    }

    @Test
    void everyReadIsAnnotatedInInputOrder() throws Exception {
        Path first = Files.writeString(folder.resolve("a.fastq"), fastq(700));
        Path second = folder.resolve("b.fastq.gz");
        try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(second))) {
            out.write(fastq(5).replace("@r", "@s").getBytes(StandardCharsets.UTF_8));
        }
        Path output = folder.resolve("out.jsonl");

        JobSummary summary = run(config(List.of(first, second), output), new TestModel());

        List<JsonNode> rows = rows(output);
        assertThat(rows).hasSize(705);
        for (int i = 0; i < 700; i++) {
            assertThat(rows.get(i).get("readId").asText()).isEqualTo("r" + i + "/1"); // a file alone: a name
        }
        assertThat(rows.get(704).get("readId").asText()).isEqualTo("s4/1");
        assertThat(rows.get(704).get("runId").asText()).isEqualTo("b");
        assertThat(summary.reads()).isEqualTo(705);
        assertThat(summary.deadLetters()).isZero();
        assertThat(summary.windows()).isGreaterThan(705);
        assertThat(output.resolveSibling("out.jsonl.part")).doesNotExist();
        assertThat(output.resolveSibling("out.jsonl.dead-letters.jsonl")).doesNotExist();
        assertThat(TestModel.OPEN_SESSIONS).hasValue(0);
    }

    @Test
    void aRowNamesReadCallModelAndId() throws Exception {
        Path input = Files.writeString(
                folder.resolve("one.fastq"),
                "@M1:7:FC:1:1101:15:14 2:N:0:ATCACG\nACGTACGTACGGGACG\n+\nIIIIIIIIIIIIIIII\n");
        Path output = folder.resolve("one.jsonl");

        run(config(List.of(input), output), new TestModel());

        JsonNode row = rows(output).get(0);
        assertThat(row.fieldNames())
                .toIterable()
                .containsExactly(
                        "readId",
                        "mate",
                        "runId",
                        "sampleId",
                        "status",
                        "readLength",
                        "meanQuality",
                        "readCall",
                        "calls",
                        "windowsScored",
                        "windowsTotal",
                        "model",
                        "annotationId");
        assertThat(row.get("mate").asInt()).isEqualTo(2);
        assertThat(row.get("meanQuality").asDouble()).isEqualTo(40); // 'I'
        assertThat(row.get("runId").asText()).isEqualTo("M1:7:FC");
        assertThat(row.get("readCall").get("label").asText()).isEqualTo("odd");
        assertThat(row.get("readCall").get("score").asDouble())
                .isCloseTo(0.8808, org.assertj.core.data.Offset.offset(1e-4));
        assertThat(row.get("calls").get(0).get("end").asInt()).isEqualTo(16);
        assertThat(row.get("model").get("digest").asText()).isEqualTo(TestModel.DIGEST);
        assertThat(row.get("annotationId").asText()).matches("[0-9a-f]{32}");
    }

    @Test
    void malformedInputGoesBesideTheOutputAndTheRestGoesOn() throws Exception {
        String good = fastq(3);
        Path input =
                Files.writeString(folder.resolve("bad.fastq"), good + "@x\nACGT\n+\nII\n" + good.replace("@r", "@q"));
        Path output = folder.resolve("bad.tsv.gz");

        JobSummary summary = run(config(List.of(input), output), new TestModel());

        JsonNode letter = rows(folder.resolve("bad.tsv.gz.dead-letters.jsonl")).get(0);
        assertThat(letter.get("reason").asText()).isEqualTo("MALFORMED_RECORD");
        assertThat(letter.get("recordNumber").asInt()).isEqualTo(4);
        assertThat(letter.get("byteStart").asInt()).isEqualTo(good.length());
        assertThat(letter.get("byteEnd").asInt()).isEqualTo(good.length() + 13);
        assertThat(letter.has("payload")).isFalse();
        assertThat(summary.deadLettersByReason()).isEqualTo(Map.of("MALFORMED_RECORD", 1L));
        assertThat(summary.readsByGroup()).containsOnlyKeys("scored");
        try (var lines = new java.io.BufferedReader(
                new InputStreamReader(new GZIPInputStream(Files.newInputStream(output)), StandardCharsets.UTF_8))) {
            assertThat(lines.lines()).hasSize(7).first().asString().startsWith("read_id\tmate\t");
        }
    }

    @Test
    void aFailedRunLeavesNoOutput() throws Exception {
        Path input = Files.writeString(folder.resolve("a.fastq"), fastq(20));
        Path output = folder.resolve("out.jsonl");
        TestModel dying = new TestModel(batch -> {
            throw new IllegalStateException("the device is gone");
        });

        assertThatThrownBy(() -> run(config(List.of(input), output), dying))
                .hasStackTraceContaining("the device is gone");

        assertThat(folder)
                .isDirectoryContaining(path -> path.equals(input))
                .isDirectoryNotContaining(path -> !path.equals(input));
        assertThat(TestModel.OPEN_SESSIONS).hasValue(0);
    }

    @Test
    void aFailedRunLeavesTheOutputsOfTheRunBeforeAsTheyWere() throws Exception {
        Path input = Files.writeString(folder.resolve("a.fastq"), fastq(20));
        Path output = Files.writeString(folder.resolve("out.jsonl"), "before\n");
        TestModel dying = new TestModel(batch -> {
            throw new IllegalStateException("the device is gone");
        });

        assertThatThrownBy(() -> run(config(List.of(input), output), dying))
                .hasStackTraceContaining("the device is gone");

        assertThat(output).hasContent("before\n");
    }

    @Test
    void standardStreamsAreReadAndWritten() throws Exception {
        InputStream in = System.in;
        PrintStream out = System.out;
        ByteArrayOutputStream written = new ByteArrayOutputStream();
        try {
            System.setIn(new ByteArrayInputStream(fastq(4).getBytes(StandardCharsets.UTF_8)));
            System.setOut(new PrintStream(written, false, StandardCharsets.UTF_8));
            Configuration options = new Configuration();
            options.set(FileOptions.INPUT_FILES, List.of("-"));
            options.set(FileOptions.OUTPUT_FILE, "-");
            run(FileConfig.from(options), new TestModel());
        } finally {
            System.setIn(in);
            System.setOut(out);
        }
        assertThat(written.toString(StandardCharsets.UTF_8).lines())
                .hasSize(4)
                .allMatch(line -> line.contains("\"runId\":\"stdin\""));
    }

    @Test
    void deadLettersOfAnEarlierRunGetAnotherNameAndAreKept() throws Exception {
        Path input = Files.writeString(folder.resolve("a.fastq"), "junk\n" + fastq(2));
        Path output = folder.resolve("out.jsonl");
        Path letters = folder.resolve("out.jsonl.dead-letters.jsonl");
        run(config(List.of(input), output), new TestModel());
        String earlier = Files.readString(letters);
        assertThat(earlier).contains("a.fastq");

        Files.writeString(input, fastq(2));
        FileAnnotationJob job = new FileAnnotationJob(config(List.of(input), output), new TestModel());
        job.run(StreamExecutionEnvironment.getExecutionEnvironment());

        assertThat(letters).doesNotExist();
        assertThat(folder.resolve("out.jsonl.dead-letters.earlier.jsonl")).hasContent(earlier);
        assertThat(job.notes()).singleElement().asString().contains("dead-letters.earlier.jsonl");
        assertThat(rows(output)).hasSize(2);
    }

    @Test
    void onErrorStopEndsTheRunAtThePlace() throws Exception {
        Path input = Files.writeString(folder.resolve("a.fastq"), fastq(2) + "junk\n");
        Configuration options = new Configuration();
        options.set(FileOptions.INPUT_FILES, List.of(input.toString()));
        options.set(FileOptions.OUTPUT_FILE, folder.resolve("out.jsonl").toString());
        options.set(FileOptions.INPUT_ON_ERROR, FileOptions.OnError.STOP);

        assertThatThrownBy(() -> run(FileConfig.from(options), new TestModel()))
                .hasStackTraceContaining("a.fastq record 3, line 9");

        assertThat(folder.resolve("out.jsonl")).doesNotExist();
    }
}
