package io.kmerflow.files.source;

import io.kmerflow.job.ingest.RawRecord;
import java.util.Map;
import org.apache.flink.api.connector.source.SourceReaderContext;
import org.apache.flink.connector.base.source.reader.SingleThreadMultiplexSourceReaderBase;

/** Emits what the split reader read and keeps the position behind the last emitted record. */
@SuppressWarnings("try") // close() of the base class may be interrupted; Flink calls it
final class SequenceFileSourceReader
        extends SingleThreadMultiplexSourceReaderBase<
                SequenceFileSplitReader.Item, RawRecord, SequenceFileSplit, SequenceFileSourceReader.Position> {
    /** How far the files are emitted. */
    static final class Position {
        private final SequenceFileSplit split;
        private int file;
        private long items;

        Position(SequenceFileSplit split) {
            this.split = split;
            this.file = split.file();
            this.items = split.items();
        }
    }

    SequenceFileSourceReader(boolean stopOnFailure, SourceReaderContext context) {
        super(
                () -> new SequenceFileSplitReader(stopOnFailure),
                (item, output, position) -> {
                    position.file = item.file();
                    position.items = item.items();
                    output.collect(item.record());
                },
                context.getConfiguration(),
                context);
    }

    @Override
    public void start() {
        if (getNumberOfCurrentlyAssignedSplits() == 0) {
            context.sendSplitRequest();
        }
    }

    @Override
    protected void onSplitFinished(Map<String, Position> finished) {
        context.sendSplitRequest();
    }

    @Override
    protected Position initializedState(SequenceFileSplit split) {
        return new Position(split);
    }

    @Override
    protected SequenceFileSplit toSplitType(String splitId, Position position) {
        return new SequenceFileSplit(position.split.files(), position.file, position.items);
    }
}
