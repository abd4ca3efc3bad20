package io.kmerflow.job.drift;

/** A window that is not yet full, as a checkpoint holds it. A Flink POJO. */
public class DriftWindow {
    /** Run of its reads. */
    public String runId;
    /** Sample of its reads, or null. */
    public String sampleId;
    /** Model that annotated them. */
    public String modelDigest;
    /** Reads so far. */
    public long reads;
    /** Counts of each measure, in the order of the measures. */
    public long[][] counts;

    /** For Flink; fields are set after. */
    public DriftWindow() {}
}
