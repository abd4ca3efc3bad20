package io.kmerflow.sequence.file;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;

/** Any first line of a record: docs/fuzzing.md. */
class ReadHeaderFuzzTest {
    @FuzzTest
    void anyLineIsAHeader(byte[] line) {
        String text = new String(line, StandardCharsets.ISO_8859_1).replace("\n", "");
        ReadHeader header = ReadHeader.parse(text);

        if (header.mate() < 0 || header.mate() > 2) {
            throw new AssertionError("Expected mate 0, 1 or 2, got " + header.mate());
        }
        if (header.readId() == null || !text.contains(header.readId())) {
            throw new AssertionError(
                    String.format(Locale.ROOT, "Expected a name out of the line, got '%s'", header.readId()));
        }
        if (header.channel() != null && header.channel() < 1) {
            throw new AssertionError("Expected a channel from 1, got " + header.channel());
        }
        for (String value : new String[] {
            header.runId(),
            header.sampleId(),
            header.barcodeName(),
            header.indexSequence(),
            header.umi(),
            header.basecallerModel(),
            header.parentReadId()
        }) {
            if (value != null && value.isBlank()) {
                throw new AssertionError(
                        String.format(Locale.ROOT, "Expected no value or one with a character, got '%s'", value));
            }
        }
        long kept = 0;
        for (Map.Entry<String, String> attribute : header.attributes().entrySet()) {
            kept += attribute.getKey().length() + attribute.getValue().length();
        }
        // Each character of the line is in one attribute, whose key may be one of ours ("comment").
        if (kept > 2L * text.length() + 64) {
            throw new AssertionError(String.format(
                    Locale.ROOT,
                    "Expected attributes no longer than the line, got %d characters of %d",
                    kept,
                    text.length()));
        }
    }
}
