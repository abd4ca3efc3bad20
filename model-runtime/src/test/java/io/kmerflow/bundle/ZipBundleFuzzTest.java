package io.kmerflow.bundle;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Any bytes taken for the zip of a bundle: docs/fuzzing.md. */
class ZipBundleFuzzTest {
    @FuzzTest
    void aZipIsABundleOrRefused(byte[] zip) throws IOException {
        Path file = Files.createTempFile("bundle", ".zip");
        try {
            Files.write(file, zip);
            ModelBundle.read(file);
        } catch (BundleException e) {
            if (e.getMessage() == null || e.getMessage().isBlank()) {
                throw new AssertionError("Expected a sentence, got none", e);
            }
        } finally {
            Files.delete(file);
        }
    }
}
