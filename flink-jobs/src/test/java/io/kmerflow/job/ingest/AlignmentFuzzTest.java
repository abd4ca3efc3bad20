package io.kmerflow.job.ingest;

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
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** Any bytes taken for SAM, and for what stands in the blocks of a BAM file: docs/fuzzing.md. */
class AlignmentFuzzTest {
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    /** Buffers; classes of htsjdk, which take 150 MB with Jazzer's instrumentation, are loaded before anything is measured. */
    private static final long BASE_BYTES = 64 << 20;

    private static final long BYTES_PER_BYTE = 2_000;

    static {
        try {
            String header = "@HD\tVN:1.6\n@SQ\tSN:c\tLN:9\n@RG\tID:g\tSM:s\n@PG\tID:p\n@CO\tx\n";
            String text = header + "r\t16\tc\t1\t60\t4M\t*\t0\t0\tACGT\tIIII\tRG:Z:g\tch:i:7\tmv:B:c,1\nno record\n";
            read(text.getBytes(StandardCharsets.US_ASCII));
            byte[] plain = new byte[1 << 10]; // a header text of zeros, no reference, a record too short
            System.arraycopy(new byte[] {'B', 'A', 'M', 1, 8}, 0, plain, 0, 5);
            read(blocks(plain));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @FuzzTest
    void recordsAreReadOrTheFileIsDamaged(byte[] data) throws IOException {
        if (data.length < 4) {
            return;
        }
        boolean bam = data[0] == 'B' && data[1] == 'A' && data[2] == 'M' && data[3] == 1;
        byte[] file = bam ? blocks(data) : data;
        long allocated = THREADS.getCurrentThreadAllocatedBytes();
        read(file);
        allocated = THREADS.getCurrentThreadAllocatedBytes() - allocated;
        if (allocated > BASE_BYTES + BYTES_PER_BYTE * data.length) {
            throw new AssertionError(String.format(
                    Locale.ROOT,
                    "Expected no more than %d bytes of memory for each of %d, got %d in all",
                    BYTES_PER_BYTE,
                    data.length,
                    allocated));
        }
    }

    private static void read(byte[] file) throws IOException {
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
