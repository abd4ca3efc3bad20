package io.kmerflow.cli.serving;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.kmerflow.cli.CommandRun;
import io.kmerflow.cli.base.ExitCode;
import io.kmerflow.files.write.AnnotationTsvFormat;
import io.kmerflow.job.json.AnnotationJson;
import io.kmerflow.schema.AnnotationStatus;
import io.kmerflow.schema.ReadAnnotation;
import io.kmerflow.schema.ReadCall;
import io.kmerflow.schema.UncalledReason;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DiffCommandTest {
    @TempDir
    Path folder;

    private String old;
    private String next;

    /** Without a call if there is no label. */
    private static ReadAnnotation annotation(String read, String sample, String label, String version) {
        return ReadAnnotation.newBuilder()
                .setAnnotationId(read + version)
                .setReadId(read)
                .setRunId("run")
                .setSampleId(sample)
                .setReadLength(1_500)
                .setStatus(label == null ? AnnotationStatus.UNCALLED : AnnotationStatus.SCORED)
                .setUncalledReason(label == null ? UncalledReason.OTHER : null)
                .setReadCall(new ReadCall(label, label == null ? 0.25f : 0.875f))
                .setModelName("species")
                .setModelVersion(version)
                .setModelDigest("sha256:" + version.repeat(64))
                .setVocabularyHash("v")
                .setAnnotatedTime(Instant.EPOCH)
                .build();
    }

    private static final List<ReadAnnotation> OLD = List.of(
            annotation("r1", "gut", "E. coli", "1"),
            annotation("r2", "gut", "E. coli", "1"),
            annotation("r3", "skin", null, "1"),
            annotation("r4", "skin", "S. aureus", "1"));

    private static final List<ReadAnnotation> NEXT = List.of(
            annotation("r4", "skin", "S. aureus", "2"),
            annotation("r3", "skin", "S. aureus", "2"),
            annotation("r2", "gut", "V. cholerae", "2"),
            annotation("r1", "gut", "E. coli", "2"),
            annotation("r5", "gut", "E. coli", "2"));

    private static String json(List<ReadAnnotation> annotations) {
        StringBuilder text = new StringBuilder();
        annotations.forEach(one -> text.append(AnnotationJson.text(one)).append('\n'));
        return text.toString();
    }

    @BeforeEach
    void writeFiles() throws Exception {
        old = Files.writeString(folder.resolve("old.jsonl"), json(OLD)).toString();
        StringBuilder table = new StringBuilder();
        AnnotationTsvFormat format = new AnnotationTsvFormat();
        table.append(format.header()).append('\n');
        NEXT.forEach(one -> table.append(format.row(one)).append('\n'));
        next = folder.resolve("next.tsv.gz").toString();
        try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(Path.of(next)))) {
            out.write(table.toString().getBytes(StandardCharsets.UTF_8));
        }
    }

    @Test
    void theMatrixTheChangesAndTheSamplesArePrinted() {
        CommandRun run = CommandRun.of("diff", old, next);

        assertThat(run.exitCode()).as(run.err()).isEqualTo(ExitCode.FINE);
        assertThat(run.out())
                .contains("A: " + old + ", 4 annotations, model species 1 sha256:111111111111 (4)")
                .contains("B: " + next + ", 5 annotations, model species 2 (5)")
                .contains("4 reads of both, 2 with the same call (0.5000); 0 of A alone, 1 of B alone")
                .contains("1   E. coli                            1       .       1       .")
                .contains("4   (other)                            .       1       .       .")
                .contains("1  (other) -> S. aureus")
                .contains("r3, run run, sample skin, 1,500 bases, 0.250 -> 0.875")
                .contains("gut                               2          1   0.5000  E. coli -> V. cholerae (1)");
    }

    @Test
    void jsonHasTheSameAndTheMatrixOfEverySample() throws Exception {
        CommandRun run = CommandRun.of("diff", old, next, "--json", "--examples", 0);

        JsonNode json = new ObjectMapper().readTree(run.out());
        assertThat(json.path("sameShare").asDouble()).isEqualTo(0.5);
        assertThat(json.path("onlyB").asInt()).isEqualTo(1);
        assertThat(json.path("samples")).hasSize(2);
        assertThat(json.at("/samples/1/sample").asText()).isEqualTo("skin");
        assertThat(json.at("/samples/1/matrix").toString())
                .isEqualTo("[{\"a\":\"(other)\",\"b\":\"S. aureus\",\"reads\":1},"
                        + "{\"a\":\"S. aureus\",\"b\":\"S. aureus\",\"reads\":1}]");
        assertThat(json.at("/matrix/0/examples")).isEmpty();
    }

    @Test
    void twoModelsOfOneFileAreToldApart() throws Exception {
        Path both = Files.writeString(folder.resolve("both.jsonl"), json(OLD) + json(NEXT));
        CommandRun run = CommandRun.of("diff", both, both, "--model-a", "1", "--model-b", "sha256:222222", "--json");

        assertThat(run.exitCode()).as(run.err()).isEqualTo(ExitCode.FINE);
        JsonNode json = new ObjectMapper().readTree(run.out());
        assertThat(json.path("reads").asInt()).isEqualTo(4);
        assertThat(json.at("/a/ofOtherModels").asInt()).isEqualTo(5);
        CommandRun same = CommandRun.of("diff", both, both);
        assertThat(same.exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(same.err()).contains("--model-a").hasLineCount(1);
    }

    @Test
    void linesThatAreNoAnnotationAreReportedAndLeftOut() throws Exception {
        Path damaged = Files.writeString(
                folder.resolve("damaged.jsonl"),
                json(OLD) + "{\"readId\": 7}\n\nplain text\n" + json(OLD).replace("\"label\":\"S. aureus\",", ""));
        CommandRun run = CommandRun.of("diff", damaged, next);

        assertThat(run.exitCode()).isEqualTo(ExitCode.REJECTED);
        assertThat(run.err())
                .contains("left out " + damaged + " line 5: Expected an annotation as a JSON object")
                .contains("line 7: Expected a JSON object, or the header of a table")
                .contains("Expected the label of a read with status SCORED");
        assertThat(run.out()).contains("4 reads of both, 2 with the same call", ", 3 left out");
    }

    @Test
    void whatCannotBeComparedIsRefusedInOneSentence() throws Exception {
        Path empty = Files.writeString(folder.resolve("empty.jsonl"), "");
        CommandRun none = CommandRun.of("diff", old, empty);
        assertThat(none.exitCode()).isEqualTo(ExitCode.FAILED);
        assertThat(none.err())
                .contains("got 4 annotations of " + old + " and 0 of " + empty)
                .hasLineCount(1);
        CommandRun missing = CommandRun.of("diff", old, folder.resolve("missing"));
        assertThat(missing.exitCode()).isEqualTo(ExitCode.FAILED);
        assertThat(missing.err()).contains("there is none").hasLineCount(1);
        CommandRun topic = CommandRun.of("diff", old, "topic:annotations");
        assertThat(topic.exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(topic.err())
                .contains("Expected --bootstrap-servers with a topic")
                .hasLineCount(1);
    }
}
