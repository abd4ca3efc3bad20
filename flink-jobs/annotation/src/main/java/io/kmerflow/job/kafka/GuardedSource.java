package io.kmerflow.job.kafka;

import java.util.Collection;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.connector.source.Boundedness;
import org.apache.flink.api.connector.source.ReaderOutput;
import org.apache.flink.api.connector.source.Source;
import org.apache.flink.api.connector.source.SourceEvent;
import org.apache.flink.api.connector.source.SourceReader;
import org.apache.flink.api.connector.source.SourceReaderContext;
import org.apache.flink.api.connector.source.SplitEnumerator;
import org.apache.flink.api.connector.source.SplitEnumeratorContext;
import org.apache.flink.api.connector.source.util.ratelimit.RateLimitedSourceReader;
import org.apache.flink.api.connector.source.util.ratelimit.RateLimiter;
import org.apache.flink.api.connector.source.util.ratelimit.RateLimiterStrategy;
import org.apache.flink.api.java.typeutils.ResultTypeQueryable;
import org.apache.flink.connector.kafka.source.KafkaSource;
import org.apache.flink.connector.kafka.source.enumerator.KafkaSourceEnumState;
import org.apache.flink.connector.kafka.source.split.KafkaPartitionSplit;
import org.apache.flink.core.io.InputStatus;
import org.apache.flink.core.io.SimpleVersionedSerializer;
import org.apache.flink.streaming.api.lineage.LineageVertex;
import org.apache.flink.streaming.api.lineage.LineageVertexProvider;

/**
 * The connector's source, whose failures go through {@link Guard}. Splits, state and order are the connector's.
 *
 * @param <T> what is read
 */
final class GuardedSource<T>
        implements Source<T, KafkaPartitionSplit, KafkaSourceEnumState>, ResultTypeQueryable<T>, LineageVertexProvider {
    private static final long serialVersionUID = 1L;

    private final KafkaSource<T> source;
    private final String topic;
    private final String servers;
    private final TopicPresence presence;
    private final TopicIdentity identity;
    private final StoppedOffsets stopped;
    private final double recordsPerSecond;

    /**
     * @param source of the connector, of a consumer group
     * @param topic that it reads
     * @param servers of its cluster
     * @param presence of the topic there
     * @param stopped of that group
     */
    GuardedSource(KafkaSource<T> source, String topic, String servers, TopicPresence presence, StoppedOffsets stopped) {
        this(source, topic, servers, presence, stopped, 0);
    }

    /**
     * @param source of the connector, that commits no offsets
     * @param recordsPerSecond that all subtasks take together at most; 0 for as many as can be
     */
    GuardedSource(
            KafkaSource<T> source, String topic, String servers, TopicPresence presence, double recordsPerSecond) {
        this(source, topic, servers, presence, null, recordsPerSecond);
    }

    private GuardedSource(
            KafkaSource<T> source,
            String topic,
            String servers,
            TopicPresence presence,
            StoppedOffsets stopped,
            double recordsPerSecond) {
        this.stopped = stopped;
        this.recordsPerSecond = recordsPerSecond;
        this.source = source;
        this.topic = topic;
        this.servers = servers;
        this.presence = presence;
        this.identity = new TopicIdentity(topic, presence);
    }

    @Override
    public SourceReader<T, KafkaPartitionSplit> createReader(SourceReaderContext context) throws Exception {
        Guard guard = new Guard("read", topic, servers, presence, context.metricGroup());
        SourceReader<T, KafkaPartitionSplit> reader =
                new Reader<>(guard.call(() -> source.createReader(context)), guard, stopped);
        return recordsPerSecond == 0
                ? reader
                : new RateLimitedSourceReader<>(reader, limiter(context.currentParallelism()));
    }

    @SuppressWarnings("unchecked") // Flink's factories of strategies give the raw type
    private RateLimiter<KafkaPartitionSplit> limiter(int parallelism) {
        return RateLimiterStrategy.perSecond(recordsPerSecond).createRateLimiter(parallelism);
    }

    @Override
    public Boundedness getBoundedness() {
        return source.getBoundedness();
    }

    @Override
    public SplitEnumerator<KafkaPartitionSplit, KafkaSourceEnumState> createEnumerator(
            SplitEnumeratorContext<KafkaPartitionSplit> context) {
        return source.createEnumerator(guarded(context));
    }

    @Override
    public SplitEnumerator<KafkaPartitionSplit, KafkaSourceEnumState> restoreEnumerator(
            SplitEnumeratorContext<KafkaPartitionSplit> context, KafkaSourceEnumState state) throws Exception {
        SplitEnumeratorContext<KafkaPartitionSplit> guarded = guarded(context);
        SplitEnumerator<KafkaPartitionSplit, KafkaSourceEnumState> enumerator =
                source.restoreEnumerator(guarded, state);
        return getBoundedness() == Boundedness.BOUNDED && state.initialDiscoveryFinished()
                ? new RestoredEnumerator(enumerator, guarded)
                : enumerator;
    }

    private SplitEnumeratorContext<KafkaPartitionSplit> guarded(SplitEnumeratorContext<KafkaPartitionSplit> context) {
        return new GuardedEnumeratorContext<>(
                context, new Guard("read", topic, servers, presence, context.metricGroup()), identity);
    }

    @Override
    public SimpleVersionedSerializer<KafkaPartitionSplit> getSplitSerializer() {
        return source.getSplitSerializer();
    }

    @Override
    public SimpleVersionedSerializer<KafkaSourceEnumState> getEnumeratorCheckpointSerializer() {
        return source.getEnumeratorCheckpointSerializer();
    }

    @Override
    public TypeInformation<T> getProducedType() {
        return source.getProducedType();
    }

    @Override
    public LineageVertex getLineageVertex() {
        return source.getLineageVertex();
    }

    /** The connector's reader, guarded. Used by one thread. */
    @SuppressWarnings("try") // Flink closes it, and takes any exception
    private static final class Reader<T> implements SourceReader<T, KafkaPartitionSplit> {
        private final SourceReader<T, KafkaPartitionSplit> reader;
        private final Guard guard;
        private final StoppedOffsets stopped;
        private final NavigableMap<Long, List<KafkaPartitionSplit>> snapshots = new TreeMap<>();
        /** Of the newest complete checkpoint, as long as nothing was read after it: a reader that is stopped reads no more. */
        private List<KafkaPartitionSplit> complete = List.of();

        Reader(SourceReader<T, KafkaPartitionSplit> reader, Guard guard, StoppedOffsets stopped) {
            this.reader = reader;
            this.guard = guard;
            this.stopped = stopped;
        }

        @Override
        public void start() {
            reader.start();
        }

        @Override
        public InputStatus pollNext(ReaderOutput<T> output) throws Exception {
            complete = List.of();
            try {
                return reader.pollNext(output); // no guard.call: once per record
            } catch (Exception e) {
                throw guard.judged(e);
            }
        }

        @Override
        public List<KafkaPartitionSplit> snapshotState(long checkpointId) {
            List<KafkaPartitionSplit> splits = reader.snapshotState(checkpointId);
            if (stopped != null) {
                snapshots.put(checkpointId, splits);
            }
            return splits;
        }

        @Override
        public CompletableFuture<Void> isAvailable() {
            return reader.isAvailable();
        }

        @Override
        public void addSplits(List<KafkaPartitionSplit> splits) {
            reader.addSplits(splits);
        }

        @Override
        public void notifyNoMoreSplits() {
            reader.notifyNoMoreSplits();
        }

        @Override
        public void handleSourceEvents(SourceEvent event) {
            reader.handleSourceEvents(event);
        }

        @Override
        public void notifyCheckpointComplete(long checkpointId) throws Exception {
            reader.notifyCheckpointComplete(checkpointId);
            complete = snapshots.getOrDefault(checkpointId, List.of());
            snapshots.headMap(checkpointId, true).clear();
        }

        @Override
        public void notifyCheckpointAborted(long checkpointId) throws Exception {
            reader.notifyCheckpointAborted(checkpointId);
            snapshots.remove(checkpointId);
        }

        @Override
        public void pauseOrResumeSplits(Collection<String> pause, Collection<String> resume) {
            reader.pauseOrResumeSplits(pause, resume);
        }

        @Override
        public void close() throws Exception {
            reader.close();
            if (!complete.isEmpty()) {
                stopped.commit(complete);
            }
        }
    }
}
