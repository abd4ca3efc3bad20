package io.kmerflow.job.json;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.kmerflow.schema.SequencedRead;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;

/** A read as one JSON object with the fields of its schema: bases as text, qualities as Phred numbers; what is not known is left out. */
public final class ReadJson {
    private static final JsonFactory JSON = PrintableJson.factory();

    private ReadJson() {}

    /** The object in one line; {@link ReadDecoder} reads it. */
    public static String text(SequencedRead read) {
        StringWriter text = new StringWriter(512);
        try (JsonGenerator json = JSON.createGenerator(text)) {
            json.writeStartObject();
            json.writeObjectFieldStart("attributes");
            for (Map.Entry<String, String> attribute : new TreeMap<>(read.getAttributes()).entrySet()) {
                json.writeStringField(attribute.getKey(), attribute.getValue());
            }
            json.writeEndObject();
            write(json, "barcodeName", read.getBarcodeName());
            write(json, "basecallerModel", read.getBasecallerModel());
            write(
                    json,
                    "bases",
                    StandardCharsets.ISO_8859_1
                            .decode(read.getBases().duplicate())
                            .toString());
            write(json, "channel", read.getChannel());
            write(json, "duplex", read.getDuplex());
            json.writeBooleanField("filtered", read.getFiltered());
            write(json, "indexSequence", read.getIndexSequence());
            write(json, "mate", read.getMate());
            write(json, "parentReadId", read.getParentReadId());
            writeQualities(json, read.getPhredQualities());
            write(json, "platform", read.getPlatform());
            write(json, "readId", read.getReadId());
            write(json, "recordNumber", read.getRecordNumber());
            write(json, "runId", read.getRunId());
            write(json, "sampleId", read.getSampleId());
            write(json, "sourceFile", read.getSourceFile());
            write(json, "startTime", read.getStartTime());
            write(json, "umi", read.getUmi());
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException(e); // writes to memory only
        }
        return text.toString();
    }

    private static void write(JsonGenerator json, String name, Object value) throws IOException {
        if (value instanceof Number number) {
            json.writeNumberField(name, number.longValue());
        } else if (value instanceof String || value instanceof Instant) {
            json.writeStringField(name, value.toString());
        }
    }

    private static void writeQualities(JsonGenerator json, ByteBuffer qualities) throws IOException {
        if (qualities == null) {
            return;
        }
        json.writeArrayFieldStart("phredQualities");
        for (int i = qualities.position(); i < qualities.limit(); i++) {
            json.writeNumber(qualities.get(i));
        }
        json.writeEndArray();
    }
}
