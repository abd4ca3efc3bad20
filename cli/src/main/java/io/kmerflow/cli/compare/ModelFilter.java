package io.kmerflow.cli.compare;

import io.kmerflow.schema.ReadAnnotation;
import java.util.function.Predicate;

/**
 * Annotations of one model.
 *
 * @param wanted version, name and version, or the beginning of the digest; null for any
 */
public record ModelFilter(String wanted) implements Predicate<ReadAnnotation> {
    /** Of any model. */
    public static final ModelFilter ANY = new ModelFilter(null);

    private static final String DIGEST = "sha256:";
    private static final int DIGEST_CHARACTERS = 6;

    @Override
    public boolean test(ReadAnnotation annotation) {
        if (wanted == null) {
            return true;
        }
        String digest = annotation.getModelDigest();
        String beginning = wanted.startsWith(DIGEST) ? wanted : DIGEST + wanted;
        return wanted.equals(annotation.getModelVersion())
                || wanted.equals(annotation.getModelName() + " " + annotation.getModelVersion())
                || beginning.length() >= DIGEST.length() + DIGEST_CHARACTERS && digest.startsWith(beginning);
    }
}
