package io.kmerflow.cli.models;

import io.kmerflow.bundle.BundleException;
import io.kmerflow.bundle.ModelBundle;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** What made a model, by name, as its announcement carries it. */
public final class Lineage {
    /** The model that training started from: name, version and digest. */
    public static final String PARENT = "parent";
    /** Before the name of a corpus; its value is the digest of the corpus' reads. */
    public static final String CORPUS = "corpus.";
    /** Before the name of a figure on validation data. */
    public static final String VALIDATION = "validation.";
    /** What a gate found: passed, or not measured. */
    public static final String GATE = "gate";
    /** Times at which a version began to serve, ISO 8601, separated by blanks. */
    public static final String SERVING_SINCE = "servingSince";

    private static final String STARTED_FROM = "startedFrom";
    private static final int MAX_DEPTH = 8;

    private Lineage() {}

    /** What the bundle's provenance says; empty if the bundle has none. */
    public static SortedMap<String, String> of(ModelBundle bundle) {
        SortedMap<String, String> lineage = new TreeMap<>();
        Map<?, ?> provenance;
        try {
            provenance = bundle.provenance();
        } catch (BundleException e) {
            return lineage; // a bundle may come without one
        }
        String parent = parent(provenance.get(STARTED_FROM), 0);
        if (parent != null) {
            lineage.put(PARENT, parent);
        }
        put(lineage, "commit", provenance.get("commit"));
        put(lineage, "seed", nested(provenance, "configuration", "training", "seed"));
        if (provenance.get("corpora") instanceof Map<?, ?> corpora) {
            corpora.forEach((name, digest) -> put(lineage, CORPUS + name, digest));
        }
        for (String figure : new String[] {"examples", "accuracy", "balancedAccuracy", "loss"}) {
            put(lineage, VALIDATION + figure, nested(provenance, "metrics", "validation", figure));
        }
        return lineage;
    }

    /** The nearest ancestor that was taken from a bundle. */
    private static String parent(Object startedFrom, int depth) {
        if (!(startedFrom instanceof Map<?, ?> map) || depth > MAX_DEPTH) {
            return null;
        }
        Object taken = map.get("takenFrom");
        return taken == null || taken.equals("training checkpoint")
                ? parent(map.get(STARTED_FROM), depth + 1)
                : taken.toString();
    }

    private static Object nested(Map<?, ?> tree, String... path) {
        Object at = new LinkedHashMap<>(tree);
        for (String name : path) {
            at = at instanceof Map<?, ?> map ? map.get(name) : null;
        }
        return at;
    }

    private static void put(Map<String, String> lineage, String name, Object value) {
        if (value != null) {
            lineage.put(name, value.toString());
        }
    }
}
