package io.kmerflow.job.scoring;

import io.kmerflow.job.registry.ModelRef;
import io.kmerflow.job.registry.ModelRefusedException;
import java.util.Locale;
import java.util.Set;

/**
 * Which model a subtask begins with: the checkpoint's, wherever it lies, unless told otherwise.
 *
 * @param sessions loads models
 * @param configuredModelWins whether the configured model serves whatever the checkpoint says
 */
record FirstModel(SessionFactory sessions, boolean configuredModelWins) {
    /** @param restored models of the checkpoint: one, or none at a start without one */
    OpenModel open(int subtask, Set<ModelRef> restored) throws Exception {
        if (restored.isEmpty() || configuredModelWins) {
            return sessions.open(subtask);
        }
        if (restored.size() > 1) {
            throw new IllegalStateException("Expected one model in the checkpoint, got " + restored);
        }
        ModelRef model = restored.iterator().next();
        String reason = "the checkpoint does not say where it lies";
        if (!model.uri().isEmpty()) {
            try {
                return sessions.open(subtask, model, null);
            } catch (ModelRefusedException e) {
                reason = e.getMessage();
            }
        }
        OpenModel configured = sessions.open(subtask); // the same bundle may have been moved
        if (configured.identity().digest().equals(model.digest())) {
            return configured;
        }
        configured.close();
        throw new IllegalStateException(String.format(
                Locale.ROOT,
                "Expected the checkpoint's model %s, which cannot be loaded (%s), got the bundle %s; allow the change to go on with it",
                model.digest(),
                reason,
                configured.ref()));
    }
}
