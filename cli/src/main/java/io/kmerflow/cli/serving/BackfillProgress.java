package io.kmerflow.cli.serving;

import io.kmerflow.corpus.backfill.BackfillFolder.Journal;
import io.kmerflow.job.kafka.TopicRange;
import io.kmerflow.job.kafka.TopicRange.Offsets;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;

/** How far a backfill has come: offsets of its range that were taken, and what the runs before this one had done. */
final class BackfillProgress {
    private static final int SECONDS_PER_MINUTE = 60;
    private static final int SECONDS_PER_HOUR = 3_600;

    private final JobFigures figures;
    private final Journal before;
    private final boolean continued;
    private final long startNanos;
    private Long takenAtStart;

    /**
     * @param figures of the job
     * @param before the journal as this run found it
     * @param continued whether it began with a checkpoint
     * @param startNanos of {@link System#nanoTime}
     */
    BackfillProgress(JobFigures figures, Journal before, boolean continued, long startNanos) {
        this.figures = figures;
        this.before = before;
        this.continued = continued;
        this.startNanos = startNanos;
    }

    /** Offsets of a range, which are its records if no transaction wrote them and none was compacted away. */
    static long size(TopicRange range) {
        return range.partitions().values().stream()
                .mapToLong(offsets -> offsets.end() - offsets.start())
                .sum();
    }

    /** Offsets taken: a run that goes on from a checkpoint is given only those partitions that are not done. */
    long taken() {
        SortedMap<Integer, Long> last = figures.offsets();
        long taken = 0;
        for (Map.Entry<Integer, Offsets> partition : before.range().partitions().entrySet()) {
            Offsets offsets = partition.getValue();
            Long at = last.get(partition.getKey());
            if (at != null) {
                taken += Math.max(0, Math.min(at + 1, offsets.end()) - offsets.start());
            } else if (continued && !last.isEmpty()) {
                taken += offsets.end() - offsets.start();
            }
        }
        return Math.max(taken, before.taken());
    }

    /** The journal as it is now. */
    Journal journal(boolean finished) {
        return before.with(
                finished ? size(before.range()) : taken(),
                before.reads() + figures.reads(),
                before.called() + figures.called(),
                before.deadLetters() + figures.deadLetters(),
                finished);
    }

    /** In one line. */
    String line(long nowNanos) {
        long size = size(before.range());
        long taken = taken();
        if (takenAtStart == null && taken > 0) {
            takenAtStart = continued ? taken : 0;
        }
        double seconds = Math.max(1e-3, (nowNanos - startNanos) / 1e9);
        double rate = (taken - (takenAtStart == null ? 0 : takenAtStart)) / seconds;
        Journal now = journal(false);
        return String.format(
                Locale.ROOT,
                "%,d of %,d offsets (%.0f %%), %,d reads annotated, %,d called, %,d dead letters, %,.0f per second%s",
                taken,
                size,
                size == 0 ? 100.0 : 100.0 * taken / size,
                now.reads(),
                now.called(),
                now.deadLetters(),
                rate,
                rate > 0 && taken < size ? ", about " + time((long) ((size - taken) / rate)) + " left" : "");
    }

    private static String time(long seconds) {
        if (seconds < SECONDS_PER_MINUTE) {
            return seconds + " s";
        }
        return seconds < SECONDS_PER_HOUR
                ? String.format(Locale.ROOT, "%d min %d s", seconds / SECONDS_PER_MINUTE, seconds % SECONDS_PER_MINUTE)
                : String.format(
                        Locale.ROOT,
                        "%d h %d min",
                        seconds / SECONDS_PER_HOUR,
                        seconds % SECONDS_PER_HOUR / SECONDS_PER_MINUTE);
    }
}
