package io.kmerflow.job.drift;

import io.kmerflow.bundle.BundleProfile;
import io.kmerflow.contract.ModelContract;
import io.kmerflow.job.ingest.DecodedRead;
import io.kmerflow.job.model.ModelIdentity;
import io.kmerflow.schema.AnnotationStatus;
import io.kmerflow.schema.DriftReport;
import io.kmerflow.schema.ReadAnnotation;
import io.kmerflow.schema.UncalledReason;
import io.kmerflow.sequence.profile.DriftThresholds;
import io.kmerflow.sequence.profile.Measure;
import io.kmerflow.sequence.profile.Outcome;
import io.kmerflow.sequence.profile.ReadFeatures;
import io.kmerflow.sequence.profile.ReadProfile;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;

/**
 * Gathers the reads of each run and sample into windows, and compares each one that ends with the profile of the model. A window
 * ends when it is full, or at an age, once it has the reads of the smallest windows that there are thresholds for: windows with more
 * reads diverge less, so thresholds of fewer reads give no more false alarms. Of one subtask and one model; some 3 KB for each run
 * and sample, of which the {@value #MOST_WINDOWS} seen last are kept. One thread.
 */
public final class DriftWatch {
    /** When there is nothing to look at. */
    public static final long NEVER = Long.MAX_VALUE;

    private static final int MOST_WINDOWS = 1_000;

    private record Key(String runId, String sampleId) {}

    /** Reads since a time. */
    private record Window(long beganMillis, ReadProfile reads) {}

    private final ModelIdentity model;
    private final ReadProfile profile;
    private final SortedMap<Integer, DriftThresholds> thresholds;
    private final DriftLimits limits;
    private final int subtask;
    private final Map<String, Integer> labels = new HashMap<>();
    private final Map<Key, Window> windows = new LinkedHashMap<>(16, 0.75f, true);
    private long nextLookMillis = NEVER;

    /**
     * @param model that annotates the reads
     * @param profile of the model, with thresholds for windows of the number of reads of the limits
     * @param limits when a window ends
     * @param subtask index of the subtask, from 0
     */
    public DriftWatch(ModelIdentity model, BundleProfile profile, DriftLimits limits, int subtask) {
        this.model = model;
        this.profile = profile.reads();
        this.thresholds = profile.thresholds();
        this.limits = limits;
        this.subtask = subtask;
        List<ModelContract.Label> all = model.contract().labels();
        for (int i = 0; i < all.size(); i++) {
            labels.put(all.get(i).name(), i);
        }
    }

    /**
     * Adds a read; the report of its window if that ends now, else null.
     *
     * @param nowMillis processing time, milliseconds since 1970-01-01 UTC
     */
    public DriftReport offer(DecodedRead read, ReadAnnotation annotation, long nowMillis) {
        Key key = new Key(read.runId, read.sampleId);
        Window window = windows.get(key);
        if (window == null) {
            window = new Window(nowMillis, new ReadProfile(labels.size()));
            begin(key, window);
        }
        window.reads().add(features(read, annotation));
        if (window.reads().reads() < limits.windowReads() && !isOver(window, nowMillis)) {
            return null;
        }
        windows.remove(key);
        return report(key, window.reads(), nowMillis);
    }

    private void begin(Key key, Window window) {
        windows.put(key, window);
        if (windows.size() > MOST_WINDOWS) {
            Iterator<Key> eldest = windows.keySet().iterator();
            eldest.next();
            eldest.remove();
        }
        if (limits.isTimed()) {
            nextLookMillis = Math.min(nextLookMillis, window.beganMillis() + limits.windowMillis());
        }
    }

    /** Whether a window has the age, and as many reads as any thresholds need. */
    private boolean isOver(Window window, long nowMillis) {
        return limits.isTimed()
                && nowMillis - window.beganMillis() >= limits.windowMillis()
                && window.reads().reads() >= thresholds.firstKey();
    }

    /**
     * Ends windows that are old enough and have reads enough; those with too few end with the read that makes them enough.
     *
     * @param nowMillis processing time, milliseconds since 1970-01-01 UTC
     */
    public List<DriftReport> look(long nowMillis) {
        List<DriftReport> reports = new ArrayList<>();
        if (nowMillis < nextLookMillis) {
            return reports;
        }
        nextLookMillis = NEVER;
        Iterator<Map.Entry<Key, Window>> open = windows.entrySet().iterator();
        while (open.hasNext()) {
            Map.Entry<Key, Window> one = open.next();
            Window window = one.getValue();
            long dueMillis = window.beganMillis() + limits.windowMillis();
            if (isOver(window, nowMillis)) {
                reports.add(report(one.getKey(), window.reads(), nowMillis));
                open.remove();
            } else if (dueMillis > nowMillis) {
                nextLookMillis = Math.min(nextLookMillis, dueMillis);
            }
        }
        return reports;
    }

    /** Ends all windows that have reads enough: there are no more to come. */
    public List<DriftReport> end(long nowMillis) {
        List<DriftReport> reports = new ArrayList<>();
        windows.forEach((key, window) -> {
            if (window.reads().reads() >= thresholds.firstKey()) {
                reports.add(report(key, window.reads(), nowMillis));
            }
        });
        windows.clear();
        return reports;
    }

    /** When {@link #look} may have something to do, {@link #NEVER} as long as no window begins. */
    public long nextLookMillis() {
        return nextLookMillis;
    }

    private ReadFeatures features(DecodedRead read, ReadAnnotation annotation) {
        Outcome outcome = outcome(annotation);
        String call = annotation.getReadCall() == null
                ? null
                : annotation.getReadCall().getLabel();
        Integer label = call == null ? null : labels.get(call);
        if (outcome == Outcome.CALLED && label == null) {
            outcome = Outcome.UNCALLED; // stretches of the read are called, not the read
        }
        return new ReadFeatures(
                read.bases,
                read.phredQualities,
                labels.size(),
                outcome,
                label == null ? 0 : label,
                annotation.getReadCall() == null ? 0 : annotation.getReadCall().getScore());
    }

    private static Outcome outcome(ReadAnnotation annotation) {
        if (annotation.getStatus() == AnnotationStatus.SCORED) {
            return Outcome.CALLED;
        }
        if (annotation.getStatus() != AnnotationStatus.UNCALLED) {
            return Outcome.NOT_SCORED;
        }
        return annotation.getUncalledReason() == UncalledReason.OTHER ? Outcome.OTHER : Outcome.UNCALLED;
    }

    private DriftReport report(Key key, ReadProfile window, long nowMillis) {
        Map<Measure, Double> divergences = profile.divergences(window);
        int reads = (int) window.reads();
        DriftThresholds allowed = thresholds.get(thresholds.headMap(reads + 1).lastKey());
        return DriftReport.newBuilder()
                .setRunId(key.runId())
                .setSampleId(key.sampleId())
                .setModelName(model.name())
                .setModelVersion(model.version())
                .setModelDigest(model.digest())
                .setSubtask(subtask)
                .setWindowReads(reads)
                .setDivergences(byName(divergences))
                .setThresholds(byName(allowed.byMeasure()))
                .setExceeded(allowed.exceeded(divergences).keySet().stream()
                        .map(Measure::text)
                        .sorted()
                        .toList())
                .setReportTime(Instant.ofEpochMilli(nowMillis))
                .build();
    }

    private static Map<String, Double> byName(Map<Measure, Double> values) {
        Map<String, Double> named = new HashMap<>();
        values.forEach((measure, value) -> named.put(measure.text(), value));
        return named;
    }

    /** Windows that have not ended, for a checkpoint. */
    public List<DriftWindow> open() {
        List<DriftWindow> open = new ArrayList<>();
        windows.forEach((key, window) -> {
            DriftWindow one = new DriftWindow();
            one.runId = key.runId();
            one.sampleId = key.sampleId();
            one.modelDigest = model.digest();
            one.beganMillis = window.beganMillis();
            one.reads = window.reads().reads();
            one.counts = new long[Measure.values().length][];
            for (Measure measure : Measure.values()) {
                one.counts[measure.ordinal()] = window.reads().counts(measure);
            }
            open.add(one);
        });
        return open;
    }

    /** Goes on with windows of a checkpoint; those of another model are left out. */
    public void restore(Iterable<DriftWindow> open) {
        for (DriftWindow one : open) {
            if (one.modelDigest.equals(model.digest())) {
                Map<Measure, long[]> counts = new EnumMap<>(Measure.class);
                for (Measure measure : Measure.values()) {
                    counts.put(measure, one.counts[measure.ordinal()]);
                }
                Key key = new Key(one.runId, one.sampleId);
                ReadProfile reads = ReadProfile.of(labels.size(), one.reads, counts);
                Window same = windows.get(key); // of another subtask, where there were more before
                if (same == null) {
                    begin(key, new Window(one.beganMillis, reads));
                } else {
                    same.reads().add(reads);
                }
            }
        }
    }
}
