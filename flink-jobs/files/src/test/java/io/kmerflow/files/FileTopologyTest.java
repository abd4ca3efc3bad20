package io.kmerflow.files;

import static org.assertj.core.api.Assertions.assertThat;

import io.kmerflow.files.read.InputFile;
import io.kmerflow.files.source.SequenceFileSource;
import io.kmerflow.files.write.AnnotationJsonFormat;
import io.kmerflow.files.write.DeadLetterJsonFormat;
import io.kmerflow.files.write.OutputFile;
import io.kmerflow.files.write.RowFileSink;
import io.kmerflow.job.JobConfig;
import io.kmerflow.job.JobEnvironment;
import io.kmerflow.job.ReadScoringTopology;
import io.kmerflow.job.scoring.TestModel;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.runtime.jobgraph.JobVertex;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.junit.jupiter.api.Test;

class FileTopologyTest {
    @Test
    void readsNeverLeaveTheirThreadFromFileToFile() {
        StreamExecutionEnvironment environment = StreamExecutionEnvironment.getExecutionEnvironment();
        JobEnvironment.configureOneShot(environment);
        new ReadScoringTopology(JobConfig.from(new Configuration()), new TestModel())
                .build(
                        environment,
                        new SequenceFileSource(List.of(new InputFile("a.fq")), false),
                        new RowFileSink<>(new OutputFile("o.jsonl"), new AnnotationJsonFormat(), false),
                        new RowFileSink<>(new OutputFile("d.jsonl"), new DeadLetterJsonFormat(), true),
                        1);

        List<String> chains = new ArrayList<>();
        for (JobVertex vertex :
                environment.getStreamGraph().getJobGraph().getVerticesSortedTopologicallyFromSources()) {
            chains.add(vertex.getName());
        }
        assertThat(chains).hasSize(2);
        assertThat(chains.get(0)).contains("reads", "decode", "score", "annotations");
        assertThat(chains.get(1)).contains("dead-letters");
    }
}
