package io.kmerflow.job;

import io.kmerflow.job.deadletter.DeadLetters;
import io.kmerflow.job.decode.DecodeFunction;
import io.kmerflow.job.drift.DriftReports;
import io.kmerflow.job.ingest.DecodedRead;
import io.kmerflow.job.ingest.RawRecord;
import io.kmerflow.job.model.SessionFactory;
import io.kmerflow.job.scoring.ScoringOperatorFactory;
import io.kmerflow.job.scoring.SwappingScoringOperatorFactory;
import io.kmerflow.job.types.RecordTypeInfo;
import io.kmerflow.schema.DeadLetter;
import io.kmerflow.schema.DriftReport;
import io.kmerflow.schema.ReadAnnotation;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.api.connector.source.Source;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/**
 * Source, decoding, scoring, sinks: the same whether reads come from a topic or from files. Everything from the source to
 * the annotations is one chain, unless samples have models of their own; all dead letters meet at their sink.
 */
public final class ReadScoringTopology {
    private final JobConfig config;
    private final SessionFactory sessions;
    private final UnaryOperator<DataStream<ReadAnnotation>> calls;
    private Sink<DriftReport> drift;

    /**
     * @param config how
     * @param sessions loads the model
     */
    public ReadScoringTopology(JobConfig config, SessionFactory sessions) {
        this(config, sessions, scored -> scored);
    }

    /**
     * @param config how
     * @param sessions loads the model
     * @param calls adds what changes calls once reads are scored, of one subtask and in no checkpoint
     */
    public ReadScoringTopology(
            JobConfig config, SessionFactory sessions, UnaryOperator<DataStream<ReadAnnotation>> calls) {
        this.config = config;
        this.sessions = sessions;
        this.calls = calls;
    }

    /** Also writes reports on drift there; returns this topology. */
    public ReadScoringTopology reportingDrift(Sink<DriftReport> reports) {
        drift = reports;
        return this;
    }

    private ScoringOperatorFactory scoring(SessionFactory sessions) {
        JobConfig.ModelChange change = config.modelChange();
        return change == null
                ? new ScoringOperatorFactory(sessions, config.scoring())
                : new SwappingScoringOperatorFactory(
                        sessions, config.scoring(), change.topics(), change.prepareTimeout());
    }

    private SingleOutputStreamOperator<ReadAnnotation> scored(
            DataStream<DecodedRead> reads, SessionFactory model, String route, int parallelism) {
        return reads.transform("score" + route, new RecordTypeInfo<>(ReadAnnotation.class), scoring(model))
                .uid(OperatorUids.SCORE + route)
                .setParallelism(parallelism);
    }

    private static DataStream<DecodedRead> routed(DataStream<DecodedRead> reads, Route route, int parallelism) {
        return reads.filter(route)
                .uid(OperatorUids.ROUTE + (route.to() == null ? "" : "-" + route.to()))
                .name(route.to() == null ? "others" : "only " + route.to())
                .setParallelism(parallelism);
    }

    /**
     * Adds the job's operators.
     *
     * @param parallelism subtasks of everything; 1 for files
     */
    public void build(
            StreamExecutionEnvironment environment,
            Source<RawRecord, ?, ?> source,
            Sink<ReadAnnotation> annotations,
            Sink<DeadLetter> deadLetters,
            int parallelism) {
        DataStream<RawRecord> raw = environment
                .fromSource(source, WatermarkStrategy.noWatermarks(), "reads", TypeInformation.of(RawRecord.class))
                .uid(OperatorUids.READS_SOURCE)
                .setParallelism(parallelism);
        SingleOutputStreamOperator<DecodedRead> reads = raw.process(
                        new DecodeFunction(
                                config.maxReadBases(),
                                config.scoring().deadLetters(),
                                config.kafka() == null ? null : config.kafka().readsRegistry()),
                        TypeInformation.of(DecodedRead.class))
                .uid(OperatorUids.DECODE)
                .name("decode")
                .setParallelism(parallelism);
        Set<String> names = config.routes().keySet();
        DataStream<DecodedRead> others = names.isEmpty() ? reads : routed(reads, new Route(names, null), parallelism);
        SingleOutputStreamOperator<ReadAnnotation> scored = scored(others, sessions, "", parallelism);
        DataStream<ReadAnnotation> all = scored;
        DataStream<DeadLetter> refused =
                reads.getSideOutput(DeadLetters.OUTPUT).union(scored.getSideOutput(DeadLetters.OUTPUT));
        DataStream<DriftReport> reports = scored.getSideOutput(DriftReports.OUTPUT);
        for (String name : names) {
            SingleOutputStreamOperator<ReadAnnotation> byName = scored(
                    routed(reads, new Route(names, name), parallelism),
                    config.routes().get(name),
                    "-" + name,
                    parallelism);
            all = all.union(byName);
            refused = refused.union(byName.getSideOutput(DeadLetters.OUTPUT));
            reports = reports.union(byName.getSideOutput(DriftReports.OUTPUT));
        }
        calls.apply(all)
                .sinkTo(annotations)
                .uid(OperatorUids.ANNOTATIONS_SINK)
                .name("annotations")
                .setParallelism(parallelism);
        refused.sinkTo(deadLetters)
                .uid(OperatorUids.DEAD_LETTERS_SINK)
                .name("dead-letters")
                .setParallelism(parallelism);
        if (drift != null) {
            reports.sinkTo(drift).uid(OperatorUids.DRIFT_SINK).name("drift").setParallelism(parallelism);
        }
    }
}
