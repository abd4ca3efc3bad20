package io.kmerflow.bundle;

import io.kmerflow.sequence.Sha256;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.List;

/**
 * Digest of everything in a bundle that affects a score or what it is called: SHA-256 over, for {@code contract.json} and then
 * {@code model.onnx}, the length of the name, the name, the length of the file (both int64, big-endian) and its bytes; then what
 * {@code bundle.json} says beside the digest itself. Format 1 left that out and format 2 has only the name of the precision.
 * Since format 3 it is the length and name of the file, the format (int64), and length and UTF-8 bytes of name, version and
 * precision. The model card, provenance, profile and golden reads may change without making another model of it.
 */
final class BundleDigest {
    /** Since it, all of {@code bundle.json} is under the digest. */
    static final int WHOLE_MANIFEST_FORMAT = 3;

    private static final int PRECISION_FORMAT = 2;
    private static final List<BundleFile> SCORE_FILES = List.of(BundleFile.CONTRACT, BundleFile.MODEL);

    private final MessageDigest sha256 = Sha256.start();

    private BundleDigest() {}

    /** {@code sha256:} and 64 hex digits. */
    static String of(Path directory, int format, String name, String version, Precision precision) throws IOException {
        BundleDigest digest = new BundleDigest();
        for (BundleFile file : SCORE_FILES) {
            digest.update(file.fileName());
            digest.update(directory.resolve(file.fileName()));
        }
        if (format >= WHOLE_MANIFEST_FORMAT) {
            digest.update(BundleFile.MANIFEST.fileName());
            digest.update(format);
            digest.update(name);
            digest.update(version);
            digest.update(precision.toString());
        } else if (format == PRECISION_FORMAT) {
            digest.sha256.update(precision.toString().getBytes(StandardCharsets.UTF_8));
        }
        return "sha256:" + Sha256.hex(digest.sha256);
    }

    private void update(long value) {
        sha256.update(ByteBuffer.allocate(Long.BYTES).putLong(value).array());
    }

    private void update(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        update(bytes.length);
        sha256.update(bytes);
    }

    private void update(Path file) throws IOException {
        update(Files.size(file));
        Sha256.update(sha256, file);
    }
}
