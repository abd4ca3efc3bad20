package io.kmerflow.pretraining.annotation;

import java.util.List;

/**
 * A sequence and what lies on it.
 *
 * @param names under which it may be asked for, such as locus, accession and accession with version; the first is its own
 * @param bases upper-case ASCII A C G T N; empty where the file holds the features alone; shared, not a copy
 * @param features in file order
 */
public record AnnotatedSequence(List<String> names, byte[] bases, List<Feature> features) {
    public AnnotatedSequence {
        names = List.copyOf(names);
        features = List.copyOf(features);
    }

    /** The name to show. */
    public String name() {
        return names.get(0);
    }

    /** The same with bases of another file. */
    AnnotatedSequence withBases(byte[] newBases) {
        return new AnnotatedSequence(names, newBases, features);
    }
}
