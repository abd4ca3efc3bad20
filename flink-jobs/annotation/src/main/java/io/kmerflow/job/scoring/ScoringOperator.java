package io.kmerflow.job.scoring;

import io.kmerflow.job.annotate.Annotator;
import io.kmerflow.job.annotate.ReadStatuses;
import io.kmerflow.job.deadletter.DeadLetterReasons;
import io.kmerflow.job.deadletter.DeadLetters;
import io.kmerflow.job.drift.DriftReports;
import io.kmerflow.job.drift.DriftWatch;
import io.kmerflow.job.drift.DriftWindow;
import io.kmerflow.job.ingest.DecodedRead;
import io.kmerflow.job.metrics.DeadLetterMetrics;
import io.kmerflow.job.metrics.DriftMetrics;
import io.kmerflow.job.metrics.ModelMetrics;
import io.kmerflow.job.metrics.ScoringMetrics;
import io.kmerflow.job.model.Candidate;
import io.kmerflow.job.model.Candidates;
import io.kmerflow.job.model.FirstModel;
import io.kmerflow.job.model.GpuChoice;
import io.kmerflow.job.model.ModelMessage;
import io.kmerflow.job.model.ModelRef;
import io.kmerflow.job.model.OpenModel;
import io.kmerflow.job.model.Refusal;
import io.kmerflow.job.model.SessionFactory;
import io.kmerflow.job.model.Succession;
import io.kmerflow.schema.DeadLetterStage;
import io.kmerflow.schema.DriftReport;
import io.kmerflow.schema.ReadAnnotation;
import io.kmerflow.scoring.ScoredBatch;
import io.kmerflow.scoring.ScoringException;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.stream.Collectors;
import org.apache.flink.api.common.operators.MailboxExecutor;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeutils.base.StringSerializer;
import org.apache.flink.runtime.operators.coordination.OperatorEvent;
import org.apache.flink.runtime.operators.coordination.OperatorEventGateway;
import org.apache.flink.runtime.operators.coordination.OperatorEventHandler;
import org.apache.flink.runtime.state.StateInitializationContext;
import org.apache.flink.runtime.state.StateSnapshotContext;
import org.apache.flink.runtime.state.memory.MemoryBackendCheckpointStorageAccess;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.BoundedOneInput;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.api.operators.StreamOperatorParameters;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;

/**
 * Reads to annotations. Windows go to the model's owner threads in batches; each answer comes back as a mail, so that
 * everything but the model call itself, emission above all, happens on the task thread. Where the operator must wait
 * (windows in flight at their limit, barrier, end of input) it yields to the mailbox and never blocks on a future.
 *
 * <p>Before a barrier every read taken has left but the long ones that {@link ScoringPipeline} holds. A checkpoint has those
 * whole, to be begun anew after a restore, and the digest of the model that made the annotations before it. There too, and
 * nowhere else, the model changes; held reads then begin anew with the next one. A watermark, which no source of this
 * job makes, waits for the reads before it.
 */
final class ScoringOperator extends AbstractStreamOperator<ReadAnnotation>
        implements OneInputStreamOperator<DecodedRead, ReadAnnotation>, BoundedOneInput, OperatorEventHandler {
    private static final String MODEL_STATE = "active-model-digest";
    private static final String REF_STATE = "active-model";
    private static final String CONFIGURED_STATE = "configured-model";
    private static final String HELD_STATE = "held-reads";
    private static final String DRIFT_STATE = "drift-windows";
    private static final long NO_TIMER = Long.MAX_VALUE;
    private static final long MAX_HELD_BASES = 1 << 23;
    /** With qualities 2 MiB of state, where checkpoints in the job manager's memory take at most 5 MiB of a task. */
    private static final long MAX_HELD_BASES_IN_MEMORY = 1 << 20;

    private SessionFactory sessions;
    private final ScoringSettings settings;
    private final transient MailboxExecutor mailbox;
    private final transient OperatorEventGateway coordinator;

    private transient OpenModel model;
    private transient ScoringPipeline pipeline;
    private transient Annotator annotator;
    private transient DeadLetters deadLetters;
    private transient ScoringMetrics metrics;
    private transient DeadLetterMetrics deadLetterMetrics;
    private transient ListState<String> modelState;
    private transient ListState<ModelRef> refState;
    private transient ListState<ModelRef> configuredState;
    private transient ListState<DecodedRead> heldState;
    private transient ListState<DriftWindow> driftState;
    private transient DriftWatch drift;
    private transient DriftMetrics driftMetrics;
    private transient Set<ModelRef> restored;
    private transient Set<ModelRef> decided;
    private transient ModelRef configured;
    private transient Candidates candidates;
    private transient Candidate shadowCandidate;
    private transient Shadow shadow;
    private transient ModelMetrics modelMetrics;
    private transient int subtask;
    private transient long timerMillis;
    private transient long lastAnswerNanos;

    ScoringOperator(
            StreamOperatorParameters<ReadAnnotation> parameters,
            SessionFactory sessions,
            ScoringSettings settings,
            MailboxExecutor mailbox,
            OperatorEventGateway coordinator) {
        super(parameters);
        this.sessions = sessions;
        this.settings = settings;
        this.mailbox = mailbox;
        this.coordinator = coordinator;
    }

    @Override
    public void initializeState(StateInitializationContext context) throws Exception {
        super.initializeState(context);
        modelState = context.getOperatorStateStore()
                .getUnionListState(new ListStateDescriptor<>(MODEL_STATE, StringSerializer.INSTANCE));
        refState = context.getOperatorStateStore()
                .getUnionListState(new ListStateDescriptor<>(REF_STATE, new ModelRefSerializer()));
        configuredState = context.getOperatorStateStore()
                .getUnionListState(new ListStateDescriptor<>(CONFIGURED_STATE, new ModelRefSerializer()));
        heldState = context.getOperatorStateStore()
                .getListState(new ListStateDescriptor<>(HELD_STATE, TypeInformation.of(DecodedRead.class)));
        if (settings.drift().isOn()) {
            driftState = context.getOperatorStateStore()
                    .getListState(new ListStateDescriptor<>(DRIFT_STATE, TypeInformation.of(DriftWindow.class)));
        }
        restored = new LinkedHashSet<>();
        decided = new LinkedHashSet<>();
        if (context.isRestored()) {
            configuredState.get().forEach(decided::add);
            refState.get().forEach(restored::add);
            for (String digest : restored.isEmpty() ? modelState.get() : List.<String>of()) {
                restored.add(new ModelRef("", "", digest, "")); // a checkpoint from before models could change
            }
        }
    }

    @Override
    public void open() throws Exception {
        super.open();
        subtask = getRuntimeContext().getTaskInfo().getIndexOfThisSubtask();
        modelMetrics = new ModelMetrics(getRuntimeContext().getMetricGroup());
        driftMetrics = new DriftMetrics(getRuntimeContext().getMetricGroup());
        deadLetters = new DeadLetters(settings.deadLetters());
        deadLetterMetrics = new DeadLetterMetrics(getRuntimeContext());
        metrics = new ScoringMetrics(getRuntimeContext(), () -> pipeline == null ? 0 : pipeline.windowsInFlight());
        timerMillis = NO_TIMER;
        sessions = sessions.on(gpus());
        candidates = new Candidates(this::load, coordinator::sendEventToCoordinator);
        FirstModel.Choice first =
                new FirstModel(sessions, settings.allowModelChange()).open(subtask, restored, decided);
        configured = first.configured();
        serve(first.model());
        if (drift != null) {
            drift.restore(driftState.get());
        }
        coordinator.sendEventToCoordinator(new ModelMessage.Serving(model.ref(), configured));
        heldState.get().forEach(pipeline::takeBack);
        pipeline.resume(now());
        scheduleTimer();
    }

    /** Indexes of the GPUs that Flink's external resources give to this task; none where that is not configured. */
    private Set<String> gpus() {
        return getRuntimeContext().getExternalResourceInfos(GpuChoice.RESOURCE).stream()
                .map(info -> info.getProperty(GpuChoice.INDEX))
                .flatMap(Optional::stream)
                .collect(Collectors.toSet());
    }

    /** From now on that model scores; no window may be in flight. */
    private void serve(OpenModel next) {
        model = next;
        modelMetrics.serving(
                next.identity().version(),
                next.identity().digest(),
                next.session().device());
        annotator = new Annotator(model.identity(), settings.annotation());
        drift = watch(next);
        pipeline = new ScoringPipeline(
                model.identity().contract(),
                settings.feed().on(model.session()),
                settings.ordered(),
                settings.annotation().scoreAll(),
                maxHeldBases(),
                annotator::statusWithoutModel,
                this::submit,
                this::emit,
                this::emitWatermark);
    }

    /** Null where no reads are compared, or the model's bundle has nothing to compare windows of that size with. */
    private DriftWatch watch(OpenModel next) {
        if (!settings.drift().isOn()) {
            return null;
        }
        int reads = settings.drift().windowReads();
        if (next.profile() == null || !next.profile().thresholds().containsKey(reads)) {
            LOG.warn(
                    "No drift is reported: the bundle of model {} has no profile with windows of {} reads; 'kmerflow export --profile-reads' makes one",
                    next.ref(),
                    reads);
            return null;
        }
        return new DriftWatch(next.identity(), next.profile(), settings.drift(), subtask);
    }

    private long maxHeldBases() {
        return getContainingTask().getEnvironment().getCheckpointStorageAccess()
                        instanceof MemoryBackendCheckpointStorageAccess
                ? MAX_HELD_BASES_IN_MEMORY
                : MAX_HELD_BASES;
    }

    @Override
    public void handleOperatorEvent(OperatorEvent event) {
        if (event instanceof ModelMessage.Prepare wanted) {
            candidates.prepare(wanted);
        } else if (event instanceof ModelMessage.Abort wanted) {
            candidates.abort(wanted);
        } else if (event instanceof ModelMessage.Commit wanted) {
            candidates.commit(wanted, model.ref());
        } else if (event instanceof ModelMessage.Shadow wanted) {
            loadShadow(wanted);
        } else {
            throw new IllegalArgumentException("Expected what a coordinator says of models, got " + event);
        }
    }

    private Candidate load(long revision, ModelRef wanted, boolean labelsMayChange, Runnable done) {
        Succession succession = new Succession(model.identity().contract(), labelsMayChange);
        return Candidate.load(revision, wanted, sessions, subtask, succession, () -> {
            try {
                mailbox.execute(done::run, "loaded model");
            } catch (RejectedExecutionException e) {
                LOG.debug("The task is gone before its model was loaded");
            }
        });
    }

    private void loadShadow(ModelMessage.Shadow wanted) {
        endShadow();
        if (wanted.model() == null) {
            return;
        }
        shadowCandidate = load(wanted.revision(), wanted.model(), wanted.labelsMayChange(), () -> shadowLoaded(wanted));
    }

    private void shadowLoaded(ModelMessage.Shadow wanted) {
        if (shadowCandidate == null || shadowCandidate.revision() != wanted.revision() || !shadowCandidate.settled()) {
            return;
        }
        Refusal refusal = shadowCandidate.refusal();
        if (refusal == null) {
            shadow = new Shadow(
                    wanted.revision(),
                    shadowCandidate.take(),
                    wanted.share(),
                    settings,
                    mailbox,
                    getRuntimeContext().getMetricGroup(),
                    this::scheduleTimer,
                    this::now);
        }
        shadowCandidate = null;
        coordinator.sendEventToCoordinator(
                new ModelMessage.ShadowReport(wanted.revision(), wanted.model(), refusal, new TreeMap<>()));
    }

    private void endShadow() {
        if (shadowCandidate != null) {
            shadowCandidate.discard();
            shadowCandidate = null;
        }
        if (shadow != null) {
            reportShadow();
            shadow.close();
            shadow = null;
        }
    }

    private void reportShadow() {
        TreeMap<String, Double> news = shadow == null ? null : shadow.news();
        if (news != null) {
            coordinator.sendEventToCoordinator(
                    new ModelMessage.ShadowReport(shadow.revision(), shadow.model(), null, news));
        }
    }

    /** The reads before the barrier have left; those behind it are the new model's. */
    private void switchModel(long checkpointId) throws InterruptedException {
        while (candidates.loading()) {
            mailbox.yield();
        }
        if (!candidates.committed()) {
            return; // while it was loaded the coordinator went back to the one that serves
        }
        OpenModel next = candidates.take();
        endShadow(); // it was compared with the model that leaves; publish it again to compare it with this one
        OpenModel old = model;
        List<DecodedRead> held = pipeline.held();
        serve(next);
        held.forEach(pipeline::takeBack);
        old.close();
        LOG.info("Model {} serves instead of {} from checkpoint {} on", model.ref(), old.ref(), checkpointId);
        candidates.switched(checkpointId);
    }

    @Override
    public void processElement(StreamRecord<DecodedRead> element) throws Exception {
        pipeline.accept(element.getValue());
        while (!pipeline.cut(now())) {
            mailbox.yield();
        }
        scheduleTimer();
    }

    @Override
    public void processWatermark(Watermark mark) {
        pipeline.watermark(mark.getTimestamp());
    }

    @Override
    public void prepareSnapshotPreBarrier(long checkpointId) throws Exception {
        pipeline.pause();
        while (!pipeline.onlyHeldLeft()) {
            mailbox.yield();
        }
        reportShadow();
        switchModel(checkpointId);
        pipeline.resume(now());
        scheduleTimer();
    }

    @Override
    public void endInput() throws Exception {
        while (!pipeline.empty()) {
            pipeline.finishUp(now());
            mailbox.yield();
        }
        while (shadow != null && !shadow.empty()) {
            shadow.sendAll();
            mailbox.yield();
        }
        reportShadow();
        if (drift != null) {
            drift.end(now()).forEach(this::emit);
        }
    }

    @Override
    public void snapshotState(StateSnapshotContext context) throws Exception {
        super.snapshotState(context);
        modelState.update(List.of(model.identity().digest()));
        refState.update(List.of(model.ref()));
        configuredState.update(configured == null ? List.of() : List.of(configured));
        heldState.update(pipeline.held());
        if (driftState != null) {
            driftState.update(drift == null ? List.of() : drift.open());
        }
    }

    private void submit(WindowBatch batch) {
        metrics.submitted(now() - batch.oldestMillis());
        batch.submittedAt(System.nanoTime());
        model.session().submit(batch.tokens()).whenComplete((scored, error) -> {
            long nanos = System.nanoTime();
            try {
                mailbox.execute(() -> answer(batch, scored, error, nanos), "scored batch");
            } catch (RejectedExecutionException e) {
                LOG.debug("The task is gone before its batch was scored");
            }
        });
    }

    private void answer(WindowBatch batch, ScoredBatch scored, Throwable error, long nanos) throws Exception {
        long busyNanos = nanos - Math.max(batch.submittedNanos(), lastAnswerNanos);
        lastAnswerNanos = nanos;
        if (error == null) {
            metrics.scored(
                    batch.windows().size(),
                    batch.tokens().realTokens(),
                    batch.paddedTokens(),
                    scored.callNanos(),
                    Math.max(0, busyNanos));
            pipeline.answered(batch, scored.logits());
        } else {
            ScoringException failure = scoringError(error);
            metrics.failed(failure.kind());
            pipeline.failed(batch, failure);
        }
        pipeline.cutWaiting(now());
        pipeline.sendOverdue(now());
        scheduleTimer();
    }

    /** The session's own word on what failed; anything else means that an owner thread or the process is broken. */
    private static ScoringException scoringError(Throwable error) throws Exception {
        Throwable cause = error instanceof CompletionException && error.getCause() != null ? error.getCause() : error;
        if (cause instanceof ScoringException scoring) {
            return scoring;
        }
        throw new ScoringException(ScoringException.Kind.DEVICE_LOST, "The scoring session is lost: " + cause, cause);
    }

    private void emit(ReadInFlight finished) {
        DecodedRead read = finished.read;
        if (finished.failureReason() != null) {
            putAside(
                    read, DeadLetterStage.SCORE, finished.failureReason(), finished.failureMessage(), finished.error());
            return;
        }
        ReadAnnotation annotation = finished.scores == null
                ? annotator.annotate(read, finished.status)
                : annotator.annotate(read, finished.scores);
        String excess = annotator.excess(annotation);
        if (excess != null) {
            putAside(read, DeadLetterStage.SINK, DeadLetterReasons.ANNOTATION_TOO_LARGE, excess, null);
            return;
        }
        metrics.annotated(annotation, ReadStatuses.group(annotation));
        if (shadow != null) {
            shadow.offer(read, annotation, now());
        }
        output.collect(new StreamRecord<>(annotation));
        DriftReport report = drift == null ? null : drift.offer(read, annotation, now());
        if (report != null) {
            emit(report);
        }
    }

    private void emit(DriftReport report) {
        driftMetrics.reported(report);
        output.collect(DriftReports.OUTPUT, new StreamRecord<>(report));
    }

    private void putAside(DecodedRead read, DeadLetterStage stage, String reason, String message, Throwable error) {
        deadLetterMetrics.count(stage, reason);
        output.collect(
                DeadLetters.OUTPUT,
                new StreamRecord<>(
                        deadLetters.of(read.origin, read.readId, stage, reason, message, error, read.bases)));
    }

    private void emitWatermark(long timestamp) {
        output.emitWatermark(new Watermark(timestamp));
    }

    private void scheduleTimer() {
        long due =
                shadow == null ? pipeline.nextDueMillis() : Math.min(pipeline.nextDueMillis(), shadow.nextDueMillis());
        due = drift == null ? due : Math.min(due, drift.nextLookMillis());
        if (due < timerMillis) {
            timerMillis = due;
            getProcessingTimeService().registerTimer(due, this::onTimer);
        }
    }

    private void onTimer(long timestamp) {
        timerMillis = NO_TIMER;
        pipeline.sendOverdue(now());
        if (shadow != null) {
            shadow.sendOverdue(now());
        }
        if (drift != null) {
            drift.look(now()).forEach(this::emit);
        }
        scheduleTimer();
    }

    private long now() {
        return getProcessingTimeService().getCurrentProcessingTime();
    }

    @Override
    public void close() throws Exception {
        try {
            if (candidates != null) {
                candidates.close();
            }
            if (shadowCandidate != null) {
                shadowCandidate.discard();
            }
            if (shadow != null) {
                shadow.close();
            }
            if (model != null) {
                model.close();
            }
        } finally {
            super.close();
        }
    }
}
