package io.kmerflow.pretraining.annotation;

import java.util.List;

/**
 * An annotated stretch of a sequence, of which only what decides about coding is kept.
 *
 * @param type key or type as in the file, such as CDS or gene
 * @param parts its spans
 * @param pseudo whether it is marked as a pseudogene
 */
public record Feature(String type, List<FeatureLocation.Part> parts, boolean pseudo) {
    /** Feature of a protein: its spans are translated. */
    public static final String CDS = "CDS";

    public Feature {
        parts = List.copyOf(parts);
    }
}
