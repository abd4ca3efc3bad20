package io.kmerflow.job.annotate;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.kmerflow.schema.AnnotationStatus;
import io.kmerflow.schema.Call;
import io.kmerflow.schema.ReadAnnotation;
import io.kmerflow.schema.ReadCall;
import io.kmerflow.schema.UncalledReason;
import io.kmerflow.schema.WindowScores;
import io.kmerflow.schema.codec.ConfluentDecoder;
import io.kmerflow.schema.codec.RecordCodec;
import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class AnnotationEncoderTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    /** With a value in every field. */
    private static ReadAnnotation annotation(String text, int calls, int windowScores) {
        return ReadAnnotation.newBuilder()
                .setAnnotationId("a")
                .setReadId(text)
                .setMate(1)
                .setRunId(text)
                .setSampleId(text)
                .setBarcodeName(text)
                .setReadLength(150)
                .setMeanQuality(12.514124f)
                .setStatus(AnnotationStatus.UNCALLED)
                .setUncalledReason(UncalledReason.OTHER)
                .setReadCall(new ReadCall("x", 0.5f))
                .setMateCall(new ReadCall(null, 0.25f))
                .setCalls(new ArrayList<>(Collections.nCopies(calls, new Call("x", "SO:1", 1, 2, 0.12345678f))))
                .setLabelScores(List.of(0.5f, 0.5f))
                .setWindowsScored(1)
                .setWindowsTotal(2)
                .setWindowScores(new WindowScores(
                        150, 150, 0, new ArrayList<>(Collections.nCopies(windowScores, Float.MIN_NORMAL))))
                .setWindowScoresOmitted(true)
                .setModelName("m")
                .setModelVersion("1")
                .setModelDigest("sha256:ab")
                .setVocabularyHash("v")
                .setPrecision("fp32")
                .setAnnotatedTime(Instant.EPOCH)
                .build();
    }

    private static List<String> names(JsonNode node) {
        List<String> names = new ArrayList<>();
        node.fieldNames().forEachRemaining(names::add);
        return names;
    }

    @Test
    void jsonHasTheFieldsOfItsSchema() throws IOException {
        JsonNode object = JSON.readTree(new AnnotationEncoder(AnnotationFormat.JSON, 0).encode(annotation("r", 1, 2)));
        JsonNode schema;
        try (InputStream in = ReadAnnotation.class.getResourceAsStream("json/ReadAnnotation.schema.json")) {
            schema = JSON.readTree(in);
        }
        JsonNode properties = schema.path("properties");

        assertThat(names(object)).containsExactlyInAnyOrderElementsOf(names(properties));
        assertThat(names(object.path("calls").get(0)))
                .containsExactlyInAnyOrderElementsOf(names(properties.at("/calls/items/properties")));
        assertThat(names(object.path("windowScores")))
                .containsExactlyInAnyOrderElementsOf(names(properties.at("/windowScores/properties")));
        assertThat(names(object.path("model")))
                .containsExactlyInAnyOrderElementsOf(names(properties.at("/model/properties")));
        assertThat(names(object.path("readCall")))
                .containsExactlyInAnyOrderElementsOf(names(schema.at("/$defs/call/properties")));
    }

    @Test
    void avroIsWhatTheCodecReads() throws Exception {
        ReadAnnotation annotation = annotation("r", 1, 2);

        assertThat(new RecordCodec<>(ReadAnnotation.class)
                        .decode(new AnnotationEncoder(AnnotationFormat.AVRO, 0).encode(annotation)))
                .isEqualTo(annotation);
    }

    @Test
    void confluentIsAByteZeroTheIdAndTheRecord() throws Exception {
        ReadAnnotation annotation = annotation("r", 1, 2);
        byte[] bytes = new AnnotationEncoder(AnnotationFormat.CONFLUENT, 258).encode(annotation);

        assertThat(bytes).startsWith(0, 0, 0, 1, 2);
        assertThat(new ConfluentDecoder<>(
                                ReadAnnotation.class, id -> id == 258 ? ReadAnnotation.getClassSchema() : null)
                        .decode(bytes))
                .isEqualTo(annotation);
    }

    /** Characters that JSON escapes, many calls, the longest floats: the cases in which JSON grows most. */
    @Test
    void boundIsNoLessThanTheJson() {
        for (ReadAnnotation annotation : List.of(
                annotation("\u009b".repeat(10_000), 0, 0),
                annotation("\u2028".repeat(10_000), 0, 0),
                annotation("r", 10_000, 0),
                annotation("r", 0, 100_000))) {
            long scores = annotation.getWindowScores().getScores().size();
            long avro = new AnnotationEncoder(AnnotationFormat.AVRO, 0).encode(annotation).length - 4 * scores;
            int json = new AnnotationEncoder(AnnotationFormat.JSON, 0).encode(annotation).length;

            assertThat(AnnotationFormat.JSON.bound(avro + 1024, scores)).isGreaterThanOrEqualTo(json);
        }
    }
}
