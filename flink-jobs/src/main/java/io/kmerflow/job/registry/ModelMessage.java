package io.kmerflow.job.registry;

import org.apache.flink.runtime.operators.coordination.OperatorEvent;

/** What the coordinator and the subtasks of the scoring operator say to each other about the active model. */
public sealed interface ModelMessage extends OperatorEvent {
    /** To a subtask: load and check the candidate, then vote. */
    record Prepare(long revision, ModelRef model) implements ModelMessage {}

    /** To a subtask: switch at the next barrier. Sent before the barrier that all subtasks have in common. */
    record Commit(long revision, ModelRef model) implements ModelMessage {}

    /** To a subtask: let the candidate go. */
    record Abort(long revision) implements ModelMessage {}

    /** From a subtask: this model serves, since the subtask began. */
    record Serving(ModelRef model) implements ModelMessage {}

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
