package io.kmerflow.sequence.identity;

import io.kmerflow.sequence.Nucleotide;
import io.kmerflow.sequence.Sha256;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;

/** Digests of reads, all SHA-256. Used by one thread. */
public final class ReadDigests {
    private final MessageDigest sha256 = Sha256.start();

    /**
     * Digest of a sequence, the same for its reverse complement: of the orientation whose bases come first.
     *
     * @param bases upper-case ASCII A C G T N
     */
    public byte[] canonical(byte[] bases) {
        boolean turned = Nucleotide.reverseComplementIsFirst(bases, 0, bases.length);
        return sha256.digest(turned ? Nucleotide.reverseComplement(bases) : bases);
    }

    /**
     * Digest of what a corpus says of a read: over its key and the other values in this order, each with its length (int32,
     * big-endian) before it, −1 for what is null.
     *
     * @param identity which read
     * @param bases upper-case ASCII A C G T N
     */
    public byte[] content(
            ReadIdentity identity,
            byte[] bases,
            byte[] phredQualities,
            String sampleId,
            String label,
            String status,
            String calledLabel,
            String modelDigest) {
        put(utf8(identity.key()));
        put(bases);
        put(phredQualities);
        put(utf8(sampleId));
        put(utf8(label));
        put(utf8(status));
        put(utf8(calledLabel));
        put(utf8(modelDigest));
        return sha256.digest();
    }

    private void put(byte[] part) {
        sha256.update(ByteBuffer.allocate(Integer.BYTES)
                .putInt(part == null ? -1 : part.length)
                .array());
        if (part != null) {
            sha256.update(part);
        }
    }

    /**
     * Place of a read in an order drawn from a seed: the first 64 bits of the digest over seed and key. Reads of lowest rank are
     * a sample that depends on nothing but seed and reads.
     */
    public long rank(long seed, String key) {
        sha256.update(ByteBuffer.allocate(Long.BYTES).putLong(seed).array());
        return ByteBuffer.wrap(sha256.digest(utf8(key))).getLong();
    }

    private static byte[] utf8(String text) {
        return text == null ? null : text.getBytes(StandardCharsets.UTF_8);
    }
}
