package io.kmerflow.job;

/** Uids of the operators. State in a checkpoint is found by them: they never change. */
public final class OperatorUids {
    public static final String READS_SOURCE = "reads-source";
    public static final String DECODE = "decode-reads";
    public static final String SCORE = "score-reads";
    public static final String ROUTE = "route-reads";
    public static final String FRAGMENTS = "fragment-calls";
    public static final String ANNOTATIONS_SINK = "annotations-sink";
    public static final String DEAD_LETTERS_SINK = "dead-letters-sink";
    public static final String DRIFT_SINK = "drift-sink";
    public static final String INGEST_SOURCE = "ingest-source";
    public static final String INGEST_SPLIT = "ingest-split";
    public static final String INGEST_SINK = "ingest-sink";
    public static final String INGEST_DEAD_LETTERS_SINK = "ingest-dead-letters-sink";

    private OperatorUids() {}
}
