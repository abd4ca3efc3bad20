package io.kmerflow.job.metrics;

/** Every metric of the job. Times are milliseconds, shares 0 to 1; the last word is the unit. */
public final class MetricNames {
    /** Group of all metrics of the project. */
    public static final String GROUP = "kmerflow";
    /** Reads annotated, whatever their status; counter. */
    public static final String READS = "annotated_reads";
    /** Windows scored; counter. */
    public static final String WINDOWS = "scored_windows";
    /** Model calls; counter. */
    public static final String BATCHES = "batches";
    /** Tokens in model calls, padding included; counter. */
    public static final String PADDED_TOKENS = "padded_tokens";
    /** Share of padding among those tokens since the start; gauge. */
    public static final String PADDING = "padding_share";
    /** Windows cut and not yet scored; gauge. */
    public static final String IN_FLIGHT = "in_flight_windows";
    /** How long the oldest window of a batch had waited when the batch was submitted; histogram-free gauge of the last. */
    public static final String QUEUE_AGE = "batch_queue_age_millis";
    /** From submission of the last batch, or the end of the one before if later, to its result; gauge of the last. */
    public static final String INFERENCE = "batch_inference_millis";
    /** Sum of those times; counter. */
    public static final String INFERENCE_TOTAL = "inference_millis";
    /** Dead letters; counter, one per reason in a group {@code reason}. */
    public static final String DEAD_LETTERS = "dead_letters";
    /** Group key of the reason. */
    public static final String REASON = "reason";
    /** 1 for the model that serves, 0 for those before it; gauge, in groups of its version and digest. */
    public static final String ACTIVE_MODEL = "active_model";
    /** Group key of the version. */
    public static final String MODEL_VERSION = "model_version";
    /** Group key of the digest. */
    public static final String MODEL_DIGEST = "model_digest";
    /** Changes of the model that ended; counter at the job manager, in a group {@code outcome}. */
    public static final String MODEL_CHANGES = "model_changes";
    /** Group key of the outcome: COMMITTED, or the code of the reason against it. */
    public static final String OUTCOME = "outcome";

    /** Reads that a shadow has scored too; counter, in a group of the announcement's revision. */
    public static final String SHADOW_READS = "shadow_reads";
    /** Those of them that both models call the same; counter. */
    public static final String SHADOW_AGREEING_READS = "shadow_agreeing_reads";
    /** Group key of a shadow announcement's revision. */
    public static final String SHADOW_REVISION = "shadow_revision";

    private MetricNames() {}
}
