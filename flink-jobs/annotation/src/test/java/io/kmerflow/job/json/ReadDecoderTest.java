package io.kmerflow.job.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.kmerflow.schema.SequencedRead;
import io.kmerflow.schema.codec.RecordCodec;
import io.kmerflow.schema.codec.UndecodableRecordException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.avro.Schema;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ReadDecoderTest {
    private final ReadDecoder decoder = new ReadDecoder(null);

    private static SequencedRead full() {
        return SequencedRead.newBuilder()
                .setReadId("r\u00e9ad\t\u009b1")
                .setMate(2)
                .setRunId("run")
                .setSampleId("s")
                .setPlatform("ILLUMINA")
                .setBases(ByteBuffer.wrap("acgtN-".getBytes(StandardCharsets.US_ASCII)))
                .setPhredQualities(ByteBuffer.wrap(new byte[] {0, 10, 40, 93, 2, 2}))
                .setBarcodeName("barcode07")
                .setIndexSequence("ATCACG")
                .setUmi("ACGT")
                .setChannel(126)
                .setStartTime(Instant.parse("2026-01-02T03:04:05.678Z"))
                .setBasecallerModel("sup@5")
                .setParentReadId("p")
                .setDuplex(-1)
                .setFiltered(true)
                .setSourceFile("a.fq")
                .setRecordNumber(1L << 40)
                .setAttributes(Map.of("comment", "x y", "\u2028", ""))
                .build();
    }

    private SequencedRead decode(String json) throws UndecodableRecordException {
        return decoder.decode(json.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void readsWhatIsWrittenInJsonAndInAvro() throws Exception {
        SequencedRead bare = SequencedRead.newBuilder()
                .setReadId("r")
                .setRunId("run")
                .setBases(ByteBuffer.wrap(new byte[0]))
                .build();

        for (SequencedRead read : List.of(full(), bare)) {
            assertThat(decode(ReadJson.text(read))).isEqualTo(read);
            assertThat(decoder.decode(new RecordCodec<>(SequencedRead.class).encode(read)))
                    .isEqualTo(read);
        }
    }

    @Test
    void whatIsNoJsonIsToldWithoutThePlaceInASourceThatIsNotShown() {
        assertThatThrownBy(() -> decode("{\"readId\":\"r\""))
                .hasMessageEndingWith("expected close marker for Object")
                .hasMessageNotContaining("Source");
    }

    @Test
    void theFieldsAreThoseOfTheAvroSchemaAndOfTheJsonSchema() throws Exception {
        List<String> written = new ArrayList<>();
        new ObjectMapper().readTree(ReadJson.text(full())).fieldNames().forEachRemaining(written::add);
        JsonNode schema;
        try (InputStream in = SequencedRead.class.getResourceAsStream("json/SequencedRead.schema.json")) {
            schema = new ObjectMapper().readTree(in);
        }
        List<String> documented = new ArrayList<>();
        schema.path("properties").fieldNames().forEachRemaining(documented::add);

        assertThat(written)
                .containsExactlyInAnyOrderElementsOf(SequencedRead.getClassSchema().getFields().stream()
                        .map(Schema.Field::name)
                        .toList())
                .containsExactlyInAnyOrderElementsOf(documented);
    }

    @Test
    void fieldsThatAreNotKnownAreLeftOutAndQualitiesMayBeText() throws Exception {
        SequencedRead read = decode(
                "{\"readId\":\"r\",\"runId\":\"run\",\"bases\":\"ACG\",\"phredQualities\":\"!I~\",\"startTime\":1000,\"flowcell\":{\"id\":1},"
                        + "\"umi\":null,\"attributes\":{\"n\":5}}");

        assertThat(read.getPhredQualities()).isEqualTo(ByteBuffer.wrap(new byte[] {0, 40, 93}));
        assertThat(read.getStartTime()).isEqualTo(Instant.ofEpochSecond(1));
        assertThat(read.getAttributes()).isEqualTo(Map.of("n", "5"));
        assertThat(read.getMate()).isZero();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{ | JSON object, got 1 bytes that are none",
                "{} | expected a text as readId, got nothing",
                "{\"readId\":7,\"runId\":\"n\",\"bases\":\"A\"} | expected a text as readId, got 7",
                "{\"readId\":\"r\",\"bases\":\"A\"} | expected a text as runId, got nothing",
                "{\"readId\":\"r\",\"runId\":\"n\",\"bases\":null} | expected a text as bases, got null",
                "{\"readId\":\"r\",\"runId\":\"n\",\"bases\":\"A\",\"mate\":1e400} | expected a whole number as mate, got",
                "{\"readId\":\"r\",\"runId\":\"n\",\"bases\":\"A\",\"mate\":99999999999} | expected a whole number as mate, got 99999999999",
                "{\"readId\":\"r\",\"runId\":\"n\",\"bases\":\"A\",\"phredQualities\":[94]} | expected whole numbers of 0 to 93 as phredQualities, got 94",
                "{\"readId\":\"r\",\"runId\":\"n\",\"bases\":\"A\",\"phredQualities\":7} | expected a list as phredQualities, got 7",
                "{\"readId\":\"r\",\"runId\":\"n\",\"bases\":\"A\",\"phredQualities\":\"\\u0007\"} | Expected a read as a JSON object",
                "{\"readId\":\"r\",\"runId\":\"n\",\"bases\":\"A\",\"startTime\":\"today\"} | expected a time such as",
                "{\"readId\":\"r\",\"runId\":\"n\",\"bases\":\"A\",\"filtered\":\"no\"} | expected true or false as filtered",
                "{\"readId\":\"r\",\"runId\":\"n\",\"bases\":\"A\",\"attributes\":[]} | expected an object of texts as attributes",
                "{\"readId\":\"r\",\"readId\":\"q\",\"runId\":\"n\",\"bases\":\"A\"} | Duplicate field 'readId'",
                "{\"readId\":\"r\",\"runId\":\"n\",\"bases\":\"A\"} {} | bytes that are none",
            })
    void whatIsNoReadSaysWhichFieldIsWrong(String json, String sentence) {
        assertThatThrownBy(() -> decode(json))
                .isInstanceOf(UndecodableRecordException.class)
                .hasMessageContaining(sentence);
    }
}
