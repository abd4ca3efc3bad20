package io.kmerflow.bundle;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kmerflow.sequence.profile.DriftThresholds;
import io.kmerflow.sequence.profile.Measure;
import io.kmerflow.sequence.profile.ReadProfile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What the reads look like that a model was made for, {@code profile.json} of its bundle.
 *
 * @param reads counts over them
 * @param thresholds for windows of reads, by their number of reads
 */
public record BundleProfile(ReadProfile reads, SortedMap<Integer, DriftThresholds> thresholds) {
    private static final int FORMAT = 1;
    private static final String WINDOW = "windowReads";

    /** Writes it to the folder of a bundle. */
    public void writeTo(Path directory) throws IOException {
        ObjectNode tree = JsonMappers.COMPACT.createObjectNode();
        tree.put("format", FORMAT);
        tree.put("reads", reads.reads());
        ObjectNode counts = tree.putObject("counts");
        for (Measure measure : Measure.values()) {
            ArrayNode bins = counts.putArray(measure.text());
            for (long count : reads.counts(measure)) {
                bins.add(count);
            }
        }
        ArrayNode windows = tree.putArray("thresholds");
        thresholds.forEach((windowReads, one) -> {
            ObjectNode window = windows.addObject();
            window.put(WINDOW, windowReads);
            for (Measure measure : Measure.values()) {
                window.put(measure.text(), one.byMeasure().get(measure));
            }
        });
        Files.writeString(
                directory.resolve(BundleFile.PROFILE.fileName()), JsonMappers.COMPACT.writeValueAsString(tree) + "\n");
    }

    /** @throws BundleException if it is no profile of a model with that number of labels */
    static BundleProfile of(JsonField json, int labels) {
        json.object(Set.of("format", "reads", "counts", "thresholds"));
        json.field("format").require(json.field("format").wholeNumber() == FORMAT, "1, the format of a profile");
        JsonField counts = json.field("counts");
        Map<Measure, long[]> given = new EnumMap<>(Measure.class);
        for (Measure measure : Measure.values()) {
            given.put(
                    measure,
                    counts.field(measure.text()).list().stream()
                            .mapToLong(JsonField::longNumber)
                            .toArray());
        }
        SortedMap<Integer, DriftThresholds> thresholds = new TreeMap<>();
        for (JsonField window : json.field("thresholds").list()) {
            DriftThresholds read = thresholds(window);
            window.require(thresholds.put(read.windowReads(), read) == null, "thresholds of another number of reads");
        }
        try {
            return new BundleProfile(ReadProfile.of(labels, json.field("reads").longNumber(), given), thresholds);
        } catch (IllegalArgumentException e) {
            throw new BundleException(e.getMessage() + " in " + json.file(), e);
        }
    }

    private static DriftThresholds thresholds(JsonField window) {
        Set<String> known = new HashSet<>(Set.of(WINDOW));
        List.of(Measure.values()).forEach(measure -> known.add(measure.text()));
        window.object(known);
        int reads = window.field(WINDOW).wholeNumber();
        window.field(WINDOW).require(reads >= 1, "a read or more");
        Map<Measure, Double> byMeasure = new EnumMap<>(Measure.class);
        for (Measure measure : Measure.values()) {
            double threshold = window.field(measure.text()).number();
            window.field(measure.text()).require(threshold >= 0, "0 or more");
            byMeasure.put(measure, threshold);
        }
        return new DriftThresholds(reads, byMeasure);
    }
}
