package io.kmerflow.cli.live;

import io.kmerflow.schema.DeadLetter;
import io.kmerflow.schema.DriftReport;
import io.kmerflow.schema.ModelEvent;
import io.kmerflow.schema.ReadAnnotation;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/**
 * A run so far, from its topics: counters, histograms and series of fixed size, whatever the number of reads, names or hours. An
 * annotation that was delivered twice counts twice. For several threads.
 */
final class RunState {
    /** Bins of scores from 0 to 1. */
    static final int SCORE_BINS = 20;

    private static final int MAX_ROWS = 200;
    private static final int MAX_SAMPLES = 400;
    private static final int MAX_REASONS = 50;
    private static final int INTERVALS = 240;
    private static final long FIRST_WIDTH_MILLIS = 1_000;
    private static final int RECENT_INTERVALS = 120;
    private static final long RECENT_WIDTH_MILLIS = 5_000;
    private static final String FURTHER = "further names";

    /** Reads of one sample and barcode, either of which may be null. */
    record Sample(String sample, String barcode, ReadTally tally) {}

    private final BoundedNames rows = new BoundedNames(MAX_ROWS, FURTHER);
    private final ReadTally all = new ReadTally();
    private final Map<String, Sample> samples = new TreeMap<>();
    private final long[] calledScores = new long[SCORE_BINS];
    private final long[] uncalledScores = new long[SCORE_BINS];
    private final TimeSeries run = TimeSeries.ofAll(INTERVALS, FIRST_WIDTH_MILLIS);
    private final TimeSeries recent = TimeSeries.ofLast(RECENT_INTERVALS, RECENT_WIDTH_MILLIS);
    private final Map<String, Long> deadLetters = new TreeMap<>();
    private final ModelTimeline models = new ModelTimeline();
    private final DriftBoard drift = new DriftBoard();
    private final Map<String, String> problems = new TreeMap<>();
    private long undecodable;
    private Long lag;
    private long version;

    synchronized void add(ReadAnnotation annotation) {
        version++;
        String call = CallRows.of(annotation);
        int row = rows.numberOf(call);
        all.add(row, annotation);
        sample(annotation).tally().add(row, annotation);
        if (annotation.getReadCall() != null) {
            long[] scores = CallRows.isWithoutCall(call) ? uncalledScores : calledScores;
            scores[
                    Math.max(0, Math.min(SCORE_BINS - 1, (int)
                            (annotation.getReadCall().getScore() * SCORE_BINS)))]++;
        }
        long millis = annotation.getAnnotatedTime().toEpochMilli();
        run.add(millis, row, annotation.getReadLength());
        recent.add(millis, row, annotation.getReadLength());
        models.annotated(annotation);
    }

    private Sample sample(ReadAnnotation annotation) {
        String key = annotation.getSampleId() + "\n" + annotation.getBarcodeName();
        Sample known = samples.get(key);
        if (known != null) {
            return known;
        }
        boolean full = samples.size() >= MAX_SAMPLES;
        return samples.computeIfAbsent(
                full ? FURTHER : key,
                absent -> full
                        ? new Sample(FURTHER, null, new ReadTally())
                        : new Sample(annotation.getSampleId(), annotation.getBarcodeName(), new ReadTally()));
    }

    synchronized void add(DeadLetter letter) {
        version++;
        boolean full = deadLetters.size() >= MAX_REASONS && !deadLetters.containsKey(letter.getReason());
        deadLetters.merge(full ? FURTHER : letter.getReason(), 1L, Long::sum);
    }

    synchronized void add(ModelEvent event) {
        version++;
        models.add(event);
    }

    synchronized void add(DriftReport report) {
        version++;
        drift.add(report);
    }

    /** A record of any of the topics that could not be decoded. */
    synchronized void addUndecodable() {
        version++;
        undecodable++;
    }

    /**
     * Reads on the reads topic that the job has not committed.
     *
     * @param records null if it cannot be known
     */
    synchronized void lag(Long records) {
        version += Objects.equals(lag, records) ? 0 : 1;
        lag = records;
    }

    /**
     * Says what is wrong with a topic or a group.
     *
     * @param sentence null if nothing is any more
     */
    synchronized void problem(String of, String sentence) {
        String before = sentence == null ? problems.remove(of) : problems.put(of, sentence);
        version += Objects.equals(before, sentence) ? 0 : 1;
    }

    /** Annotations counted. */
    synchronized long reads() {
        return all.reads();
    }

    /** Rises with every change. */
    synchronized long version() {
        return version;
    }

    /** The state as JSON for the page. */
    synchronized String json(long nowMillis) {
        return new StateJson(this, nowMillis).text();
    }

    BoundedNames rows() {
        return rows;
    }

    ReadTally all() {
        return all;
    }

    /** Those with the most reads first, equal ones by name. */
    List<Sample> samples() {
        List<Sample> sorted = new ArrayList<>(samples.values());
        sorted.sort(
                (one, other) -> Long.compare(other.tally().reads(), one.tally().reads()));
        return sorted;
    }

    long[] calledScores() {
        return calledScores;
    }

    long[] uncalledScores() {
        return uncalledScores;
    }

    TimeSeries run() {
        return run;
    }

    TimeSeries recent() {
        return recent;
    }

    Map<String, Long> deadLetters() {
        return deadLetters;
    }

    ModelTimeline models() {
        return models;
    }

    DriftBoard drift() {
        return drift;
    }

    Map<String, String> problems() {
        return problems;
    }

    long undecodable() {
        return undecodable;
    }

    Long lag() {
        return lag;
    }
}
