package io.kmerflow.pretraining.corpus;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/** Any bytes taken for a table of labelled sequences: docs/fuzzing.md. */
class LabelledSequencesFuzzTest {
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private static final long BASE_BYTES = 64 << 20;
    private static final long BYTES_PER_BYTE = 400;

    @FuzzTest
    void bytesAreATableOrRefusedWithThePlace(byte[] table) throws IOException {
        if (table.length >= 2 && table[0] == 0x1f && table[1] == (byte) 0x8b) {
            return; // gzip grows
        }
        Path file = Files.createTempFile("table", ".csv");
        try {
            Files.write(file, table);
            long allocated = THREADS.getCurrentThreadAllocatedBytes();
            read(file);
            allocated = THREADS.getCurrentThreadAllocatedBytes() - allocated;
            if (allocated > BASE_BYTES + BYTES_PER_BYTE * table.length) {
                throw new AssertionError(String.format(
                        Locale.ROOT,
                        "Expected no more than %d bytes of memory for each of %d, got %d in all",
                        BYTES_PER_BYTE,
                        table.length,
                        allocated));
            }
        } finally {
            Files.delete(file);
        }
    }

    private static void read(Path file) {
        List<LabelledSequence> rows;
        try {
            rows = LabelledSequences.read(file, 1_000);
        } catch (CorpusException e) {
            if (!e.getMessage().contains(file.toString())) {
                throw new AssertionError("Expected the file in the message, got: " + e.getMessage(), e);
            }
            return;
        }
        for (LabelledSequence row : rows) {
            if (row.label() < 0 || row.label() >= 1_000) {
                throw new AssertionError("Expected a label 0 to 999, got " + row.label());
            }
        }
        try {
            LabelledSequences.names(file, LabelledSequences.Columns.USUAL);
        } catch (CorpusException e) {
            return; // labels with a gap, or one alone
        }
    }
}
