package io.kmerflow.job.scoring;

import io.kmerflow.job.ingest.DecodedRead;
import io.kmerflow.job.model.SessionFactory;
import io.kmerflow.schema.ReadAnnotation;
import org.apache.flink.runtime.operators.coordination.OperatorEventGateway;
import org.apache.flink.streaming.api.operators.AbstractStreamOperatorFactory;
import org.apache.flink.streaming.api.operators.ChainingStrategy;
import org.apache.flink.streaming.api.operators.OneInputStreamOperatorFactory;
import org.apache.flink.streaming.api.operators.StreamOperator;
import org.apache.flink.streaming.api.operators.StreamOperatorParameters;

/** Makes the scoring operator where it runs; chained to decoding before and sink behind. */
public class ScoringOperatorFactory extends AbstractStreamOperatorFactory<ReadAnnotation>
        implements OneInputStreamOperatorFactory<DecodedRead, ReadAnnotation> {
    private final SessionFactory sessions;
    private final ScoringSettings settings;

    /**
     * @param sessions loads the model
     * @param settings how the operator works
     */
    public ScoringOperatorFactory(SessionFactory sessions, ScoringSettings settings) {
        this.sessions = sessions;
        this.settings = settings;
        setChainingStrategy(ChainingStrategy.ALWAYS);
    }

    @Override
    @SuppressWarnings("unchecked") // T is StreamOperator<ReadAnnotation> by the caller's contract
    public <T extends StreamOperator<ReadAnnotation>> T createStreamOperator(
            StreamOperatorParameters<ReadAnnotation> parameters) {
        return (T) create(parameters, message -> {});
    }

    /** @param coordinator takes what the operator says about its model */
    final ScoringOperator create(
            StreamOperatorParameters<ReadAnnotation> parameters, OperatorEventGateway coordinator) {
        return new ScoringOperator(parameters, sessions, settings, parameters.getMailboxExecutor(), coordinator);
    }

    @Override
    @SuppressWarnings("rawtypes") // as declared
    public Class<? extends StreamOperator> getStreamOperatorClass(ClassLoader classLoader) {
        return ScoringOperator.class;
    }
}
