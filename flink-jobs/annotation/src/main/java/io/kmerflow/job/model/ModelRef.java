package io.kmerflow.job.model;

import java.io.Serializable;
import java.util.Locale;

/**
 * Which bundle, and where it lies.
 *
 * @param name of the model
 * @param version of the model
 * @param digest of the bundle, {@code sha256:} and 64 hex digits
 * @param uri path or {@code file:} URI, as every task manager sees it; empty where it is not known
 */
public record ModelRef(String name, String version, String digest, String uri) implements Serializable {
    /** Whether annotations of both would name the same model. */
    public boolean sameModel(ModelRef other) {
        return other != null && digest.equals(other.digest) && version.equals(other.version);
    }

    @Override
    public String toString() {
        return String.format(Locale.ROOT, "%s %s (%s)", name, version, digest);
    }
}
