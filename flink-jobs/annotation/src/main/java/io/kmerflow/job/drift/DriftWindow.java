package io.kmerflow.job.drift;

/** A window that has not ended, as a checkpoint holds it. A Flink POJO. */
public class DriftWindow {
    /** Run of its reads. */
    public String runId;
    /** Sample of its reads, or null. */
    public String sampleId;
    /** Model that annotated them. */
    public String modelDigest;
    /** When it began, milliseconds since 1970-01-01 UTC. */
    public long beganMillis;
    /** Reads so far. */
    public long reads;
    /** Counts of each measure, in the order of the measures. */
    public long[][] counts;

    /** For Flink; fields are set after. */
    public DriftWindow() {}
}
