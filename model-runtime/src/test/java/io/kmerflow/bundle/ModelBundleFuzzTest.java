package io.kmerflow.bundle;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** A bundle with one of its files replaced by any bytes: docs/fuzzing.md. */
class ModelBundleFuzzTest {
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private static final long BASE_BYTES = 64 << 20;
    private static final long BYTES_PER_BYTE = 1_000;
    private static final List<String> REPLACED = List.of("bundle.json", "contract.json", "golden.json", "model.onnx");

    /** The first byte chooses the file, the rest becomes it. */
    @FuzzTest
    void aBundleIsReadOrRefused(byte[] data) throws IOException {
        if (data.length == 0) {
            return;
        }
        Path folder = Files.createTempDirectory("bundle");
        try {
            TestBundles.write(folder);
            byte[] rest = Arrays.copyOfRange(data, 1, data.length);
            Files.write(folder.resolve(REPLACED.get((data[0] & 0xff) % REPLACED.size())), rest);
            long allocated = THREADS.getCurrentThreadAllocatedBytes();
            try {
                ModelBundle.read(folder);
            } catch (BundleException e) {
                if (e.getMessage() == null || e.getMessage().isBlank()) {
                    throw new AssertionError("Expected a sentence, got none", e);
                }
            }
            allocated = THREADS.getCurrentThreadAllocatedBytes() - allocated;
            if (allocated > BASE_BYTES + BYTES_PER_BYTE * data.length) {
                throw new AssertionError(String.format(
                        Locale.ROOT,
                        "Expected no more than %d bytes of memory for each of %d, got %d in all",
                        BYTES_PER_BYTE,
                        data.length,
                        allocated));
            }
        } finally {
            try (Stream<Path> files = Files.list(folder)) {
                for (Path file : files.toList()) {
                    Files.delete(file);
                }
            }
            Files.delete(folder);
        }
    }
}
