package io.kmerflow.files.source;

import io.kmerflow.job.deadletter.DeadLetterPolicy;
import io.kmerflow.job.deadletter.DeadLetterReasons;
import io.kmerflow.job.deadletter.DeadLetters;
import io.kmerflow.job.decode.SourceNotes;
import io.kmerflow.job.ingest.RawRecord;
import io.kmerflow.job.ingest.SizeLimit;
import io.kmerflow.job.metrics.DeadLetterMetrics;
import io.kmerflow.schema.DeadLetterStage;
import org.apache.flink.api.common.accumulators.LongCounter;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.util.Collector;

/**
 * Passes encoded reads on as they are; what a file source could not make a record of becomes a dead letter, and so does a
 * read that its topic would not take.
 */
public final class FailureSplitter extends ProcessFunction<RawRecord, RawRecord> {
    private final DeadLetterPolicy policy;
    private final SizeLimit limit;

    private transient DeadLetters deadLetters;
    private transient DeadLetterMetrics metrics;
    private transient LongCounter ingested;
    private transient SourceNotes notes;

    /**
     * @param policy what of the input a dead letter keeps
     * @param limit of the topic that the reads go to
     */
    public FailureSplitter(DeadLetterPolicy policy, SizeLimit limit) {
        this.policy = policy;
        this.limit = limit;
    }

    @Override
    public void open(OpenContext context) {
        deadLetters = new DeadLetters(policy);
        metrics = new DeadLetterMetrics(getRuntimeContext());
        ingested = getRuntimeContext().getLongCounter(FileSums.INGESTED);
        notes = new SourceNotes(getRuntimeContext());
    }

    @Override
    public void processElement(RawRecord record, Context context, Collector<RawRecord> out) {
        if (notes.take(record)) {
            return;
        }
        if (record.failureReason != null) {
            putAside(record, DeadLetterStage.READ_FILE, record.failureReason, record.failureMessage, context);
            return;
        }
        String excess = limit.excess(record);
        if (excess != null) {
            putAside(record, DeadLetterStage.SINK, DeadLetterReasons.READ_TOO_LARGE, excess, context);
            return;
        }
        metrics.countCutAttributes(record.attributesCut);
        ingested.add(1L);
        out.collect(record);
    }

    private void putAside(RawRecord record, DeadLetterStage stage, String reason, String message, Context context) {
        metrics.count(stage, reason);
        context.output(
                DeadLetters.OUTPUT, deadLetters.of(record.origin, null, stage, reason, message, null, record.payload));
    }
}
