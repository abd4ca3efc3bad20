package io.kmerflow.job.ingest;

import io.kmerflow.job.mates.MatePairs;
import io.kmerflow.job.metrics.JobAccumulators;
import io.kmerflow.sequence.file.SequenceItem;
import org.apache.flink.api.common.accumulators.LongCounter;
import org.apache.flink.api.common.functions.RuntimeContext;

/** What a file source says between its records for the summary of the run: reads it left out, and mates it found. */
final class SourceNotes {
    private static final String MATES = "MATES";

    private final LongCounter notPrimary;
    private final LongCounter pairs;
    private final LongCounter orphans;
    private final LongCounter outOfStep;

    SourceNotes(RuntimeContext context) {
        notPrimary = context.getLongCounter(JobAccumulators.NOT_PRIMARY);
        pairs = context.getLongCounter(JobAccumulators.MATE_PAIRS);
        orphans = context.getLongCounter(JobAccumulators.MATE_ORPHANS);
        outOfStep = context.getLongCounter(JobAccumulators.MATES_OUT_OF_STEP);
    }

    /** The mates of two files, or of an interleaved one, that were read to their end. */
    static RawRecord of(MatePairs mates) {
        return RawRecord.failed(new Origin(), MATES, mates.pairs() + " " + mates.orphans() + " " + mates.outOfStep());
    }

    /** Counts a note; false if it is none. */
    boolean take(RawRecord record) {
        if (SequenceItem.Reason.NOT_PRIMARY.name().equals(record.failureReason)) {
            notPrimary.add(1L);
            return true;
        }
        if (!MATES.equals(record.failureReason)) {
            return false;
        }
        String[] counts = record.failureMessage.split(" ");
        pairs.add(Long.parseLong(counts[0]));
        orphans.add(Long.parseLong(counts[1]));
        outOfStep.add(Long.parseLong(counts[2]));
        return true;
    }
}
