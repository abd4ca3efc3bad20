package io.kmerflow.corpus.snapshot;

import io.kmerflow.job.ingest.DecodedRead;
import io.kmerflow.sequence.PhredQualities;
import io.kmerflow.sequence.identity.ReadIdentity;
import io.kmerflow.sequence.identity.ReadList;
import java.io.Serializable;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Which reads a corpus has. Knows nothing of Flink.
 *
 * @param statuses of the newest annotation; empty for all
 * @param minMeanQuality Phred; reads without qualities pass
 * @param minBases shortest
 * @param maxBases longest
 * @param onlyLabels label, or call of reads without; empty for all
 * @param excludeLabels any source's label or the model's call
 * @param labelled whether reads without label are left out
 * @param samples empty for all
 * @param without reads that are left out
 */
public record ReadFilter(
        Set<String> statuses,
        double minMeanQuality,
        int minBases,
        int maxBases,
        Set<String> onlyLabels,
        Set<String> excludeLabels,
        boolean labelled,
        Set<String> samples,
        ReadList without)
        implements Serializable {
    private static final String ONLY_LABELS = "onlyLabels";
    private static final String EXCLUDE_LABELS = "excludeLabels";
    private static final String SAMPLES = "samples";

    public ReadFilter {
        statuses = Set.copyOf(statuses); // which travel; a view of another collection may not
        onlyLabels = Set.copyOf(onlyLabels);
        excludeLabels = Set.copyOf(excludeLabels);
        samples = Set.copyOf(samples);
        if (minBases < 1 || maxBases < minBases || !(minMeanQuality >= 0)) {
            throw new IllegalArgumentException(String.format(
                    Locale.ROOT,
                    "Expected 1 <= min-bases <= max-bases and a mean quality of 0 or more, got %d, %d, %s",
                    minBases,
                    maxBases,
                    minMeanQuality));
        }
    }

    /**
     * Why a read is left out, or null.
     *
     * @param annotation newest of the read, or null
     * @param labels newest of every source, none withdrawn
     */
    LeftOut judge(DecodedRead read, Evidence annotation, Collection<Evidence> labels) {
        String call = annotation == null ? null : annotation.label;
        if (without.test(new ReadIdentity(read.runId, read.readId, read.mate))) {
            return LeftOut.FORGOTTEN;
        }
        // Before all else, so that no other reason hides how many there were.
        if (call != null && excludeLabels.contains(call)
                || labels.stream().anyMatch(label -> excludeLabels.contains(label.label))) {
            return LeftOut.EXCLUDED_LABEL;
        }
        if (!samples.isEmpty() && (read.sampleId == null || !samples.contains(read.sampleId))) {
            return LeftOut.SAMPLE;
        }
        if (read.bases.length < minBases || read.bases.length > maxBases) {
            return LeftOut.LENGTH;
        }
        boolean measured = read.phredQualities != null && read.phredQualities.length > 0;
        if (minMeanQuality > 0 && measured && PhredQualities.mean(read.phredQualities) < minMeanQuality) {
            return LeftOut.QUALITY;
        }
        if (!statuses.isEmpty() && (annotation == null || !statuses.contains(annotation.status))) {
            return LeftOut.STATUS;
        }
        long different = labels.stream().map(label -> label.label).distinct().count();
        if (different > 1) {
            return LeftOut.CONTRADICTORY_LABELS;
        }
        String label = different == 1 ? labels.iterator().next().label : null;
        String group = label == null ? call : label;
        boolean other = !onlyLabels.isEmpty() && (group == null || !onlyLabels.contains(group));
        return other || labelled && label == null ? LeftOut.LABEL : null;
    }

    /**
     * The settings that a read meets, as {@link #named} has them: a name that no read meets may be misspelled, and one to be left
     * out would then leave nothing out.
     *
     * @param annotation newest of the read, or null
     * @param labels newest of every source, none withdrawn
     */
    Set<String> met(DecodedRead read, Evidence annotation, Collection<Evidence> labels) {
        if (onlyLabels.isEmpty() && excludeLabels.isEmpty() && samples.isEmpty()) {
            return Set.of();
        }
        Set<String> met = new HashSet<>();
        add(met, SAMPLES, samples, read.sampleId);
        Stream<String> names = labels.stream().map(label -> label.label);
        for (String name : Stream.concat(
                        names, Stream.of(annotation).filter(Objects::nonNull).map(one -> one.label))
                .toList()) {
            add(met, ONLY_LABELS, onlyLabels, name);
            add(met, EXCLUDE_LABELS, excludeLabels, name);
        }
        return met;
    }

    private static void add(Set<String> met, String setting, Set<String> names, String name) {
        if (name != null && names.contains(name)) {
            met.add(named(setting, name));
        }
    }

    private static String named(String setting, String name) {
        return setting + "." + name;
    }

    /** Names that were asked for and that no read has, by setting; null if there are none. */
    SortedMap<String, List<String>> unmet(Set<String> met) {
        SortedMap<String, List<String>> unmet = new TreeMap<>();
        Map.of(SAMPLES, samples, ONLY_LABELS, onlyLabels, EXCLUDE_LABELS, excludeLabels)
                .forEach((setting, names) -> {
                    List<String> missing = names.stream()
                            .filter(name -> !met.contains(named(setting, name)))
                            .sorted()
                            .toList();
                    if (!missing.isEmpty()) {
                        unmet.put(setting, missing);
                    }
                });
        return unmet.isEmpty() ? null : unmet;
    }

    /** As the manifest has it. */
    SortedMap<String, Object> settings() {
        SortedMap<String, Object> settings = new TreeMap<>();
        settings.put("statuses", sorted(statuses));
        settings.put("minMeanQuality", minMeanQuality);
        settings.put("minBases", minBases);
        settings.put("maxBases", maxBases);
        settings.put(ONLY_LABELS, sorted(onlyLabels));
        settings.put(EXCLUDE_LABELS, sorted(excludeLabels));
        settings.put("labelled", labelled);
        settings.put(SAMPLES, sorted(samples));
        return settings;
    }

    private static Object sorted(Set<String> names) {
        return names.stream().sorted().toList();
    }
}
