package io.kmerflow.cli.serving;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.kmerflow.job.json.ReadJson;
import io.kmerflow.schema.AnnotationStatus;
import io.kmerflow.schema.Call;
import io.kmerflow.schema.DeadLetter;
import io.kmerflow.schema.DeadLetterStage;
import io.kmerflow.schema.DriftReport;
import io.kmerflow.schema.ModelEvent;
import io.kmerflow.schema.ModelOutcome;
import io.kmerflow.schema.ModelSlot;
import io.kmerflow.schema.ReadAnnotation;
import io.kmerflow.schema.ReadCall;
import io.kmerflow.schema.SequencedRead;
import io.kmerflow.schema.UncalledReason;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TailTableTest {
    private static final Instant TIME = Instant.parse("2026-01-02T03:04:05.678Z");

    private static ReadAnnotation annotation(String readId, String label, float score) {
        return ReadAnnotation.newBuilder()
                .setAnnotationId("a")
                .setReadId(readId)
                .setMate(2)
                .setRunId("run")
                .setReadLength(150)
                .setStatus(AnnotationStatus.SCORED)
                .setReadCall(new ReadCall(label, score))
                .setCalls(List.of())
                .setModelName("species")
                .setModelVersion("2")
                .setModelDigest("sha256:ab")
                .setVocabularyHash("v")
                .setPrecision("fp32")
                .setAnnotatedTime(TIME)
                .build();
    }

    @Test
    void columnsOfAnnotationsAreAligned() {
        TailTable.Annotations table = new TailTable.Annotations();
        String called = table.row(annotation("r1", "Homo sapiens", 0.98765f));
        String header = table.header();

        assertThat(called)
                .isEqualTo("2026-01-02T03:04:05Z  r1/2                                  -                   150   0.988"
                        + "  Homo sapiens");
        assertThat(header.indexOf("call")).isEqualTo(called.indexOf("Homo sapiens"));
        assertThat(header.indexOf("bases") + "bases".length()).isEqualTo(called.indexOf("150") + 3);
    }

    @Test
    void driftNamesWhatIsOverItsThreshold() {
        DriftReport report = DriftReport.newBuilder()
                .setRunId("run")
                .setModelName("species")
                .setModelVersion("2")
                .setModelDigest("sha256:ab")
                .setSubtask(0)
                .setWindowReads(1_000)
                .setDivergences(Map.of("gc", 0.51234, "kmers", 0.01))
                .setThresholds(Map.of("gc", 0.125, "kmers", 0.02))
                .setExceeded(List.of("gc"))
                .setReportTime(TIME)
                .build();
        assertThat(new TailTable.Drift().row(report))
                .isEqualTo(
                        "2026-01-02T03:04:05Z  run               -               1000  species 2         gc 0.512 over 0.125");
    }

    @Test
    void readsWithoutCallShowWhy() {
        TailTable.Annotations table = new TailTable.Annotations();
        ReadAnnotation other = annotation("r1", null, 0.5f);
        other.setStatus(AnnotationStatus.UNCALLED);
        other.setUncalledReason(UncalledReason.OTHER);
        ReadAnnotation tooShort = annotation("r2", null, 0);
        tooShort.setReadCall(null);
        tooShort.setStatus(AnnotationStatus.TOO_SHORT);
        ReadAnnotation stretches = annotation("r3", null, 0);
        stretches.setReadCall(null);
        stretches.setCalls(List.of(Call.newBuilder()
                .setLabel("promoter")
                .setScore(0.75f)
                .setStart(10)
                .setEnd(60)
                .build()));

        assertThat(table.row(other)).endsWith("0.500  (other)");
        assertThat(table.row(tooShort)).endsWith("-  (too short)");
        assertThat(table.row(stretches)).endsWith("promoter 10-60 0.750");
    }

    @Test
    void charactersOfATerminalAreEscaped() {
        String row = new TailTable.Annotations().row(annotation("r\u001b[2J\n", "x\ty", 1));

        assertThat(row).contains("r\\x1b[2J\\x0a/2", "x\\x09y").hasLineCount(1);
    }

    @Test
    void deadLettersShowTheirPlace() {
        DeadLetter letter = DeadLetter.newBuilder()
                .setDeadLetterId("d")
                .setTopic("reads")
                .setPartition(3)
                .setOffset(17L)
                .setStage(DeadLetterStage.DECODE)
                .setReason("UNDECODABLE")
                .setMessage("Expected a read")
                .setErrorType("E")
                .setFailedTime(TIME)
                .build();
        TailTable.DeadLetters table = new TailTable.DeadLetters();
        assertThat(table.row(letter))
                .contains("UNDECODABLE", "reads-3 offset 17")
                .endsWith("Expected a read");
        letter.setFile("reads.fq");
        letter.setRecordNumber(5L);
        assertThat(table.row(letter)).contains("reads.fq record 5");
    }

    @Test
    void eventsOfTheWholeJobAreOfAllSubtasks() {
        ModelEvent event = ModelEvent.newBuilder()
                .setModelName("species")
                .setSlot(ModelSlot.ACTIVE)
                .setRevision(7)
                .setSubtask(-1)
                .setOutcome(ModelOutcome.COMMITTED)
                .setEventTime(TIME)
                .build();

        assertThat(new TailTable.ModelEvents().row(event).split(" +"))
                .containsExactly("2026-01-02T03:04:05Z", "species", "active", "7", "all", "COMMITTED", "-");
    }

    @Test
    void readAsJsonHasBasesAsTextAndQualitiesAsNumbers() throws Exception {
        SequencedRead read = SequencedRead.newBuilder()
                .setReadId("r\u001b")
                .setRunId("run")
                .setBases(ByteBuffer.wrap("ACGT".getBytes(StandardCharsets.US_ASCII)))
                .setPhredQualities(ByteBuffer.wrap(new byte[] {0, 10, 40, 93}))
                .setStartTime(TIME)
                .build();

        String row = ReadJson.text(read);
        JsonNode json = new ObjectMapper().readTree(row);

        assertThat(row).doesNotContain("\u001b");
        assertThat(json.path("readId").asText()).isEqualTo("r\u001b");
        assertThat(json.path("bases").asText()).isEqualTo("ACGT");
        assertThat(json.path("phredQualities").toString()).isEqualTo("[0,10,40,93]");
        assertThat(json.path("startTime").asText()).isEqualTo("2026-01-02T03:04:05.678Z");
        assertThat(json.has("sampleId")).isFalse();
        assertThat(json.path("filtered").isBoolean()).isTrue();
    }
}
