package io.kmerflow.cli.live;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.kmerflow.schema.AnnotationStatus;
import io.kmerflow.schema.DriftReport;
import io.kmerflow.schema.ReadAnnotation;
import io.kmerflow.schema.ReadCall;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RunStateTest {
    private static final Instant START = Instant.parse("2026-01-02T03:00:00Z");
    private static final SimulatedRun RUN = new SimulatedRun(START);

    private static RunState state(List<ReadAnnotation> annotations) {
        RunState state = new RunState();
        annotations.forEach(state::add);
        RUN.deadLetters().forEach(state::add);
        RUN.modelEvents().forEach(state::add);
        return state;
    }

    private static JsonNode json(RunState state, Instant now) {
        try {
            return new ObjectMapper().readTree(state.json(now.toEpochMilli()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static JsonNode runAtItsEnd() {
        return json(state(RUN.annotations()), START.plusSeconds(SimulatedRun.READS));
    }

    @Test
    void totalsAndCallsAreThoseOfTheRun() {
        JsonNode json = runAtItsEnd();

        assertThat(json.path("reads").asLong()).isEqualTo(1_200);
        assertThat(json.path("bases").asLong()).isEqualTo(600 * 2_000 + 600 * 500);
        assertThat(json.path("n50").asLong()).isEqualTo(2_000);
        assertThat(json.path("readsPerSecond").asDouble()).isEqualTo(1);
        assertThat(json.path("basesPerSecond").asDouble()).isEqualTo(1_250);
        assertThat(json.path("lag").isNull()).isTrue();
        assertThat(json.path("calls").toString())
                .isEqualTo("[{\"label\":\"Escherichia coli\",\"called\":true,\"reads\":540},"
                        + "{\"label\":\"Homo sapiens\",\"called\":true,\"reads\":540},"
                        + "{\"label\":\"(other)\",\"called\":false,\"reads\":60},"
                        + "{\"label\":\"(uncalled)\",\"called\":false,\"reads\":60}]");
        assertThat(json.path("deadLetters").toString()).isEqualTo("{\"MALFORMED_RECORD\":2,\"READ_TOO_LONG\":1}");
    }

    @Test
    void readsThatAreScoredWithoutALabelCountAsReadsWithoutCall() {
        ReadAnnotation foreign = ReadAnnotation.newBuilder(RUN.annotations().stream()
                        .filter(annotation -> annotation.getStatus() == AnnotationStatus.SCORED)
                        .findFirst()
                        .orElseThrow())
                .setReadCall(null)
                .setReadLength(-7)
                .setMeanQuality(Float.NaN)
                .build();
        ReadAnnotation nameless = ReadAnnotation.newBuilder(foreign)
                .setReadCall(new ReadCall(null, Float.POSITIVE_INFINITY))
                .setReadLength(Integer.MAX_VALUE)
                .build();

        JsonNode json = json(state(List.of(foreign, nameless)), START);

        assertThat(json.path("calls").toString()).isEqualTo("[{\"label\":\"(scored)\",\"called\":false,\"reads\":2}]");
    }

    @Test
    void everySampleAndBarcodeHasItsOwnCounts() {
        JsonNode second = runAtItsEnd().path("samples").path(1);

        assertThat(second.toString())
                .isEqualTo("{\"sample\":\"pool\",\"barcode\":\"barcode02\",\"reads\":600,\"bases\":300000,\"n50\":500,"
                        + "\"medianQuality\":17,\"calls\":{\"Homo sapiens\":540,\"(uncalled)\":60}}");
    }

    @Test
    void histogramsHoldEveryRead() {
        JsonNode json = runAtItsEnd();

        assertThat(json.path("lengths").path("reads").path(0).asLong()).isEqualTo(600);
        assertThat(json.path("qualities").path("from").path(0).asLong()).isEqualTo(12);
        assertThat(json.path("calledScores").path(19).asLong()).isEqualTo(1_080); // 0.97
        assertThat(json.path("uncalledScores").path(8).asLong()).isEqualTo(120); // 0.42
    }

    @Test
    void modelsHaveTheirTimesAndEventsOfSingleSubtasksAreLeftOut() {
        JsonNode json = runAtItsEnd();

        assertThat(json.path("models").findValuesAsText("version")).containsExactly("1", "2");
        assertThat(json.path("models").path(0).path("reads").asLong()).isEqualTo(600);
        assertThat(json.path("models").path(1).path("firstMillis").asLong())
                .isEqualTo(START.plusSeconds(600).toEpochMilli());
        assertThat(json.path("modelEvents").findValuesAsText("outcome")).containsExactly("COMMITTED", "ABORTED");
    }

    /** As it is where partitions are read one after the other. */
    @Test
    void theOrderOfTheRecordsChangesNothing() {
        List<ReadAnnotation> shuffled = new ArrayList<>(RUN.annotations());
        Collections.shuffle(shuffled, new Random(7));
        JsonNode json = json(state(shuffled), START.plusSeconds(SimulatedRun.READS));

        assertThat(json.path("run")).isEqualTo(runAtItsEnd().path("run"));
        assertThat(json.path("recent")).isEqualTo(runAtItsEnd().path("recent"));
        assertThat(json.path("models")).isEqualTo(runAtItsEnd().path("models"));
    }

    @Test
    void noReadAndNoBaseIsInIt() {
        assertThat(runAtItsEnd().toString()).doesNotContain("secret-read", "ACGT");
    }

    @Test
    void namesBeyondTheLimitsShareARow() {
        RunState state = new RunState();
        for (int i = 0; i < 1_000; i++) {
            ReadAnnotation annotation = RUN.annotation(0);
            annotation.setSampleId("sample" + i);
            annotation.getReadCall().setLabel("label" + i);
            state.add(annotation);
        }
        JsonNode json = json(state, START);

        assertThat(json.path("samples")).hasSize(401);
        assertThat(json.path("samples").path(0).path("sample").asText()).isEqualTo("further names");
        assertThat(json.path("samples").path(0).path("reads").asLong()).isEqualTo(600);
        assertThat(json.path("calls")).hasSize(201);
        assertThat(json.path("calls").path(0).path("reads").asLong()).isEqualTo(800);
    }

    private static DriftReport drift(String sample, int second, String... exceeded) {
        return DriftReport.newBuilder()
                .setRunId("run")
                .setSampleId(sample)
                .setModelName("species")
                .setModelVersion("1")
                .setModelDigest("sha256:1")
                .setSubtask(0)
                .setWindowReads(1_000)
                .setDivergences(Map.of("gc", 0.5, "kmers", 0.25))
                .setThresholds(Map.of("gc", 0.125, "kmers", 0.25))
                .setExceeded(List.of(exceeded))
                .setReportTime(START.plusSeconds(second))
                .build();
    }

    @Test
    void samplesThatDriftNowComeFirst() {
        RunState state = new RunState();
        state.add(drift("calm", 1));
        state.add(drift("past", 1, "gc"));
        state.add(drift("past", 2));
        state.add(drift("now", 2, "gc"));
        state.add(drift("now", 1)); // another subtask's, that came later
        JsonNode json = json(state, START).path("drift");

        assertThat(json).extracting(row -> row.path("sample").asText()).containsExactly("now", "past", "calm");
        assertThat(json.path(0).path("windows").asInt()).isEqualTo(2);
        assertThat(json.path(0).path("alarms").asInt()).isEqualTo(1);
        assertThat(json.path(0).path("exceeded").toString())
                .isEqualTo("[{\"measure\":\"gc\",\"divergence\":0.5,\"threshold\":0.125}]");
        assertThat(json.path(1).path("exceeded")).isEmpty();
    }

    @Test
    void anEmptyStateIsOneToo() {
        JsonNode json = json(new RunState(), START);

        assertThat(json.path("reads").asLong()).isZero();
        assertThat(json.path("medianQuality").isNull()).isTrue();
        assertThat(json.path("lengths").path("from")).isEmpty();
        assertThat(json.path("run").path("reads")).isEmpty();
    }

    @Test
    void theVersionRisesOnlyWithAChange() {
        RunState state = state(List.of());
        long before = state.version();
        state.problem("annotations", null);
        state.lag(null);
        assertThat(state.version()).isEqualTo(before);
        state.lag(5L);
        state.problem("annotations", "gone");
        assertThat(state.version()).isEqualTo(before + 2);
        assertThat(json(state, START).path("problems").path(0).asText()).isEqualTo("gone");
    }
}
