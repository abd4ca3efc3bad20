package io.kmerflow.job.metrics;

/**
 * Every metric of the job. Times are milliseconds, shares 0 to 1; the last word is the unit. Histograms are over the last
 * {@value #HISTOGRAM_VALUES} values of a subtask.
 */
public final class MetricNames {
    /** Group of all metrics of the project. */
    public static final String GROUP = "kmerflow";
    /** Reads annotated, whatever their status; counter. */
    public static final String READS = "annotated_reads";
    /** Reads with a call over the whole read; counter. */
    public static final String CALLED_READS = "called_reads";
    /** Reads shorter than the model calls, which are not scored; counter. */
    public static final String TOO_SHORT_READS = "too_short_reads";
    /** Windows scored; counter. */
    public static final String WINDOWS = "scored_windows";
    /** Model calls; counter. */
    public static final String BATCHES = "batches";
    /** Windows of a model call; histogram. */
    public static final String BATCH_WINDOWS = "batch_windows";
    /** Tokens in model calls, padding left out; counter. */
    public static final String REAL_TOKENS = "real_tokens";
    /** Tokens in model calls, padding included; counter. */
    public static final String PADDED_TOKENS = "padded_tokens";
    /** Share of padding among those tokens since the start; gauge. */
    public static final String PADDING = "padding_share";
    /** Windows cut and not yet scored; gauge. */
    public static final String IN_FLIGHT = "in_flight_windows";
    /** How long the oldest window of a batch had waited when the batch was submitted; histogram. */
    public static final String QUEUE_AGE = "batch_queue_age_millis";
    /** From submission of a batch, or the end of the one before if later, to its result; histogram. */
    public static final String INFERENCE = "batch_inference_millis";
    /** Sum of those times; counter. */
    public static final String INFERENCE_TOTAL = "inference_millis";
    /** Model calls that failed; counter, in a group {@code kind}. */
    public static final String FAILED_BATCHES = "failed_batches";
    /** Group key of the kind, as in {@link io.kmerflow.scoring.ScoringException.Kind}. */
    public static final String KIND = "kind";
    /** From a read's timestamp on its topic to its annotation; histogram. None for reads of files. */
    public static final String LATENCY = "read_latency_millis";
    /** Dead letters; counter, one per stage and reason in groups {@code stage} and {@code reason}. */
    public static final String DEAD_LETTERS = "dead_letters";
    /** Group key of the stage, as in {@link io.kmerflow.schema.DeadLetterStage}. */
    public static final String STAGE = "stage";
    /** Group key of the reason. */
    public static final String REASON = "reason";
    /** Dead letters that left out the input or part of their text to fit their topic; counter. */
    public static final String CUT_DEAD_LETTERS = "cut_dead_letters";
    /** Reads of files whose attributes were larger than a record holds; counter. */
    public static final String CUT_ATTRIBUTES = "cut_attributes";
    /**
     * Failures to read or write a topic after which the task restarts, since Kafka's client gave up trying again; counter, in a
     * group {@code topic}. How often the client tried again is its own metric {@code KafkaProducer.record-retry-total}.
     */
    public static final String FAILED_CALLS = "failed_calls";
    /** Group key of a topic. */
    public static final String TOPIC = "topic";
    /** 1 for the model that serves, 0 for those before it; gauge, in groups of its version and digest. */
    public static final String ACTIVE_MODEL = "active_model";
    /** Group key of the version. */
    public static final String MODEL_VERSION = "model_version";
    /** Group key of the digest. */
    public static final String MODEL_DIGEST = "model_digest";
    /** 1 where the model runs on a GPU, 0 on the CPU; gauge. */
    public static final String ON_GPU = "serving_on_gpu";
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

    /** Windows of reads compared with the model's profile; counter. */
    public static final String DRIFT_WINDOWS = "drift_windows";
    /** Those of them over a threshold; counter. */
    public static final String DRIFT_ALARMS = "drift_alarms";

    /** The same by measure that exceeded its threshold; counter, in a group {@code measure}. */
    public static final String DRIFT_EXCEEDED = "drift_exceeded";
    /** Group key of a measure, as in {@link io.kmerflow.sequence.profile.Measure}. */
    public static final String MEASURE = "measure";

    /** Values that a histogram keeps. */
    static final int HISTOGRAM_VALUES = 1_000;

    private MetricNames() {}
}
