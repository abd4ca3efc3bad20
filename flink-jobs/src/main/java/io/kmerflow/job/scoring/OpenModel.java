package io.kmerflow.job.scoring;

import io.kmerflow.scoring.ScoringSession;

/**
 * A loaded model.
 *
 * @param identity which model it is
 * @param session hold on it; closed with this
 */
public record OpenModel(ModelIdentity identity, ScoringSession session) implements AutoCloseable {
    @Override
    public void close() {
        session.close();
    }
}
