package io.kmerflow.job.model;

import java.util.Locale;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which model a subtask begins with: the checkpoint's, wherever it lies. Where a change is allowed the configured model
 * serves instead, but only if it is not the one that was configured when it last decided: else a restart would take back
 * every model published since.
 *
 * @param sessions loads models
 * @param allowChange whether the configured model may serve instead of the checkpoint's
 */
public record FirstModel(SessionFactory sessions, boolean allowChange) {
    private static final Logger LOG = LoggerFactory.getLogger(FirstModel.class);

    /**
     * What a subtask begins with.
     *
     * @param model open
     * @param configured the configured model when it last decided; null where the checkpoint does not say
     */
    public record Choice(OpenModel model, ModelRef configured) {}

    /**
     * Opens the model to begin with.
     *
     * @param restored models of the checkpoint: one, or none at a start without one
     * @param decided configured model in the checkpoint: one, or none where it does not say
     */
    public Choice open(int subtask, Set<ModelRef> restored, Set<ModelRef> decided) throws Exception {
        if (restored.isEmpty() || allowChange && hasChanged(decided)) {
            return configured(subtask);
        }
        if (restored.size() > 1) {
            throw new IllegalStateException("Expected one model in the checkpoint, got " + restored);
        }
        ModelRef before = decided.size() == 1 ? decided.iterator().next() : null;
        ModelRef model = restored.iterator().next();
        String reason = "the checkpoint does not say where it lies";
        if (!model.uri().isEmpty()) {
            try {
                return new Choice(sessions.open(subtask, model, null), before);
            } catch (ModelRefusedException e) {
                reason = e.getMessage();
            }
        }
        if (allowChange && !sessions.isPlace(before.uri())) {
            return configured(subtask); // another place is a way out where the checkpoint's model is lost
        }
        OpenModel configured = sessions.open(subtask); // the same bundle may have been moved
        if (configured.identity().digest().equals(model.digest())) {
            return new Choice(configured, before);
        }
        configured.close();
        throw new IllegalStateException(String.format(
                Locale.ROOT,
                "Expected the checkpoint's model %s, which cannot be loaded (%s), got the bundle %s; put it back, or allow the"
                        + " model to change and configure another place than before, %s",
                model.digest(),
                reason,
                configured.ref(),
                before == null ? "unknown" : before.uri()));
    }

    private Choice configured(int subtask) throws Exception {
        OpenModel model = sessions.open(subtask);
        return new Choice(model, model.ref());
    }

    /** A bundle that is gone from the place it had has not changed: the job may have gone on to others since. */
    private boolean hasChanged(Set<ModelRef> decided) throws Exception {
        if (decided.size() != 1) {
            return true;
        }
        ModelRef before = decided.iterator().next();
        try {
            return !before.sameModel(sessions.configured());
        } catch (Exception e) {
            if (!before.uri().isEmpty() && sessions.isPlace(before.uri())) {
                LOG.warn(
                        "The configured bundle {} cannot be read; the checkpoint's model stays active",
                        before.uri(),
                        e);
                return false;
            }
            throw e;
        }
    }
}
