package io.kmerflow.job.model;

import java.util.TreeMap;
import org.apache.flink.runtime.operators.coordination.OperatorEvent;

/** What the coordinator and the subtasks of the scoring operator say to each other about the active model. */
public sealed interface ModelMessage extends OperatorEvent {
    /** To a subtask: load and check the candidate, then vote. */
    record Prepare(long revision, ModelRef model) implements ModelMessage {}

    /** To a subtask: switch at the next barrier. Sent before the barrier that all subtasks have in common. */
    record Commit(long revision, ModelRef model) implements ModelMessage {}

    /** To a subtask: let the candidate go. */
    record Abort(long revision) implements ModelMessage {}

    /**
     * To a subtask: score a sample of the reads with that model too, and compare.
     *
     * @param model null ends it
     * @param share of the reads, 0 to 1
     */
    record Shadow(long revision, ModelRef model, double share) implements ModelMessage {}

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
     */
    record Vote(long revision, Refusal refusal, long loadMillis) implements ModelMessage {}

    /**
     * From a subtask: the committed model serves and the old one is closed.
     *
     * @param checkpointId whose barrier it was; -1 if the model served already
     */
    record Switched(long revision, long checkpointId) implements ModelMessage {}
}
