package io.kmerflow.job.model;

import io.kmerflow.job.model.ModelMessage.Abort;
import io.kmerflow.job.model.ModelMessage.Commit;
import io.kmerflow.job.model.ModelMessage.Prepare;
import io.kmerflow.job.model.ModelMessage.Switched;
import io.kmerflow.job.model.ModelMessage.Vote;
import java.util.Locale;
import java.util.function.Consumer;

/**
 * The models that a subtask loads beside the one that serves: one to vote on, and one that is committed and serves from
 * the next barrier on. They are apart, since an announcement may come while a commit waits for its barrier, as it does for
 * a subtask that restarted; the vote on the one must not touch the other. Task thread only.
 */
public final class Candidates {
    /** Loads models. */
    public interface Loader {
        /**
         * Begins to load a model.
         *
         * @param labelsMayChange whether it may call other labels than the one that serves
         * @param done called on the task thread once it is loaded or refused
         */
        Candidate load(long revision, ModelRef model, boolean labelsMayChange, Runnable done);
    }

    private final Loader loader;
    private final Consumer<ModelMessage> coordinator;
    private Candidate asked;
    private Candidate committed;

    /**
     * @param loader loads models
     * @param coordinator takes votes and what has been switched
     */
    public Candidates(Loader loader, Consumer<ModelMessage> coordinator) {
        this.loader = loader;
        this.coordinator = coordinator;
    }

    /** Loads the candidate and votes. */
    public void prepare(Prepare wanted) {
        discardAsked();
        long startNanos = System.nanoTime();
        asked = loader.load(
                wanted.revision(), wanted.model(), wanted.labelsMayChange(), () -> vote(wanted.revision(), startNanos));
    }

    private void vote(long revision, long startNanos) {
        if (asked != null && asked.revision() == revision && asked.settled()) {
            long millis = (System.nanoTime() - startNanos) / 1_000_000;
            coordinator.accept(new Vote(revision, asked.refusal(), millis, asked.labels()));
        }
    }

    /** Lets the candidate of that revision go; a committed model stays. */
    public void abort(Abort wanted) {
        if (asked != null && asked.revision() == wanted.revision()) {
            discardAsked();
        }
    }

    /** From the next barrier on that model is to serve. The last commit counts. */
    public void commit(Commit wanted, ModelRef serving) {
        if (committed != null
                && committed.revision() == wanted.revision()
                && committed.model().equals(wanted.model())) {
            return; // said twice
        }
        discardCommitted();
        if (serving.sameModel(wanted.model())) {
            coordinator.accept(new Switched(wanted.revision(), -1));
        } else if (asked != null
                && asked.revision() == wanted.revision()
                && asked.model().equals(wanted.model())) {
            committed = asked;
            asked = null;
        } else {
            // Restarted after the vote, which has decided about labels too.
            committed = loader.load(wanted.revision(), wanted.model(), true, () -> {});
        }
    }

    /** Whether a barrier has to wait for a committed model. */
    public boolean loading() {
        return committed != null && !committed.settled();
    }

    /** Whether a committed model waits for its barrier. */
    public boolean committed() {
        return committed != null;
    }

    /**
     * The committed model; from now on the caller closes it.
     *
     * @throws IllegalStateException if it cannot be loaded; the task fails with it, as the whole job has changed
     */
    public OpenModel take() {
        if (committed.refusal() != null) {
            throw new IllegalStateException(String.format(
                    Locale.ROOT,
                    "Expected the model that the whole job has changed to, %s, got: %s",
                    committed.model(),
                    committed.refusal()));
        }
        return committed.take();
    }

    /** The model that was taken serves since the barrier of that checkpoint, and the one before is closed. */
    public void switched(long checkpointId) {
        coordinator.accept(new Switched(committed.revision(), checkpointId));
        committed = null;
    }

    private void discardAsked() {
        if (asked != null) {
            asked.discard();
            asked = null;
        }
    }

    private void discardCommitted() {
        if (committed != null) {
            committed.discard();
            committed = null;
        }
    }

    /** Lets both go. */
    public void close() {
        discardAsked();
        discardCommitted();
    }
}
