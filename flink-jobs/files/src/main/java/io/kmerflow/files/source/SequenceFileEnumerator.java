package io.kmerflow.files.source;

import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.connector.source.SplitEnumerator;
import org.apache.flink.api.connector.source.SplitEnumeratorContext;

/** Gives the one split to whoever asks first, and back again after its reader failed. */
final class SequenceFileEnumerator implements SplitEnumerator<SequenceFileSplit, List<SequenceFileSplit>> {
    private final SplitEnumeratorContext<SequenceFileSplit> context;
    private final List<SequenceFileSplit> unassigned;

    SequenceFileEnumerator(SplitEnumeratorContext<SequenceFileSplit> context, List<SequenceFileSplit> unassigned) {
        this.context = context;
        this.unassigned = new ArrayList<>(unassigned);
    }

    @Override
    public void start() {}

    @Override
    public void handleSplitRequest(int subtask, String host) {
        if (!context.registeredReaders().containsKey(subtask)) {
            return; // failed in the meantime
        }
        if (unassigned.isEmpty()) {
            context.signalNoMoreSplits(subtask);
        } else {
            context.assignSplit(unassigned.remove(0), subtask);
        }
    }

    @Override
    public void addSplitsBack(List<SequenceFileSplit> splits, int subtask) {
        unassigned.addAll(splits);
    }

    @Override
    public void addReader(int subtask) {}

    @Override
    public List<SequenceFileSplit> snapshotState(long checkpointId) {
        return List.copyOf(unassigned);
    }

    @Override
    public void close() {}
}
