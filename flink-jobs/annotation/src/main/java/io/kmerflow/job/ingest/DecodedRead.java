package io.kmerflow.job.ingest;

import io.kmerflow.sequence.Read;

/** A read with its barcode and its place. A Flink POJO; chained operators share the {@link Read} made once. */
public class DecodedRead {
    /** Where it came from. */
    public Origin origin;
    /** As in {@link Read#readId}. */
    public String readId;
    /** As in {@link Read#mate}. */
    public int mate;
    /** As in {@link Read#runId}. */
    public String runId;
    /** As in {@link Read#sampleId}. */
    public String sampleId;
    /** Nanopore barcode, or null. */
    public String barcodeName;
    /** As in {@link Read#filtered}. */
    public boolean filtered;
    /** As in {@link Read#bases}. */
    public byte[] bases;
    /** As in {@link Read#phredQualities}. */
    public byte[] phredQualities;

    private transient Read read;

    /** For Flink; fields are set after. */
    public DecodedRead() {}

    /** A read that has been checked. */
    public static DecodedRead of(Read read, String barcodeName, Origin origin) {
        DecodedRead decoded = new DecodedRead();
        decoded.origin = origin;
        decoded.readId = read.readId();
        decoded.mate = read.mate();
        decoded.runId = read.runId();
        decoded.sampleId = read.sampleId();
        decoded.barcodeName = barcodeName;
        decoded.filtered = read.filtered();
        decoded.bases = read.bases();
        decoded.phredQualities = read.phredQualities();
        decoded.read = read;
        return decoded;
    }

    /** The read; made again from the fields after a trip over the network. */
    public Read toRead() {
        if (read == null) {
            read = new Read(readId, mate, runId, sampleId, filtered, bases, phredQualities);
        }
        return read;
    }
}
