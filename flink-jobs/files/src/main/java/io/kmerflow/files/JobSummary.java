package io.kmerflow.files;

import io.kmerflow.files.mates.MatePairs;
import io.kmerflow.files.source.FileSums;
import io.kmerflow.job.metrics.JobAccumulators;
import io.kmerflow.schema.AnnotationStatus;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.apache.flink.api.common.JobExecutionResult;

/**
 * What a finished run did.
 *
 * @param readsByGroup annotated reads: {@code scored}, and those without a call under what they count under ({@link
 *     io.kmerflow.job.annotate.ReadStatuses#group})
 * @param readsByLabel reads with a call over the whole read
 * @param ingested reads put onto the topic of reads, by an ingest job
 * @param deadLettersByReason input put aside
 * @param notPrimary secondary and supplementary alignments of the input, left out: their reads have records of their own
 * @param mates what was found in files of mates
 * @param bases of annotated reads
 * @param windows scored
 * @param batches model calls
 * @param realTokens tokens in model calls, padding left out
 * @param paddedTokens tokens in model calls, padding included
 * @param inference how long the device was busy, as seen from the job
 * @param total from the start of the job to its end
 */
public record JobSummary(
        Map<String, Long> readsByGroup,
        Map<String, Long> readsByLabel,
        long ingested,
        Map<String, Long> deadLettersByReason,
        long notPrimary,
        MatePairs mates,
        long bases,
        long windows,
        long batches,
        long realTokens,
        long paddedTokens,
        Duration inference,
        Duration total) {
    private static final String SCORED = AnnotationStatus.SCORED.name().toLowerCase(Locale.ROOT);

    static JobSummary of(JobExecutionResult result) {
        return of(result.getAllAccumulatorResults(), Duration.ofMillis(result.getNetRuntime()));
    }

    /** What a job that still runs has done so far, as its latest heartbeat says. */
    static JobSummary of(Map<String, Object> sums, Duration total) {
        return new JobSummary(
                JobAccumulators.byPrefix(sums, JobAccumulators.READS_PREFIX),
                JobAccumulators.byPrefix(sums, JobAccumulators.CALLS_PREFIX),
                sum(sums, FileSums.INGESTED),
                JobAccumulators.byPrefix(sums, JobAccumulators.DEAD_LETTERS_PREFIX),
                sum(sums, FileSums.NOT_PRIMARY),
                new MatePairs(
                        sum(sums, FileSums.MATE_PAIRS),
                        sum(sums, FileSums.MATE_ORPHANS),
                        sum(sums, FileSums.MATES_OUT_OF_STEP)),
                sum(sums, JobAccumulators.BASES),
                sum(sums, JobAccumulators.WINDOWS),
                sum(sums, JobAccumulators.BATCHES),
                sum(sums, JobAccumulators.REAL_TOKENS),
                sum(sums, JobAccumulators.PADDED_TOKENS),
                Duration.ofMillis(sum(sums, JobAccumulators.INFERENCE_MILLIS)),
                total);
    }

    private static long sum(Map<String, Object> sums, String name) {
        return sums.get(name) instanceof Long sum ? sum : 0;
    }

    /** Annotated reads, whatever their status. */
    public long reads() {
        return readsByGroup.values().stream().mapToLong(Long::longValue).sum();
    }

    /** Annotated reads without a call, by what they count under in words, for tables. */
    public Map<String, Long> readsWithoutCall() {
        Map<String, Long> reads = new TreeMap<>();
        readsByGroup.forEach((group, count) -> {
            if (!group.equals(SCORED)) {
                reads.put(group.replace('_', ' '), count);
            }
        });
        return reads;
    }

    /** Input put aside, whatever the reason. */
    public long deadLetters() {
        return deadLettersByReason.values().stream().mapToLong(Long::longValue).sum();
    }

    /** Share of padding among the tokens of all model calls, 0 to 1. */
    public double paddingShare() {
        return paddedTokens == 0 ? 0 : 1 - (double) realTokens / paddedTokens;
    }
}
