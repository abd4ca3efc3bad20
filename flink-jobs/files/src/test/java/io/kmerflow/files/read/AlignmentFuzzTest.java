package io.kmerflow.files.read;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.sun.management.ThreadMXBean;
import htsjdk.samtools.util.BlockCompressedOutputStream;
import io.kmerflow.sequence.MalformedReadException;
import io.kmerflow.sequence.Read;
import io.kmerflow.sequence.file.ReadHeader;
import io.kmerflow.sequence.file.SequenceItem;
import io.kmerflow.sequence.file.SequenceItem.Parsed;
import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.Locale;

/** Any bytes taken for SAM, and for what stands in the blocks of a BAM file: docs/fuzzing.md. */
class AlignmentFuzzTest {
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    /** Buffers and classes of htsjdk. */
    private static final long BASE_BYTES = 64 << 20;

    private static final long BYTES_PER_BYTE = 2_000;

    @FuzzTest
    void recordsAreReadOrTheFileIsDamaged(byte[] data) throws IOException {
        if (data.length < 4) {
            return;
        }
        boolean bam = data[0] == 'B' && data[1] == 'A' && data[2] == 'M' && data[3] == 1;
        byte[] file = bam ? blocks(data) : data;
        long most = BASE_BYTES + BYTES_PER_BYTE * data.length;
        long allocated = allocated(file);
        if (allocated > most) {
            allocated = allocated(file); // the first time classes were loaded too, and instrumented, on this thread
        }
        if (allocated > most) {
            throw new AssertionError(String.format(
                    Locale.ROOT,
                    "Expected no more than %d bytes of memory for each of %d, got %d in all",
                    BYTES_PER_BYTE,
                    data.length,
                    allocated));
        }
    }

    /** Reads all of it; the memory that this took, in bytes. */
    private static long allocated(byte[] file) throws IOException {
        long before = THREADS.getCurrentThreadAllocatedBytes();
        try (AlignmentReader reader =
                new AlignmentReader(new BufferedInputStream(new ByteArrayInputStream(file)), "fuzzed", null)) {
            long last = 0;
            for (SequenceItem item = reader.next(); item != null; item = reader.next()) {
                if (item.position().record() != last + 1) {
                    throw new AssertionError(
                            String.format(Locale.ROOT, "Expected record %d, got %s", last + 1, item.position()));
                }
                last = item.position().record();
                if (item instanceof Parsed record) {
                    check(record);
                }
            }
        }
        return THREADS.getCurrentThreadAllocatedBytes() - before;
    }

    /** A record is a read that can be, or becomes a dead letter when it is decoded: BAM can hold qualities up to 254. */
    private static void check(Parsed record) {
        ReadHeader header = record.readHeader();
        try {
            new Read(header.readId(), header.mate(), "run", null, false, record.bases(), record.phredQualities());
        } catch (MalformedReadException e) {
            if (e.getMessage() == null) {
                throw new AssertionError("Expected a sentence, got none", e);
            }
        }
    }

    private static byte[] blocks(byte[] data) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (BlockCompressedOutputStream out = new BlockCompressedOutputStream(bytes, (File) null, 1)) {
            out.write(data);
        }
        return bytes.toByteArray();
    }
}
