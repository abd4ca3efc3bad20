package io.kmerflow.files.source;

import io.kmerflow.files.read.InputFile;
import io.kmerflow.job.ingest.RawRecord;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.connector.source.Boundedness;
import org.apache.flink.api.connector.source.Source;
import org.apache.flink.api.connector.source.SourceReader;
import org.apache.flink.api.connector.source.SourceReaderContext;
import org.apache.flink.api.connector.source.SplitEnumerator;
import org.apache.flink.api.connector.source.SplitEnumeratorContext;
import org.apache.flink.api.java.typeutils.ResultTypeQueryable;
import org.apache.flink.core.io.SimpleVersionedSerializer;

/**
 * Sequence files, one after another in the order given, as raw records whose payload is what a topic would hold. Bounded;
 * to be run with parallelism 1. Its position is checkpointed, except that standard input cannot be read twice.
 */
public final class SequenceFileSource
        implements Source<RawRecord, SequenceFileSplit, List<SequenceFileSplit>>, ResultTypeQueryable<RawRecord> {
    private final ArrayList<InputFile> files;
    private final boolean stopOnFailure;

    /**
     * @param files at least one
     * @param stopOnFailure whether bytes that are no record end the run, or go to the dead letters
     */
    public SequenceFileSource(List<InputFile> files, boolean stopOnFailure) {
        if (files.isEmpty()) {
            throw new IllegalArgumentException("Expected at least one file of reads, got none");
        }
        this.files = new ArrayList<>(files);
        this.stopOnFailure = stopOnFailure;
    }

    @Override
    public Boundedness getBoundedness() {
        return Boundedness.BOUNDED;
    }

    @Override
    public SplitEnumerator<SequenceFileSplit, List<SequenceFileSplit>> createEnumerator(
            SplitEnumeratorContext<SequenceFileSplit> context) {
        return new SequenceFileEnumerator(context, List.of(SequenceFileSplit.start(files)));
    }

    @Override
    public SplitEnumerator<SequenceFileSplit, List<SequenceFileSplit>> restoreEnumerator(
            SplitEnumeratorContext<SequenceFileSplit> context, List<SequenceFileSplit> unassigned) {
        return new SequenceFileEnumerator(context, unassigned);
    }

    @Override
    public SourceReader<RawRecord, SequenceFileSplit> createReader(SourceReaderContext context) {
        return new SequenceFileSourceReader(stopOnFailure, context);
    }

    @Override
    public SimpleVersionedSerializer<SequenceFileSplit> getSplitSerializer() {
        return new SequenceFileSplitSerializer();
    }

    @Override
    public SimpleVersionedSerializer<List<SequenceFileSplit>> getEnumeratorCheckpointSerializer() {
        return new SplitListSerializer();
    }

    @Override
    public TypeInformation<RawRecord> getProducedType() {
        return TypeInformation.of(RawRecord.class);
    }

    /** Number of splits (int32), then length (int32) and bytes of each. */
    private static final class SplitListSerializer implements SimpleVersionedSerializer<List<SequenceFileSplit>> {
        private final SequenceFileSplitSerializer splits = new SequenceFileSplitSerializer();

        @Override
        public int getVersion() {
            return splits.getVersion();
        }

        @Override
        public byte[] serialize(List<SequenceFileSplit> list) throws IOException {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            DataOutputStream out = new DataOutputStream(bytes);
            out.writeInt(list.size());
            for (SequenceFileSplit split : list) {
                byte[] one = splits.serialize(split);
                out.writeInt(one.length);
                out.write(one);
            }
            return bytes.toByteArray();
        }

        @Override
        public List<SequenceFileSplit> deserialize(int version, byte[] bytes) throws IOException {
            DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes));
            List<SequenceFileSplit> list = new ArrayList<>();
            int count = in.readInt();
            for (int i = 0; i < count; i++) {
                byte[] one = new byte[in.readInt()];
                in.readFully(one);
                list.add(splits.deserialize(version, one));
            }
            return list;
        }
    }
}
