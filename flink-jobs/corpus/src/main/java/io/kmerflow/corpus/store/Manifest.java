package io.kmerflow.corpus.store;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonInclude.Include;
import com.fasterxml.jackson.core.JsonProcessingException;
import io.kmerflow.bundle.JsonMappers;
import io.kmerflow.job.kafka.TopicRange;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Where a corpus came from and what is in it: a function of topics, ranges and settings, so that two snapshots of the same
 * have equal manifests, whatever their files are called.
 *
 * @param format version of this file, {@value #FORMAT}
 * @param job name and version of what made it
 * @param ranges of the topics, by {@code reads}, {@code annotations} and {@code labels}
 * @param settings filters and sample, as they were given
 * @param in records read, by what they are
 * @param leftOut records left out, by reason
 * @param leftOutShares the same as shares, 0 to 1, of the records read of their kind; null in older manifests
 * @param kept what is in the corpus
 * @param keptShare reads kept of those read, 0 to 1
 * @param models digest of each model of a newest annotation and reads that it annotated
 * @param readsDigest of the reads in whatever order ({@link io.kmerflow.sequence.identity.ReadSetDigest})
 * @param unmet samples and labels of the settings that no read has, by setting; null for none
 * @param forgotten reads taken out since; null for none
 * @param formerDigests reads digests before reads were taken out, oldest first; null for none
 */
@JsonInclude(Include.NON_NULL)
public record Manifest(
        int format,
        String job,
        SortedMap<String, TopicRange> ranges,
        SortedMap<String, Object> settings,
        SortedMap<String, Long> in,
        SortedMap<String, Long> leftOut,
        SortedMap<String, Double> leftOutShares,
        Kept kept,
        double keptShare,
        SortedMap<String, Long> models,
        String readsDigest,
        SortedMap<String, List<String>> unmet,
        Long forgotten,
        List<String> formerDigests) {
    /** What this class writes, and reads. */
    public static final int FORMAT = 1;

    /**
     * What is in a corpus.
     *
     * @param reads all of them
     * @param bases of all reads
     * @param byLabel reads with a label, by label
     * @param byCall reads that the model called, by label
     * @param bySample reads by sample; those of none are not counted
     */
    public record Kept(
            long reads,
            long bases,
            SortedMap<String, Long> byLabel,
            SortedMap<String, Long> byCall,
            SortedMap<String, Long> bySample) {}

    /**
     * Reads a manifest.
     *
     * @throws IllegalArgumentException if it cannot be read, or is of another format
     */
    public static Manifest read(Path file) {
        Manifest manifest;
        try {
            manifest = JsonMappers.INDENTED.readValue(Files.readString(file), Manifest.class);
        } catch (IOException e) {
            String problem = e instanceof JsonProcessingException json ? json.getOriginalMessage() : e.toString();
            throw new IllegalArgumentException(
                    String.format(Locale.ROOT, "Expected the manifest of a corpus at %s, got: %s", file, problem), e);
        }
        if (manifest.format() != FORMAT) {
            throw new IllegalArgumentException(String.format(
                    Locale.ROOT, "Expected a manifest of format %d at %s, got %d", FORMAT, file, manifest.format()));
        }
        return manifest;
    }

    /** The file's text. */
    public String toJson() {
        try {
            return JsonMappers.INDENTED.writeValueAsString(this) + "\n";
        } catch (IOException e) {
            throw new IllegalStateException(e); // numbers and texts
        }
    }

    /** The reads digest, after those it had before reads were taken out: one of them is in the provenance of a model. */
    public List<String> versions() {
        List<String> versions = new ArrayList<>(formerVersions());
        versions.add(readsDigest);
        return versions;
    }

    /** Reads digests of the corpus before reads were taken out, oldest first. */
    public List<String> formerVersions() {
        return formerDigests == null ? List.of() : formerDigests;
    }

    /** The range of a topic, by {@code reads}, {@code annotations} or {@code labels}. */
    public TopicRange range(String what) {
        return ranges.get(what);
    }

    /** The same for a corpus that some reads were taken out of. */
    Manifest without(long removed, Kept left, SortedMap<String, Long> leftModels, String digest) {
        long all = in.getOrDefault("reads", 0L);
        return new Manifest(
                format,
                job,
                ranges,
                settings,
                in,
                leftOut,
                leftOutShares,
                left,
                share(left.reads(), all),
                leftModels,
                digest,
                unmet,
                removed + (forgotten == null ? 0 : forgotten),
                versions());
    }

    /** Part of a whole, 0 of nothing. */
    public static double share(long part, long whole) {
        return whole == 0 ? 0 : (double) part / whole;
    }

    /** Counts by name, in order. */
    public static SortedMap<String, Long> counts() {
        return new TreeMap<>();
    }
}
