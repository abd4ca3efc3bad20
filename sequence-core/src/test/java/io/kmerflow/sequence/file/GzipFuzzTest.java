package io.kmerflow.sequence.file;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Locale;

/** Any bytes behind the first two of gzip: docs/fuzzing.md. */
class GzipFuzzTest {
    /** Most items looked at: a few bytes of gzip can be millions of blank records. */
    private static final int MAX_ITEMS = 100_000;

    @FuzzTest
    void damageIsAFailureAtTheEndOfWhatCouldBeRead(byte[] data) throws IOException {
        byte[] gzip = new byte[data.length + 2];
        gzip[0] = 0x1f;
        gzip[1] = (byte) 0x8b;
        System.arraycopy(data, 0, gzip, 2, data.length);
        long end = 0;
        SequenceItem last = null;
        int items = 0;
        try (SequenceReader reader = SequenceFiles.open(new ByteArrayInputStream(gzip))) {
            SequenceItem item;
            while (items < MAX_ITEMS && (item = reader.next()) != null) {
                if (item.position().byteStart() != end) {
                    throw new AssertionError(
                            String.format(Locale.ROOT, "Expected an item at byte %d, got %s", end, item.position()));
                }
                end = item.position().byteEnd();
                last = item;
                items++;
            }
        }
        // Ten bytes of header, two of an empty block, eight of the trailer.
        if (gzip.length < 20 && !(last instanceof SequenceItem.Failure)) {
            throw new AssertionError("Expected a failure of a cut stream, got " + last);
        }
    }
}
