package io.kmerflow.bundle;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;

/**
 * Digest of everything in a bundle that affects a score or whether it is believed: SHA-256 over, for {@code contract.json}
 * and then {@code model.onnx}, the length of the name, the name, the length of the file (both int64, big-endian) and its
 * bytes; then the name of the precision, on which the golden check's tolerance depends, and which bundles of format 1 left
 * out. The model card, provenance and golden reads may change without making another model of it.
 */
final class BundleDigest {
    private static final List<String> SCORE_FILES = List.of(ModelBundle.CONTRACT_FILE, ModelBundle.MODEL_FILE);

    private BundleDigest() {}

    /**
     * {@code sha256:} and 64 hex digits.
     *
     * @param precision null for a bundle of format 1
     */
    static String of(Path directory, Precision precision) throws IOException {
        MessageDigest digest = sha256();
        byte[] chunk = new byte[1 << 16];
        for (String name : SCORE_FILES) {
            Path file = directory.resolve(name);
            byte[] nameBytes = name.getBytes(StandardCharsets.UTF_8);
            digest.update(
                    ByteBuffer.allocate(Long.BYTES).putLong(nameBytes.length).array());
            digest.update(nameBytes);
            digest.update(
                    ByteBuffer.allocate(Long.BYTES).putLong(Files.size(file)).array());
            try (InputStream in = Files.newInputStream(file)) {
                for (int count = in.read(chunk); count > 0; count = in.read(chunk)) {
                    digest.update(chunk, 0, count);
                }
            }
        }
        if (precision != null) {
            digest.update(precision.toString().getBytes(StandardCharsets.UTF_8));
        }
        return "sha256:" + HexFormat.of().formatHex(digest.digest());
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("SHA-256 is part of every JDK", e);
        }
    }
}
