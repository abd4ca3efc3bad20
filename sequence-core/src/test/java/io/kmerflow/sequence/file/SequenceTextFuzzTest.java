package io.kmerflow.sequence.file;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.sun.management.ThreadMXBean;
import io.kmerflow.sequence.QualityEncoding;
import io.kmerflow.sequence.Read;
import io.kmerflow.sequence.file.SequenceItem.Parsed;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.Locale;

/** Any bytes taken for FASTQ or FASTA: docs/fuzzing.md. */
class SequenceTextFuzzTest {
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    /** Buffers of the readers, and whatever loading a class takes. */
    private static final long BASE_BYTES = 64 << 20;
    /** Bytes allocated in all for each byte of text: lines, records, positions and messages. */
    private static final long BYTES_PER_BYTE = 400;

    @FuzzTest
    void everyByteIsInARecordOrAFailure(byte[] text) throws IOException {
        for (QualityEncoding encoding : QualityEncoding.values()) {
            long allocated = THREADS.getCurrentThreadAllocatedBytes();
            long end = 0;
            try (SequenceReader reader = SequenceFiles.ofText(new ByteArrayInputStream(text), encoding)) {
                for (SequenceItem item = reader.next(); item != null; item = reader.next()) {
                    if (item.position().byteStart() != end) {
                        throw new AssertionError(String.format(
                                Locale.ROOT, "Expected an item at byte %d, got %s", end, item.position()));
                    }
                    end = item.position().byteEnd();
                    if (item instanceof Parsed record) {
                        check(record);
                    }
                }
            }
            if (end != text.length) {
                throw new AssertionError(
                        String.format(Locale.ROOT, "Expected items up to byte %d, got %d", text.length, end));
            }
            allocated = THREADS.getCurrentThreadAllocatedBytes() - allocated;
            assertThat(allocated).isLessThan(BASE_BYTES + BYTES_PER_BYTE * text.length);
        }
    }

    /** A record that parses is a read that can be. */
    private static void check(Parsed record) {
        ReadHeader header = record.readHeader();
        // The constructor holds what a read is: one quality a base, codes of nucleotides alone.
        Read read =
                new Read(header.readId(), header.mate(), "run", null, false, record.bases(), record.phredQualities());
        for (byte base : read.bases()) {
            if ("ACGTN".indexOf(base) < 0) {
                throw new AssertionError("Expected A, C, G, T or N, got byte " + base);
            }
        }
    }
}
