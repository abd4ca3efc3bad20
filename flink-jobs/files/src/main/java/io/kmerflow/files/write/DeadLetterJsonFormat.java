package io.kmerflow.files.write;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.kmerflow.job.json.PrintableJson;
import io.kmerflow.schema.DeadLetter;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;

/** JSON Lines of dead letters: places that do not apply are left out, the payload is Base64. */
public final class DeadLetterJsonFormat implements RowFormat<DeadLetter> {
    private static final JsonFactory JSON = PrintableJson.factory();

    @Override
    public String header() {
        return null;
    }

    @Override
    public String row(DeadLetter letter) {
        StringWriter text = new StringWriter(512);
        try (JsonGenerator json = JSON.createGenerator(text)) {
            json.writeStartObject();
            json.writeStringField("reason", letter.getReason());
            json.writeStringField("message", letter.getMessage());
            json.writeStringField("stage", letter.getStage().name());
            writeText(json, "readId", letter.getReadId());
            writeText(json, "file", letter.getFile());
            writeNumber(json, "recordNumber", letter.getRecordNumber());
            writeNumber(json, "line", letter.getLine());
            writeNumber(json, "byteStart", letter.getByteStart());
            writeNumber(json, "byteEnd", letter.getByteEnd());
            writeText(json, "topic", letter.getTopic());
            writeNumber(json, "partition", letter.getPartition());
            writeNumber(json, "offset", letter.getOffset());
            json.writeStringField("errorType", letter.getErrorType());
            if (letter.getPayload() != null) {
                ByteBuffer payload = letter.getPayload().duplicate();
                byte[] bytes = new byte[payload.remaining()];
                payload.get(bytes);
                json.writeBinaryField("payload", bytes);
            }
            writeText(json, "payloadHmac", letter.getPayloadHmac());
            json.writeStringField("failedTime", letter.getFailedTime().toString());
            json.writeStringField("deadLetterId", letter.getDeadLetterId());
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException(e); // writes to memory only
        }
        return text.toString();
    }

    private static void writeText(JsonGenerator json, String name, String value) throws IOException {
        if (value != null) {
            json.writeStringField(name, value);
        }
    }

    private static void writeNumber(JsonGenerator json, String name, Number value) throws IOException {
        if (value != null) {
            json.writeNumberField(name, value.longValue());
        }
    }
}
