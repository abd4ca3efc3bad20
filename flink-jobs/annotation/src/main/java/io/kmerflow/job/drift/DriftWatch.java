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
import java.util.Objects;

/**
 * Gathers the reads of each run and sample into windows of a number of reads, and compares each full one with the profile of the
 * model. Of one subtask and one model; some 3 KB for each run and sample, of which the {@value #MOST_WINDOWS} seen last are kept.
 * One thread.
 */
public final class DriftWatch {
    private static final int MOST_WINDOWS = 1_000;

    private record Key(String runId, String sampleId) {}

    private final ModelIdentity model;
    private final ReadProfile profile;
    private final DriftThresholds thresholds;
    private final int subtask;
    private final Map<String, Integer> labels = new HashMap<>();
    private final Map<Key, ReadProfile> windows = new LinkedHashMap<>(16, 0.75f, true);

    /**
     * @param model that annotates the reads
     * @param profile of the model, with thresholds for windows of that number of reads
     * @param windowReads reads of a window
     * @param subtask index of the subtask, from 0
     */
    public DriftWatch(ModelIdentity model, BundleProfile profile, int windowReads, int subtask) {
        this.model = model;
        this.profile = profile.reads();
        this.thresholds = Objects.requireNonNull(profile.thresholds().get(windowReads));
        this.subtask = subtask;
        List<ModelContract.Label> all = model.contract().labels();
        for (int i = 0; i < all.size(); i++) {
            labels.put(all.get(i).name(), i);
        }
    }

    /** Adds a read; the report of its window if that is full now, else null. */
    public DriftReport offer(DecodedRead read, ReadAnnotation annotation) {
        Key key = new Key(read.runId, read.sampleId);
        ReadProfile window = windows.computeIfAbsent(key, k -> new ReadProfile(labels.size()));
        window.add(features(read, annotation));
        if (windows.size() > MOST_WINDOWS) {
            Iterator<Key> eldest = windows.keySet().iterator();
            eldest.next();
            eldest.remove();
        }
        if (window.reads() < thresholds.windowReads()) {
            return null;
        }
        windows.remove(key);
        return report(key, window);
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

    private DriftReport report(Key key, ReadProfile window) {
        Map<Measure, Double> divergences = profile.divergences(window);
        return DriftReport.newBuilder()
                .setRunId(key.runId())
                .setSampleId(key.sampleId())
                .setModelName(model.name())
                .setModelVersion(model.version())
                .setModelDigest(model.digest())
                .setSubtask(subtask)
                .setWindowReads(thresholds.windowReads())
                .setDivergences(byName(divergences))
                .setThresholds(byName(thresholds.byMeasure()))
                .setExceeded(thresholds.exceeded(divergences).keySet().stream()
                        .map(Measure::text)
                        .sorted()
                        .toList())
                .setReportTime(Instant.now())
                .build();
    }

    private static Map<String, Double> byName(Map<Measure, Double> values) {
        Map<String, Double> named = new HashMap<>();
        values.forEach((measure, value) -> named.put(measure.text(), value));
        return named;
    }

    /** Windows that are not yet full, for a checkpoint. */
    public List<DriftWindow> open() {
        List<DriftWindow> open = new ArrayList<>();
        windows.forEach((key, window) -> {
            DriftWindow one = new DriftWindow();
            one.runId = key.runId();
            one.sampleId = key.sampleId();
            one.modelDigest = model.digest();
            one.reads = window.reads();
            one.counts = new long[Measure.values().length][];
            for (Measure measure : Measure.values()) {
                one.counts[measure.ordinal()] = window.counts(measure);
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
                windows.computeIfAbsent(new Key(one.runId, one.sampleId), k -> new ReadProfile(labels.size()))
                        .add(ReadProfile.of(labels.size(), one.reads, counts));
            }
        }
    }
}
