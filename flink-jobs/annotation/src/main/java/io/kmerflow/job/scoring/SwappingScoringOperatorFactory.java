package io.kmerflow.job.scoring;

import io.kmerflow.job.model.ModelCoordinator;
import io.kmerflow.job.model.ModelTopics;
import io.kmerflow.job.model.SessionFactory;
import io.kmerflow.schema.ReadAnnotation;
import java.time.Duration;
import org.apache.flink.runtime.jobgraph.OperatorID;
import org.apache.flink.runtime.operators.coordination.OperatorCoordinator;
import org.apache.flink.streaming.api.operators.CoordinatedOperatorFactory;
import org.apache.flink.streaming.api.operators.StreamOperator;
import org.apache.flink.streaming.api.operators.StreamOperatorParameters;

/** The scoring operator with a coordinator that changes its model. */
public final class SwappingScoringOperatorFactory extends ScoringOperatorFactory
        implements CoordinatedOperatorFactory<ReadAnnotation> {
    private final ModelTopics topics;
    private final Duration prepareTimeout;

    /**
     * @param sessions loads models
     * @param settings how the operator works
     * @param topics where announcements come from
     * @param prepareTimeout longest wait for the subtasks to have loaded a candidate
     */
    public SwappingScoringOperatorFactory(
            SessionFactory sessions, ScoringSettings settings, ModelTopics topics, Duration prepareTimeout) {
        super(sessions, settings);
        this.topics = topics;
        this.prepareTimeout = prepareTimeout;
    }

    @Override
    public OperatorCoordinator.Provider getCoordinatorProvider(String operatorName, OperatorID operatorId) {
        return new ModelCoordinator.Factory(operatorId, topics, prepareTimeout);
    }

    @Override
    public <T extends StreamOperator<ReadAnnotation>> T createStreamOperator(
            StreamOperatorParameters<ReadAnnotation> parameters) {
        OperatorID id = parameters.getStreamConfig().getOperatorID();
        ScoringOperator operator =
                create(parameters, parameters.getOperatorEventDispatcher().getOperatorEventGateway(id));
        parameters.getOperatorEventDispatcher().registerEventHandler(id, operator);
        @SuppressWarnings("unchecked") // T is StreamOperator<ReadAnnotation> by the caller's contract
        T created = (T) operator;
        return created;
    }
}
