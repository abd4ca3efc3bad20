package io.kmerflow.cli.serving;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.kmerflow.cli.base.Json;
import io.kmerflow.files.write.RowFormat;
import io.kmerflow.schema.SequencedRead;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.avro.Schema;

/** A read as one JSON object with the fields of its schema: bases as text, qualities as Phred numbers; null is left out. */
final class ReadJson implements RowFormat<SequencedRead> {
    private static final long serialVersionUID = 1L;

    @Override
    public String header() {
        return null;
    }

    @Override
    public String row(SequencedRead read) {
        Map<String, Object> fields = new LinkedHashMap<>();
        for (Schema.Field field : read.getSchema().getFields()) {
            fields.put(field.name(), read.get(field.pos()));
        }
        fields.put(
                "bases",
                StandardCharsets.ISO_8859_1.decode(read.getBases().duplicate()).toString());
        fields.put("phredQualities", read.getPhredQualities() == null ? null : numbers(read.getPhredQualities()));
        fields.put(
                "startTime",
                read.getStartTime() == null ? null : read.getStartTime().toString());
        fields.values().removeIf(value -> value == null);
        try {
            return Json.MAPPER.writeValueAsString(fields);
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e); // writes to memory only
        }
    }

    private static int[] numbers(ByteBuffer bytes) {
        int[] numbers = new int[bytes.remaining()];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = bytes.get(bytes.position() + i);
        }
        return numbers;
    }
}
