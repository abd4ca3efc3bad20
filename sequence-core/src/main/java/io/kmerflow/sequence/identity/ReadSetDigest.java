package io.kmerflow.sequence.identity;

import io.kmerflow.sequence.Sha256;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * Digest of a set of reads, in whatever order they come: SHA-256 over the digests of {@value #BUCKETS} buckets, where bucket
 * {@code b} is SHA-256 over the sorted digests of the reads that begin with byte {@code b}. Buckets can be made apart.
 * Holds 32 bytes a read. One thread.
 */
public final class ReadSetDigest {
    /** By the first byte of a digest. */
    public static final int BUCKETS = 256;

    private static final int DIGEST_BYTES = 32;

    private final List<List<byte[]>> buckets = new ArrayList<>();
    private long reads;

    /** Of no read yet. */
    public ReadSetDigest() {
        for (int b = 0; b < BUCKETS; b++) {
            buckets.add(new ArrayList<>());
        }
    }

    /** Bucket of a read, 0 to {@value #BUCKETS} − 1. */
    public static int bucket(byte[] digest) {
        return digest[0] & 0xff;
    }

    /** Adds a read by its digest, of 32 bytes. */
    public void add(byte[] digest) {
        if (digest.length != DIGEST_BYTES) {
            throw new IllegalArgumentException(
                    String.format(Locale.ROOT, "Expected %d bytes, got %d", DIGEST_BYTES, digest.length));
        }
        buckets.get(bucket(digest)).add(digest);
        reads++;
    }

    /** Reads added. */
    public long reads() {
        return reads;
    }

    /** Digest of one bucket, from the digests of its reads, which are sorted in place. */
    public static byte[] ofBucket(List<byte[]> digests) {
        digests.sort(Arrays::compareUnsigned);
        MessageDigest sha256 = Sha256.start();
        digests.forEach(sha256::update);
        return sha256.digest();
    }

    /**
     * The digest of all.
     *
     * @param buckets digest of each bucket in order; null for one without reads
     * @return sha256: and 64 hex digits
     */
    public static String of(byte[][] buckets) {
        MessageDigest sha256 = Sha256.start();
        byte[] empty = ofBucket(new ArrayList<>());
        for (byte[] bucket : buckets) {
            sha256.update(bucket == null ? empty : bucket);
        }
        return "sha256:" + Sha256.hex(sha256);
    }

    /** The digest of the reads added so far: sha256: and 64 hex digits. */
    public String value() {
        byte[][] digests = new byte[BUCKETS][];
        for (int b = 0; b < BUCKETS; b++) {
            digests[b] = ofBucket(buckets.get(b));
        }
        return of(digests);
    }
}
