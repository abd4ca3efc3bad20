package io.kmerflow.corpus.snapshot;

import io.kmerflow.corpus.store.Contents;
import io.kmerflow.schema.CorpusRead;
import io.kmerflow.sequence.identity.ReadDigests;
import java.util.HexFormat;
import java.util.Locale;

/** What reads are grouped and drawn by: functions of the read and the seed alone. One thread. */
final class ReadOrder {
    private final ReadDigests digests = new ReadDigests();
    private final long seed;

    ReadOrder(long seed) {
        this.seed = seed;
    }

    /** The same for a sequence and its reverse complement. */
    static String sequence(CorpusRead read) {
        return HexFormat.of().formatHex(new ReadDigests().canonical(Contents.bytes(read.getBases())));
    }

    /** Sample, and label, or call where there is no label, or status. */
    static String group(CorpusRead read) {
        String kind = read.getLabel() != null
                ? "label\t" + read.getLabel()
                : read.getCalledLabel() != null ? "call\t" + read.getCalledLabel() : "status\t" + read.getStatus();
        return read.getSampleId() + "\t" + kind;
    }

    /** Place in the order drawn from the seed; ties, which hardly are, go by the key of the read. */
    String rank(CorpusRead read) {
        String key = Contents.identity(read).key();
        return String.format(Locale.ROOT, "%016x", digests.rank(seed, key)) + key;
    }
}
