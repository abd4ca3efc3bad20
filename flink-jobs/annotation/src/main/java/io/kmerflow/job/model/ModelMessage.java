package io.kmerflow.job.model;

import java.util.TreeMap;
import org.apache.flink.runtime.operators.coordination.OperatorEvent;

/** What the coordinator and the subtasks of the scoring operator say to each other about the active model. */
public sealed interface ModelMessage extends OperatorEvent {
    /**
     * To a subtask: load and check the candidate, then vote.
     *
     * @param labelsMayChange whether it may call other labels than the one that serves
     */
    record Prepare(long revision, ModelRef model, boolean labelsMayChange) implements ModelMessage {
        /** With the labels of the model that serves. */
        public Prepare(long revision, ModelRef model) {
            this(revision, model, false);
        }
    }

    /** To a subtask: switch at the next barrier. Sent before the barrier that all subtasks have in common. */
    record Commit(long revision, ModelRef model) implements ModelMessage {}

    /** To a subtask: let the candidate go. */
    record Abort(long revision) implements ModelMessage {}

    /**
     * To a subtask: score a sample of the reads with that model too, and compare.
     *
     * @param model null ends it
     * @param share of the reads, 0 to 1
     * @param labelsMayChange whether it may call other labels than the one that serves
     */
    record Shadow(long revision, ModelRef model, double share, boolean labelsMayChange) implements ModelMessage {
        /** With the labels of the model that serves. */
        public Shadow(long revision, ModelRef model, double share) {
            this(revision, model, share, false);
        }
    }

    /**
     * From a subtask: how its shadow does.
     *
     * @param model that is compared
     * @param refusal why it cannot be; null if it is loaded
     * @param measures counts since it was loaded; empty where it has just been
     */
    record ShadowReport(long revision, ModelRef model, Refusal refusal, TreeMap<String, Double> measures)
            implements ModelMessage {}

    /**
     * From a subtask: this model serves, since the subtask began.
     *
     * @param configured the configured model when it last decided what serves, now or before the checkpoint that the
     *     subtask began from; null where a checkpoint of version 0.1 does not say
     */
    record Serving(ModelRef model, ModelRef configured) implements ModelMessage {}

    /**
     * From a subtask: its vote.
     *
     * @param refusal null for a yes
     * @param loadMillis from the wish to the end of the check
     * @param labels that come and go with the candidate
     */
    record Vote(long revision, Refusal refusal, long loadMillis, LabelChange labels) implements ModelMessage {
        /** For a candidate with the same labels. */
        public Vote(long revision, Refusal refusal, long loadMillis) {
            this(revision, refusal, loadMillis, LabelChange.NONE);
        }
    }

    /**
     * From a subtask: the committed model serves and the old one is closed.
     *
     * @param checkpointId whose barrier it was; -1 if the model served already
     */
    record Switched(long revision, long checkpointId) implements ModelMessage {}
}
