package io.kmerflow.job.ingest;

import io.kmerflow.job.deadletter.DeadLetterPolicy;
import io.kmerflow.job.deadletter.DeadLetters;
import io.kmerflow.job.metrics.DeadLetterMetrics;
import io.kmerflow.job.metrics.JobAccumulators;
import io.kmerflow.schema.DeadLetterStage;
import org.apache.flink.api.common.accumulators.LongCounter;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.util.Collector;

/** Passes encoded reads on as they are; what a file source could not make a record of becomes a dead letter. */
public final class FailureSplitter extends ProcessFunction<RawRecord, RawRecord> {
    private final DeadLetterPolicy policy;

    private transient DeadLetters deadLetters;
    private transient DeadLetterMetrics metrics;
    private transient LongCounter ingested;
    private transient SourceNotes notes;

    /** @param policy what of the input a dead letter keeps */
    public FailureSplitter(DeadLetterPolicy policy) {
        this.policy = policy;
    }

    @Override
    public void open(OpenContext context) {
        deadLetters = new DeadLetters(policy);
        metrics = new DeadLetterMetrics(getRuntimeContext());
        ingested = getRuntimeContext().getLongCounter(JobAccumulators.INGESTED);
        notes = new SourceNotes(getRuntimeContext());
    }

    @Override
    public void processElement(RawRecord record, Context context, Collector<RawRecord> out) {
        if (record.failureReason == null) {
            ingested.add(1L);
            out.collect(record);
            return;
        }
        if (notes.take(record)) {
            return;
        }
        metrics.count(DeadLetterStage.READ_FILE, record.failureReason);
        context.output(
                DeadLetters.OUTPUT,
                deadLetters.of(
                        record.origin,
                        null,
                        DeadLetterStage.READ_FILE,
                        record.failureReason,
                        record.failureMessage,
                        null,
                        record.payload));
    }
}
