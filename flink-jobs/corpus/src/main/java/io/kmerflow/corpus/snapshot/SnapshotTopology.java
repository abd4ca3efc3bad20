package io.kmerflow.corpus.snapshot;

import io.kmerflow.corpus.store.CorpusFiles;
import io.kmerflow.corpus.store.CorpusFolder;
import io.kmerflow.job.deadletter.DeadLetterPolicy;
import io.kmerflow.job.decode.DecodeFunction;
import io.kmerflow.job.ingest.DecodedRead;
import io.kmerflow.job.ingest.RawRecord;
import io.kmerflow.job.types.RecordTypeInfo;
import io.kmerflow.schema.CorpusRead;
import io.kmerflow.schema.registry.RegistryAddress;
import io.kmerflow.sequence.identity.ReadIdentity;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import org.apache.avro.file.DataFileWriter;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.functions.RichMapFunction;
import org.apache.flink.api.common.serialization.BulkWriter;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.connector.source.Source;
import org.apache.flink.connector.file.sink.FileSink;
import org.apache.flink.core.fs.FSDataOutputStream;
import org.apache.flink.core.fs.Path;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.sink.filesystem.OutputFileConfig;
import org.apache.flink.streaming.api.functions.sink.filesystem.PartFileInfo;
import org.apache.flink.streaming.api.functions.sink.filesystem.bucketassigners.BasePathBucketAssigner;
import org.apache.flink.streaming.api.functions.sink.filesystem.rollingpolicies.CheckpointRollingPolicy;

/**
 * Reads joined with annotations and labels, filtered, without duplicates, sampled, into container files. What comes out is a set
 * that depends on the topics and the settings alone: not on order, parallelism or restarts.
 */
public final class SnapshotTopology {
    /** About as large as a file gets. */
    private static final long FILE_BYTES = 512L << 20;

    private final ReadFilter filter;
    private final int readsPerGroup;
    private final long seed;
    private final int maxReadBases;
    private final RegistryAddress registry;

    /**
     * @param filter which reads
     * @param readsPerGroup most reads of each sample and label; 0 for all
     * @param seed of the sample
     * @param maxReadBases longer reads are none
     * @param registry of the schemas of reads and annotations in Confluent's format; null if none are
     */
    public SnapshotTopology(
            ReadFilter filter, int readsPerGroup, long seed, int maxReadBases, RegistryAddress registry) {
        this.filter = filter;
        this.readsPerGroup = readsPerGroup;
        this.seed = seed;
        this.maxReadBases = maxReadBases;
        this.registry = registry;
    }

    /** Filters and sample, as the manifest has them. */
    public SortedMap<String, Object> settings() {
        SortedMap<String, Object> settings = filter.settings();
        settings.put("readsPerGroup", readsPerGroup);
        settings.put("seed", seed);
        settings.put("maxReadBases", maxReadBases);
        return settings;
    }

    /**
     * Samples and labels that the settings name and that no read of a job that has ended has, by setting; null if there are none.
     *
     * @param sums of the job
     */
    public SortedMap<String, List<String>> unmet(Map<String, Object> sums) {
        return filter.unmet(Counts.met(sums));
    }

    /**
     * Adds the job's operators.
     *
     * @param folder of the corpus
     * @param parallelism subtasks of everything
     */
    public void build(
            StreamExecutionEnvironment environment,
            Source<RawRecord, ?, ?> reads,
            Source<TopicRecord, ?, ?> annotations,
            Source<TopicRecord, ?, ?> labels,
            java.nio.file.Path folder,
            int parallelism) {
        environment.setParallelism(parallelism);
        DataStream<Evidence> evidence = evidence(environment, annotations, "annotations", false)
                .union(evidence(environment, labels, "labels", true));
        SingleOutputStreamOperator<CorpusRead> joined = decoded(environment, reads)
                .keyBy(read -> new ReadIdentity(read.runId, read.readId, read.mate).key(), Types.STRING)
                .connect(evidence.keyBy(one -> one.read, Types.STRING))
                .process(new JoinFunction(filter), new RecordTypeInfo<>(CorpusRead.class))
                .uid("join")
                .name("join");
        SingleOutputStreamOperator<CorpusRead> chosen = joined.keyBy(ReadOrder::sequence, Types.STRING)
                .process(new DuplicateFunction(seed), new RecordTypeInfo<>(CorpusRead.class))
                .uid("duplicates")
                .name("leave out duplicates");
        if (readsPerGroup > 0) {
            chosen = chosen.keyBy(ReadOrder::group, Types.STRING)
                    .process(new DrawFunction(seed, readsPerGroup), new RecordTypeInfo<>(CorpusRead.class))
                    .uid("draw")
                    .name("draw");
        }
        chosen.map(new CountKept(), new RecordTypeInfo<>(CorpusRead.class))
                .uid("count")
                .name("count")
                .sinkTo(sink(folder))
                .uid("corpus-sink")
                .name("corpus");
    }

    private DataStream<DecodedRead> decoded(StreamExecutionEnvironment environment, Source<RawRecord, ?, ?> reads) {
        return environment
                .fromSource(reads, WatermarkStrategy.noWatermarks(), "reads", TypeInformation.of(RawRecord.class))
                .uid("reads-source")
                .map(new CountReads(), TypeInformation.of(RawRecord.class))
                .uid("count-reads")
                .name("count reads")
                .process(
                        new DecodeFunction(maxReadBases, new DeadLetterPolicy(false, null), registry),
                        TypeInformation.of(DecodedRead.class))
                .uid("decode")
                .name("decode");
    }

    private DataStream<Evidence> evidence(
            StreamExecutionEnvironment environment, Source<TopicRecord, ?, ?> source, String name, boolean labels) {
        return environment
                .fromSource(source, WatermarkStrategy.noWatermarks(), name, TypeInformation.of(TopicRecord.class))
                .uid(name + "-source")
                .flatMap(new EvidenceFunction(labels, registry), TypeInformation.of(Evidence.class))
                .uid("decode-" + name)
                .name("decode " + name);
    }

    private static FileSink<CorpusRead> sink(java.nio.file.Path folder) {
        return FileSink.forBulkFormat(new Path(folder.toUri()), ContainerWriter::new)
                .withBucketAssigner(new BasePathBucketAssigner<>())
                .withRollingPolicy(new BySize())
                .withOutputFileConfig(OutputFileConfig.builder()
                        .withPartPrefix("reads")
                        .withPartSuffix(CorpusFolder.READS)
                        .build())
                .build();
    }

    private static final class CountReads extends RichMapFunction<RawRecord, RawRecord> {
        private static final long serialVersionUID = 1L;

        private transient Counts counts;

        @Override
        public void open(OpenContext context) {
            counts = new Counts(getRuntimeContext());
        }

        @Override
        public RawRecord map(RawRecord record) {
            counts.in(Counts.READS);
            return record;
        }
    }

    private static final class CountKept extends RichMapFunction<CorpusRead, CorpusRead> {
        private static final long serialVersionUID = 1L;

        private transient Counts counts;

        @Override
        public void open(OpenContext context) {
            counts = new Counts(getRuntimeContext());
        }

        @Override
        public CorpusRead map(CorpusRead read) {
            counts.kept();
            return read;
        }
    }

    /** One container file; the stream belongs to the sink. */
    private static final class ContainerWriter implements BulkWriter<CorpusRead> {
        private final DataFileWriter<CorpusRead> writer;

        ContainerWriter(FSDataOutputStream out) throws IOException {
            writer = CorpusFiles.writer(out);
        }

        @Override
        public void addElement(CorpusRead read) throws IOException {
            writer.append(read);
        }

        @Override
        public void flush() throws IOException {
            writer.flush();
        }

        @Override
        public void finish() throws IOException {
            writer.close();
        }
    }

    /** A new file once one is large. */
    private static final class BySize extends CheckpointRollingPolicy<CorpusRead, String> {
        private static final long serialVersionUID = 1L;

        @Override
        public boolean shouldRollOnEvent(PartFileInfo<String> part, CorpusRead read) throws IOException {
            return part.getSize() >= FILE_BYTES;
        }

        @Override
        public boolean shouldRollOnProcessingTime(PartFileInfo<String> part, long now) {
            return false;
        }
    }
}
