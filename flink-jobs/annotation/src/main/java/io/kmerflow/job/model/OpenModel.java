package io.kmerflow.job.model;

import io.kmerflow.bundle.BundleProfile;
import io.kmerflow.scoring.ScoringSession;

/**
 * A loaded model.
 *
 * @param identity which model it is
 * @param session hold on it; closed with this
 * @param uri where its bundle lies; empty if nobody could load it again from there
 * @param profile of the reads that it was made for; null if its bundle has none
 */
public record OpenModel(ModelIdentity identity, ScoringSession session, String uri, BundleProfile profile)
        implements AutoCloseable {
    /** A model without a profile. */
    public OpenModel(ModelIdentity identity, ScoringSession session, String uri) {
        this(identity, session, uri, null);
    }

    /** A model that came from no bundle. */
    public OpenModel(ModelIdentity identity, ScoringSession session) {
        this(identity, session, "");
    }

    /** Which bundle, and where. */
    public ModelRef ref() {
        return new ModelRef(identity.name(), identity.version(), identity.digest(), uri);
    }

    @Override
    public void close() {
        session.close();
    }
}
