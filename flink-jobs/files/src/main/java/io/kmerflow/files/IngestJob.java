package io.kmerflow.files;

import io.kmerflow.files.source.FailureSplitter;
import io.kmerflow.files.source.SequenceFileSource;
import io.kmerflow.job.JobConfig;
import io.kmerflow.job.JobEnvironment;
import io.kmerflow.job.OperatorUids;
import io.kmerflow.job.deadletter.DeadLetters;
import io.kmerflow.job.ingest.RawRecord;
import io.kmerflow.job.kafka.DeliveryPreflight;
import io.kmerflow.job.kafka.KafkaConfig;
import io.kmerflow.job.kafka.KafkaEnds;
import java.util.List;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/** Files of reads onto the topic of reads; what is no record goes to the dead letters. */
public final class IngestJob {
    private IngestJob() {}

    /**
     * Runs to the end of the files.
     *
     * @return what went to the dead letters; annotated reads are none here
     * @throws io.kmerflow.job.kafka.PreflightException if Kafka is not as the job needs it
     */
    public static JobSummary run(StreamExecutionEnvironment environment, FileConfig config) throws Exception {
        JobConfig job = config.job();
        KafkaConfig kafka = job.requireKafka();
        new DeliveryPreflight(kafka, job.checkpointInterval())
                .check(List.of(), List.of(kafka.readsTopic(), kafka.deadLettersTopic()));
        JobEnvironment.configure(environment, job.checkpointInterval());
        KafkaEnds ends = new KafkaEnds(kafka);
        SingleOutputStreamOperator<RawRecord> records = environment
                .fromSource(
                        new SequenceFileSource(config.inputs(), config.stopOnFailure()),
                        WatermarkStrategy.noWatermarks(),
                        "files",
                        TypeInformation.of(RawRecord.class))
                .uid(OperatorUids.INGEST_SOURCE)
                .setParallelism(1)
                .process(
                        new FailureSplitter(job.scoring().deadLetters(), ends.readLimit()),
                        TypeInformation.of(RawRecord.class))
                .uid(OperatorUids.INGEST_SPLIT)
                .name("split")
                .setParallelism(1);
        records.sinkTo(ends.ingestedReads())
                .uid(OperatorUids.INGEST_SINK)
                .name("reads")
                .setParallelism(1);
        records.getSideOutput(DeadLetters.OUTPUT)
                .sinkTo(ends.ingestDeadLetters())
                .uid(OperatorUids.INGEST_DEAD_LETTERS_SINK)
                .name("dead-letters")
                .setParallelism(1);
        return JobSummary.of(environment.execute("kmerflow ingest"));
    }
}
