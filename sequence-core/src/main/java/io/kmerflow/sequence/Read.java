package io.kmerflow.sequence;

import java.util.Locale;

/**
 * One sequenced fragment as basecalled, its bases normalised to upper-case A C G T N. The arrays are owned by the read
 * and are not copied: who passes them in must not change them.
 */
public final class Read {
    private final String readId;
    private final int mate;
    private final String runId;
    private final String sampleId;
    private final boolean filtered;
    private final byte[] bases;
    private final byte[] phredQualities;

    /**
     * @param readId name without /1 /2, not empty
     * @param mate 0 single, 1 or 2 of a pair
     * @param runId sequencing run, not empty
     * @param sampleId sample, or null when unknown
     * @param filtered true if the sequencer's own filter failed the read (Casava's Y)
     * @param bases ASCII bases; raised to upper case, U becomes T, IUPAC codes and '.' become N
     * @param phredQualities numbers 0 to 93, one per base, or null where there are none (FASTA)
     * @throws MalformedReadException if a base is no nucleotide code, or qualities and bases differ in number
     */
    public Read(
            String readId,
            int mate,
            String runId,
            String sampleId,
            boolean filtered,
            byte[] bases,
            byte[] phredQualities) {
        if (readId == null || readId.isEmpty()) {
            throw new MalformedReadException("Expected a read name, got none");
        }
        if (mate < 0 || mate > 2) {
            throw new MalformedReadException(String.format(Locale.ROOT, "Expected mate 0, 1 or 2, got %d", mate));
        }
        if (runId == null || runId.isEmpty()) {
            throw new MalformedReadException("Expected a run id, got none");
        }
        if (phredQualities != null) {
            if (phredQualities.length != bases.length) {
                throw new MalformedReadException(String.format(
                        Locale.ROOT,
                        "Expected %d Phred qualities, one per base, got %d",
                        bases.length,
                        phredQualities.length));
            }
            PhredQualities.requireValid(phredQualities);
        }
        this.readId = readId;
        this.mate = mate;
        this.runId = runId;
        this.sampleId = sampleId;
        this.filtered = filtered;
        this.bases = Nucleotide.normalize(bases);
        this.phredQualities = phredQualities;
    }

    /** Name without /1 /2. */
    public String readId() {
        return readId;
    }

    /** 0 single, 1 or 2 of a pair. */
    public int mate() {
        return mate;
    }

    /** Sequencing run. */
    public String runId() {
        return runId;
    }

    /** Sample, or null when unknown. */
    public String sampleId() {
        return sampleId;
    }

    /** Whether the sequencer's own filter failed the read. */
    public boolean filtered() {
        return filtered;
    }

    /** Upper-case A C G T N; shared, not to be changed. */
    public byte[] bases() {
        return bases;
    }

    /** Numbers 0 to 93, one per base, or null; shared, not to be changed. */
    public byte[] phredQualities() {
        return phredQualities;
    }

    /** Bases in the read. */
    public int length() {
        return bases.length;
    }
}
