package io.kmerflow.job.kafka;

import java.io.IOException;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import org.apache.flink.api.common.JobInfo;
import org.apache.flink.api.common.TaskInfo;
import org.apache.flink.api.common.eventtime.Watermark;
import org.apache.flink.api.common.operators.MailboxExecutor;
import org.apache.flink.api.common.operators.ProcessingTimeService;
import org.apache.flink.api.common.serialization.SerializationSchema;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.connector.sink2.Committer;
import org.apache.flink.api.connector.sink2.CommitterInitContext;
import org.apache.flink.api.connector.sink2.CommittingSinkWriter;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.api.connector.sink2.StatefulSinkWriter;
import org.apache.flink.api.connector.sink2.SupportsCommitter;
import org.apache.flink.api.connector.sink2.SupportsWriterState;
import org.apache.flink.api.connector.sink2.WriterInitContext;
import org.apache.flink.connector.kafka.sink.KafkaCommittable;
import org.apache.flink.connector.kafka.sink.KafkaSink;
import org.apache.flink.connector.kafka.sink.KafkaWriterState;
import org.apache.flink.connector.kafka.sink.TwoPhaseCommittingStatefulSink.PrecommittingStatefulSinkWriter;
import org.apache.flink.core.io.SimpleVersionedSerializer;
import org.apache.flink.metrics.groups.SinkWriterMetricGroup;
import org.apache.flink.streaming.api.connector.sink2.CommittableMessage;
import org.apache.flink.streaming.api.connector.sink2.SupportsPostCommitTopology;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.lineage.LineageVertex;
import org.apache.flink.streaming.api.lineage.LineageVertexProvider;
import org.apache.flink.util.UserCodeClassLoader;
import org.apache.flink.util.function.ThrowingRunnable;

/**
 * The connector's sink, which knows one kind of failure only: the task restarts, for ever if the next attempt meets the same.
 * Here what a broker refuses for good ({@link KafkaErrors#refusal}) stops the job with one sentence; anything else is said in
 * one line, counted, and restarts the task as ever. Operators, state and guarantees are the connector's.
 *
 * <p>Kafka's client reports what became of a record on a thread of its own; the connector throws that when it is asked for the
 * next write or flush, or from a mail to the task. All three go through {@link Guard}.
 *
 * @param <T> what is written
 */
final class GuardedSink<T>
        implements Sink<T>,
                SupportsWriterState<T, KafkaWriterState>,
                SupportsCommitter<KafkaCommittable>,
                SupportsPostCommitTopology<KafkaCommittable>,
                LineageVertexProvider {
    private static final long serialVersionUID = 1L;

    private final KafkaSink<T> sink;
    private final String topic;
    private final String servers;
    private final TopicPresence presence;

    /**
     * @param sink of the connector
     * @param topic that it writes to
     * @param servers of its cluster
     * @param presence of the topic there
     */
    GuardedSink(KafkaSink<T> sink, String topic, String servers, TopicPresence presence) {
        this.sink = sink;
        this.topic = topic;
        this.servers = servers;
        this.presence = presence;
    }

    @Override
    public Writer<T> createWriter(WriterInitContext context) throws IOException {
        Guard guard = new Guard("write to", topic, servers, presence, context.metricGroup());
        return writer(guard, () -> sink.createWriter(new GuardedContext(context, guard)));
    }

    @Override
    public Writer<T> restoreWriter(WriterInitContext context, Collection<KafkaWriterState> state) throws IOException {
        Guard guard = new Guard("write to", topic, servers, presence, context.metricGroup());
        return writer(guard, () -> sink.restoreWriter(new GuardedContext(context, guard), state));
    }

    private Writer<T> writer(
            Guard guard, Callable<PrecommittingStatefulSinkWriter<T, KafkaWriterState, KafkaCommittable>> made)
            throws IOException {
        try {
            return new Writer<>(guard.call(made), guard);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("Interrupted while opening the sink of topic " + topic, e);
        }
    }

    @Override
    public SimpleVersionedSerializer<KafkaWriterState> getWriterStateSerializer() {
        return sink.getWriterStateSerializer();
    }

    @Override
    @SuppressWarnings("try") // Flink closes it, and takes any exception
    public Committer<KafkaCommittable> createCommitter(CommitterInitContext context) throws IOException {
        Guard guard = new Guard("commit transactions on", topic, servers, presence, context.metricGroup());
        Committer<KafkaCommittable> committer = sink.createCommitter(context);
        return new Committer<>() {
            @Override
            public void commit(Collection<CommitRequest<KafkaCommittable>> requests)
                    throws IOException, InterruptedException {
                guard.call(() -> {
                    committer.commit(requests);
                    return null;
                });
            }

            @Override
            public void close() throws Exception {
                committer.close();
            }
        };
    }

    @Override
    public SimpleVersionedSerializer<KafkaCommittable> getCommittableSerializer() {
        return sink.getCommittableSerializer();
    }

    @Override
    public void addPostCommitTopology(DataStream<CommittableMessage<KafkaCommittable>> committables) {
        sink.addPostCommitTopology(committables);
    }

    @Override
    public LineageVertex getLineageVertex() {
        return sink.getLineageVertex();
    }

    /** The connector's writer, guarded. */
    @SuppressWarnings("try") // Flink closes it, and takes any exception
    private static final class Writer<T>
            implements StatefulSinkWriter<T, KafkaWriterState>, CommittingSinkWriter<T, KafkaCommittable> {
        private final PrecommittingStatefulSinkWriter<T, KafkaWriterState, KafkaCommittable> writer;
        private final Guard guard;

        Writer(PrecommittingStatefulSinkWriter<T, KafkaWriterState, KafkaCommittable> writer, Guard guard) {
            this.writer = writer;
            this.guard = guard;
        }

        @Override
        public void write(T value, Context context) throws IOException, InterruptedException {
            try {
                writer.write(value, context); // no guard.call: once per record
            } catch (IOException | RuntimeException e) {
                throw guard.judged(e);
            }
        }

        @Override
        public void flush(boolean endOfInput) throws IOException, InterruptedException {
            guard.call(() -> {
                writer.flush(endOfInput);
                return null;
            });
        }

        @Override
        public void writeWatermark(Watermark watermark) throws IOException, InterruptedException {
            writer.writeWatermark(watermark);
        }

        @Override
        public Collection<KafkaCommittable> prepareCommit() throws IOException, InterruptedException {
            return guard.call(writer::prepareCommit);
        }

        @Override
        public List<KafkaWriterState> snapshotState(long checkpointId) throws IOException {
            try {
                return guard.call(() -> writer.snapshotState(checkpointId));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IOException("Interrupted while writing the state of a sink", e);
            }
        }

        @Override
        public void close() throws Exception {
            guard.call(() -> {
                writer.close();
                return null;
            });
        }
    }

    /** The writer's context, with a mailbox whose mails are guarded. */
    private record GuardedContext(WriterInitContext context, Guard guard) implements WriterInitContext {
        @Override
        public MailboxExecutor getMailboxExecutor() {
            return new GuardedMailbox(context.getMailboxExecutor(), guard);
        }

        @Override
        public UserCodeClassLoader getUserCodeClassLoader() {
            return context.getUserCodeClassLoader();
        }

        @Override
        public ProcessingTimeService getProcessingTimeService() {
            return context.getProcessingTimeService();
        }

        @Override
        public SinkWriterMetricGroup metricGroup() {
            return context.metricGroup();
        }

        @Override
        public SerializationSchema.InitializationContext asSerializationSchemaInitializationContext() {
            return context.asSerializationSchemaInitializationContext();
        }

        @Override
        public boolean isObjectReuseEnabled() {
            return context.isObjectReuseEnabled();
        }

        @Override
        public <I> TypeSerializer<I> createInputSerializer() {
            return context.createInputSerializer();
        }

        @Override
        public <M> Optional<Consumer<M>> metadataConsumer() {
            return context.metadataConsumer();
        }

        @Override
        public OptionalLong getRestoredCheckpointId() {
            return context.getRestoredCheckpointId();
        }

        @Override
        public JobInfo getJobInfo() {
            return context.getJobInfo();
        }

        @Override
        public TaskInfo getTaskInfo() {
            return context.getTaskInfo();
        }
    }

    private record GuardedMailbox(MailboxExecutor mailbox, Guard guard) implements MailboxExecutor {
        @Override
        public void execute(
                MailOptions options, ThrowingRunnable<? extends Exception> mail, String text, Object... arguments) {
            mailbox.execute(
                    options,
                    () -> guard.call(() -> {
                        run(mail);
                        return null;
                    }),
                    text,
                    arguments);
        }

        private static void run(ThrowingRunnable<? extends Exception> mail) throws Exception {
            mail.run();
        }

        @Override
        public void yield() throws InterruptedException {
            mailbox.yield();
        }

        @Override
        public boolean tryYield() {
            return mailbox.tryYield();
        }

        @Override
        public boolean shouldInterrupt() {
            return mailbox.shouldInterrupt();
        }
    }
}
