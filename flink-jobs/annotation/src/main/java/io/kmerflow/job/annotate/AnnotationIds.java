package io.kmerflow.job.annotate;

import io.kmerflow.job.ingest.DecodedRead;
import io.kmerflow.sequence.Sha256;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HexFormat;

/**
 * Annotation ids: the first 128 bits of SHA-256 over, each with its length (int32, big-endian) before it, run id, name,
 * mate (one byte), SHA-256 of the bases, SHA-256 of the qualities (nothing where there are none), bundle digest and
 * SHA-256 of the scoring options. Texts are UTF-8. Used by one thread.
 */
public final class AnnotationIds {
    private static final int ID_BYTES = 16;

    private final MessageDigest digest = Sha256.start();
    private final MessageDigest parts = Sha256.start();
    private final byte[] modelDigest;
    private final byte[] optionsDigest;

    /**
     * @param modelDigest digest of the bundle
     * @param scoringOptions what decides a score besides the model
     */
    public AnnotationIds(String modelDigest, String scoringOptions) {
        this.modelDigest = modelDigest.getBytes(StandardCharsets.UTF_8);
        this.optionsDigest = parts.digest(scoringOptions.getBytes(StandardCharsets.UTF_8));
    }

    /** 32 hex digits. */
    public String of(DecodedRead read) {
        digest.reset();
        put(read.runId.getBytes(StandardCharsets.UTF_8));
        put(read.readId.getBytes(StandardCharsets.UTF_8));
        put(new byte[] {(byte) read.mate});
        put(parts.digest(read.bases));
        put(read.phredQualities == null ? new byte[0] : parts.digest(read.phredQualities));
        put(modelDigest);
        put(optionsDigest);
        return HexFormat.of().formatHex(digest.digest(), 0, ID_BYTES);
    }

    /** The id of a call made of two mates: the first 128 bits of SHA-256 over the mate's own id and the other's. */
    public static String ofFragment(String own, String other) {
        MessageDigest digest = Sha256.start();
        digest.update(own.getBytes(StandardCharsets.UTF_8));
        digest.update(other.getBytes(StandardCharsets.UTF_8));
        return HexFormat.of().formatHex(digest.digest(), 0, ID_BYTES);
    }

    private void put(byte[] part) {
        digest.update((byte) (part.length >>> 24));
        digest.update((byte) (part.length >>> 16));
        digest.update((byte) (part.length >>> 8));
        digest.update((byte) part.length);
        digest.update(part);
    }
}
