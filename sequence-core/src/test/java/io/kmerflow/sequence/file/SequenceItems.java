package io.kmerflow.sequence.file;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPOutputStream;

/** Reads whole files in memory and checks that every byte is accounted for. */
final class SequenceItems {
    private SequenceItems() {}

    static List<SequenceItem> of(String text) throws IOException {
        List<SequenceItem> items = of(text.getBytes(StandardCharsets.ISO_8859_1));
        assertEveryByteOnce(items, text.length());
        return items;
    }

    static List<SequenceItem> of(byte[] file) throws IOException {
        List<SequenceItem> items = new ArrayList<>();
        try (SequenceReader reader = SequenceFiles.open(new ByteArrayInputStream(file))) {
            for (SequenceItem item = reader.next(); item != null; item = reader.next()) {
                items.add(item);
            }
            assertThat(reader.next()).as("item after the end").isNull();
        }
        return items;
    }

    static void assertEveryByteOnce(List<SequenceItem> items, long bytes) {
        long offset = 0;
        long record = 0;
        for (SequenceItem item : items) {
            assertThat(item.position().record()).isEqualTo(++record);
            assertThat(item.position().byteStart()).isEqualTo(offset);
            offset = item.position().byteEnd();
        }
        assertThat(offset).as("bytes in items").isEqualTo(bytes);
    }

    static List<String> names(List<SequenceItem> items) {
        return items.stream()
                .map(item -> item instanceof SequenceItem.Parsed parsed
                        ? parsed.header()
                        : ((SequenceItem.Failure) item).reason().name())
                .toList();
    }

    static byte[] gzip(String text) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(bytes)) {
            out.write(text.getBytes(StandardCharsets.ISO_8859_1));
        }
        return bytes.toByteArray();
    }

    static byte[] concat(byte[]... parts) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            bytes.writeBytes(part);
        }
        return bytes.toByteArray();
    }
}
