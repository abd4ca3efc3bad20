package io.kmerflow.corpus.store;

import io.kmerflow.schema.CorpusRead;
import io.kmerflow.sequence.identity.ReadDigests;
import io.kmerflow.sequence.identity.ReadIdentity;
import io.kmerflow.sequence.identity.ReadSetDigest;
import java.nio.ByteBuffer;
import java.util.SortedMap;

/** Adds up what is in a corpus, read by read. Holds 32 bytes a read. One thread. */
public final class Contents {
    private final ReadDigests digests = new ReadDigests();
    private final ReadSetDigest set = new ReadSetDigest();
    private final SortedMap<String, Long> byLabel = Manifest.counts();
    private final SortedMap<String, Long> byCall = Manifest.counts();
    private final SortedMap<String, Long> bySample = Manifest.counts();
    private final SortedMap<String, Long> models = Manifest.counts();
    private long bases;

    /** Which read it is. */
    public static ReadIdentity identity(CorpusRead read) {
        return new ReadIdentity(read.getRunId(), read.getReadId(), read.getMate());
    }

    /** Digest of a read and all that the corpus says of it. */
    public static byte[] digest(CorpusRead read, ReadDigests digests) {
        return digests.content(
                identity(read),
                bytes(read.getBases()),
                bytes(read.getPhredQualities()),
                read.getSampleId(),
                read.getLabel(),
                read.getStatus(),
                read.getCalledLabel(),
                read.getModelDigest());
    }

    /** A copy of the bytes, null for null. */
    public static byte[] bytes(ByteBuffer buffer) {
        if (buffer == null) {
            return null;
        }
        byte[] bytes = new byte[buffer.remaining()];
        buffer.duplicate().get(bytes);
        return bytes;
    }

    /** Adds a read. */
    public void add(CorpusRead read) {
        set.add(digest(read, digests));
        bases += read.getBases().remaining();
        count(byLabel, read.getLabel());
        count(byCall, read.getCalledLabel());
        count(bySample, read.getSampleId());
        count(models, read.getModelDigest());
    }

    private static void count(SortedMap<String, Long> counts, String name) {
        if (name != null) {
            counts.merge(name, 1L, Long::sum);
        }
    }

    /** What was added. */
    public Manifest.Kept kept() {
        return new Manifest.Kept(set.reads(), bases, byLabel, byCall, bySample);
    }

    /** Digest of each model and reads that it annotated. */
    public SortedMap<String, Long> models() {
        return models;
    }

    /** Digest of all reads. */
    public String digest() {
        return set.value();
    }
}
