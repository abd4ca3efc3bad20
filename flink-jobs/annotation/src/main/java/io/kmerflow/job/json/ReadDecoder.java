package io.kmerflow.job.json;

import static io.kmerflow.job.json.JsonFields.has;
import static io.kmerflow.job.json.JsonFields.optionalText;
import static io.kmerflow.job.json.JsonFields.optionalWhole;
import static io.kmerflow.job.json.JsonFields.require;
import static io.kmerflow.job.json.JsonFields.text;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.kmerflow.schema.SequencedRead;
import io.kmerflow.schema.codec.ConfluentDecoder;
import io.kmerflow.schema.codec.RecordCodec;
import io.kmerflow.schema.codec.RecordDecoder;
import io.kmerflow.schema.codec.UndecodableRecordException;
import io.kmerflow.schema.registry.RegistryAddress;
import io.kmerflow.schema.registry.SchemaRegistry;
import io.kmerflow.sequence.MalformedReadException;
import io.kmerflow.sequence.PhredQualities;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/**
 * Reads reads in every format that they are written in: {@link ReadJson} begins with a brace, Confluent's format with 0,
 * single-object encoding with C3. In JSON, {@code readId}, {@code runId} and {@code bases} must be there; qualities may be a text too, as in
 * FASTQ (Phred+33), and fields with other names are left out. Whether bases are bases is not judged here. Not safe for several threads.
 */
public final class ReadDecoder implements RecordDecoder<SequencedRead> {
    private final ObjectMapper json = new ObjectMapper()
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION);
    private final RecordDecoder<SequencedRead> avro;

    /** @param registry of the schemas of reads in Confluent's format; null reads the others alone */
    public ReadDecoder(RegistryAddress registry) {
        avro = registry == null
                ? new RecordCodec<>(SequencedRead.class)
                : new ConfluentDecoder<>(SequencedRead.class, new SchemaRegistry(registry)::schema);
    }

    @Override
    public SequencedRead decode(byte[] bytes) throws UndecodableRecordException {
        if (bytes == null || bytes.length == 0 || bytes[0] != '{') {
            return avro.decode(bytes);
        }
        try {
            return read(json.readTree(bytes));
        } catch (JsonProcessingException e) {
            throw new UndecodableRecordException(
                    String.format(
                            Locale.ROOT,
                            "Expected a read as a JSON object, got %d bytes that are none: %s",
                            bytes.length,
                            JsonProblem.of(e)),
                    e);
        } catch (IOException | IllegalArgumentException e) {
            throw new UndecodableRecordException(
                    String.format(Locale.ROOT, "Expected a read as a JSON object: %s", e.getMessage()), e);
        }
    }

    private static SequencedRead read(JsonNode tree) {
        SequencedRead read = new SequencedRead();
        read.setReadId(text(tree, "readId"));
        read.setMate(has(tree, "mate") ? JsonFields.whole(tree, "mate") : 0);
        read.setRunId(text(tree, "runId"));
        read.setSampleId(optionalText(tree, "sampleId"));
        read.setPlatform(optionalText(tree, "platform"));
        read.setBases(ByteBuffer.wrap(bytes(tree, "bases")));
        read.setPhredQualities(has(tree, "phredQualities") ? ByteBuffer.wrap(qualities(tree)) : null);
        read.setBarcodeName(optionalText(tree, "barcodeName"));
        read.setIndexSequence(optionalText(tree, "indexSequence"));
        read.setUmi(optionalText(tree, "umi"));
        read.setChannel(optionalWhole(tree, "channel"));
        read.setStartTime(has(tree, "startTime") ? time(tree) : null);
        read.setBasecallerModel(optionalText(tree, "basecallerModel"));
        read.setParentReadId(optionalText(tree, "parentReadId"));
        read.setDuplex(optionalWhole(tree, "duplex"));
        JsonNode filtered = tree.path("filtered");
        require(
                filtered.isBoolean() || filtered.isNull() || filtered.isMissingNode(),
                "true or false",
                "filtered",
                filtered);
        read.setFiltered(filtered.asBoolean());
        read.setSourceFile(optionalText(tree, "sourceFile"));
        JsonNode number = tree.path("recordNumber");
        boolean numbered = has(tree, "recordNumber");
        require(
                !numbered || number.isIntegralNumber() && number.canConvertToLong(),
                "a whole number",
                "recordNumber",
                number);
        read.setRecordNumber(numbered ? number.longValue() : null);
        read.setAttributes(attributes(tree));
        return read;
    }

    /** Of a character that is no byte 0, which no base is. */
    private static byte[] bytes(JsonNode tree, String name) {
        String text = text(tree, name);
        byte[] bytes = new byte[text.length()];
        for (int i = 0; i < bytes.length; i++) {
            char character = text.charAt(i);
            bytes[i] = character < 0x80 ? (byte) character : 0;
        }
        return bytes;
    }

    private static byte[] qualities(JsonNode tree) {
        JsonNode given = tree.path("phredQualities");
        if (given.isTextual()) {
            try {
                return PhredQualities.fromPhred33(given.textValue().getBytes(StandardCharsets.UTF_8));
            } catch (MalformedReadException e) {
                throw new IllegalArgumentException(e.getMessage(), e);
            }
        }
        byte[] qualities = new byte[JsonFields.list(tree, "phredQualities").size()];
        for (int i = 0; i < qualities.length; i++) {
            JsonNode quality = given.get(i);
            boolean fits = quality.isInt() && quality.intValue() >= 0 && quality.intValue() <= PhredQualities.MAX;
            require(fits, "whole numbers of 0 to " + PhredQualities.MAX, "phredQualities", quality);
            qualities[i] = (byte) quality.intValue();
        }
        return qualities;
    }

    /** A time as text, or milliseconds since 1970-01-01 UTC. */
    private static Instant time(JsonNode tree) {
        JsonNode given = tree.path("startTime");
        if (given.isIntegralNumber() && given.canConvertToLong()) {
            return Instant.ofEpochMilli(given.longValue());
        }
        Instant time = null;
        try {
            time = Instant.parse(given.asText());
            time.toEpochMilli();
        } catch (DateTimeException | ArithmeticException e) {
            time = null;
        }
        require(time != null, "a time such as 2026-11-27T08:00:00Z", "startTime", given);
        return time;
    }

    private static Map<String, String> attributes(JsonNode tree) {
        Map<String, String> attributes = new HashMap<>();
        if (has(tree, "attributes")) {
            JsonNode given = tree.path("attributes");
            require(given.isObject(), "an object of texts", "attributes", given);
            for (Map.Entry<String, JsonNode> attribute : given.properties()) {
                require(
                        attribute.getValue().isValueNode(),
                        "a text",
                        "attributes." + attribute.getKey(),
                        attribute.getValue());
                attributes.put(attribute.getKey(), attribute.getValue().asText());
            }
        }
        return attributes;
    }
}
