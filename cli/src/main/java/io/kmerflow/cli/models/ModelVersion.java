package io.kmerflow.cli.models;

import io.kmerflow.schema.ModelAnnouncement;
import java.time.Instant;
import java.util.List;

/**
 * A version of a model, as the topics know it.
 *
 * @param announcement the latest record about it
 * @param servingSince times at which it began to serve, oldest first; empty if it never has, or nobody kept that
 * @param serving whether it is the one that served last
 * @param shadow whether it is announced as shadow
 * @param answer the job's last answer about it as a whole, with its reason; null if there is none
 */
public record ModelVersion(
        ModelAnnouncement announcement, List<Instant> servingSince, boolean serving, boolean shadow, String answer) {
    public ModelVersion {
        servingSince = List.copyOf(servingSince);
    }

    /** Name of the model. */
    public String name() {
        return announcement.getModelName();
    }

    /** Version. */
    public String version() {
        return announcement.getModelVersion();
    }

    /** Digest of the bundle. */
    public String digest() {
        return announcement.getBundleDigest();
    }

    /** Whether text names it: its version, its digest or the begin of that with or without {@code sha256:}. */
    public boolean isNamed(String text) {
        String hex = digest().replaceFirst("^sha256:", "");
        String begin = text.replaceFirst("^sha256:", "");
        return version().equals(text) || begin.length() >= 6 && hex.startsWith(begin);
    }
}
