package io.kmerflow.job.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kmerflow.schema.AnnotationStatus;
import io.kmerflow.schema.Call;
import io.kmerflow.schema.ReadAnnotation;
import io.kmerflow.schema.ReadCall;
import io.kmerflow.schema.UncalledReason;
import io.kmerflow.schema.WindowScores;
import io.kmerflow.schema.codec.RecordCodec;
import io.kmerflow.schema.codec.UndecodableRecordException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AnnotationDecoderTest {
    private final AnnotationDecoder decoder = new AnnotationDecoder(null);

    private static ReadAnnotation bare() {
        return ReadAnnotation.newBuilder()
                .setAnnotationId("id")
                .setReadId("r\u00e9ad\t\u009b1")
                .setRunId("run")
                .setReadLength(30)
                .setStatus(AnnotationStatus.TOO_SHORT)
                .setModelName("m")
                .setModelVersion("1")
                .setModelDigest("sha256:a")
                .setVocabularyHash("")
                .setPrecision("")
                .setAnnotatedTime(AnnotationDecoder.NO_TIME)
                .build();
    }

    private static ReadAnnotation full() {
        ReadAnnotation annotation = bare();
        annotation.setMate(2);
        annotation.setSampleId("s");
        annotation.setBarcodeName("b");
        annotation.setStatus(AnnotationStatus.UNCALLED);
        annotation.setUncalledReason(UncalledReason.OTHER);
        annotation.setMeanQuality(12.5f);
        annotation.setReadCall(new ReadCall(null, 0.1f));
        annotation.setMateCall(new ReadCall("x", 0.9f));
        annotation.setCalls(List.of(new Call("x", "SO:1", 0, 3, 0.25f), new Call("y", null, 5, 9, 1f)));
        annotation.setWindowsScored(3);
        annotation.setWindowsTotal(9);
        annotation.setLabelScores(List.of(0.1f, 1.17549435E-38f));
        annotation.setWindowScoresOmitted(true);
        annotation.setWindowScores(new WindowScores(100, 50, 75, List.of(0.5f, 0.25f)));
        return annotation;
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void jsonGivesTheAnnotationThatItWasWrittenOf() throws Exception {
        for (ReadAnnotation annotation : List.of(bare(), full())) {
            assertThat(decoder.decode(bytes(AnnotationJson.text(annotation)))).isEqualTo(annotation);
        }
    }

    @Test
    void singleObjectEncodingIsReadToo() throws Exception {
        byte[] avro = new RecordCodec<>(ReadAnnotation.class).encode(full());
        assertThat(decoder.decode(avro)).isEqualTo(full());
    }

    @Test
    void constantsOfNewerVersionsAreUnknown() throws Exception {
        String text =
                AnnotationJson.text(full()).replace("\"UNCALLED\"", "\"LATER\"").replace("\"OTHER\"", "\"NEWER\"");
        ReadAnnotation read = decoder.decode(bytes(text));
        assertThat(read.getStatus()).isEqualTo(AnnotationStatus.UNKNOWN);
        assertThat(read.getUncalledReason()).isEqualTo(UncalledReason.UNKNOWN);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{", "{}", "[]", "{} {}", "{\"readId\": 3}", "plain text", "{\"a\": 1e999999999}"})
    void whatIsNoAnnotationIsRefused(String text) {
        assertThatThrownBy(() -> decoder.decode(bytes(text))).isInstanceOf(UndecodableRecordException.class);
    }

    @Test
    void refusalNamesTheField() {
        String text = AnnotationJson.text(bare()).replace("\"readLength\":30", "\"readLength\":3.5");
        assertThatThrownBy(() -> decoder.decode(bytes(text)))
                .isInstanceOf(UndecodableRecordException.class)
                .hasMessage("Expected an annotation as a JSON object: expected a whole number as readLength, got 3.5");
        assertThatThrownBy(() -> decoder.decode(null)).isInstanceOf(UndecodableRecordException.class);
    }

    @Test
    void whatFollowsAnObjectIsNotLeftOut() {
        assertThatThrownBy(() -> decoder.decode(bytes(AnnotationJson.text(bare()) + "{}")))
                .isInstanceOf(UndecodableRecordException.class);
    }
}
