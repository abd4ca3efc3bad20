package io.kmerflow.job.scoring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kmerflow.job.ingest.DecodedRead;
import io.kmerflow.job.model.ModelMessage;
import io.kmerflow.job.model.ModelMessage.Abort;
import io.kmerflow.job.model.ModelMessage.Commit;
import io.kmerflow.job.model.ModelMessage.Prepare;
import io.kmerflow.job.model.ModelMessage.Serving;
import io.kmerflow.job.model.ModelMessage.Switched;
import io.kmerflow.job.model.ModelMessage.Vote;
import io.kmerflow.job.model.ModelRef;
import io.kmerflow.job.model.OpenModel;
import io.kmerflow.job.model.SessionFactory;
import io.kmerflow.job.model.Succession;
import io.kmerflow.job.types.RecordTypeInfo;
import io.kmerflow.schema.ReadAnnotation;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.apache.flink.api.common.serialization.SerializerConfigImpl;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.operators.coordination.OperatorEvent;
import org.apache.flink.runtime.operators.coordination.OperatorEventHandler;
import org.apache.flink.streaming.api.operators.StreamOperator;
import org.apache.flink.streaming.api.operators.StreamOperatorParameters;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** One subtask and what its coordinator tells it. */
@Timeout(60)
@SuppressWarnings("try") // the harness may be interrupted while it closes
class ScoringOperatorSwapTest {
    private static final ModelRef CONFIGURED = new ModelRef("test", "1", TestModel.DIGEST, "");
    private static final ModelRef NEW = new ModelRef("test", "2", "sha256:" + "cd".repeat(32), "/2");
    private static final ModelRef NEWER = new ModelRef("test", "3", "sha256:" + "ef".repeat(32), "/3");

    /** Static, as factories are copied. */
    private static final List<OperatorEvent> SAID = Collections.synchronizedList(new ArrayList<>());

    private static final class Factory extends ScoringOperatorFactory {
        private static final long serialVersionUID = 1L;

        private Factory(SessionFactory sessions, ScoringSettings settings) {
            super(sessions, settings);
        }

        @Override
        @SuppressWarnings("unchecked") // as in the factory itself
        public <T extends StreamOperator<ReadAnnotation>> T createStreamOperator(
                StreamOperatorParameters<ReadAnnotation> parameters) {
            return (T) create(parameters, SAID::add);
        }
    }

    @BeforeEach
    void forget() {
        SAID.clear();
    }

    @AfterEach
    void everySessionIsReleased() {
        assertThat(TestModel.OPEN_SESSIONS).hasValue(0);
    }

    private static OneInputStreamOperatorTestHarness<DecodedRead, ReadAnnotation> open(
            SessionFactory sessions, boolean allowModelChange, OperatorSubtaskState state) throws Exception {
        OneInputStreamOperatorTestHarness<DecodedRead, ReadAnnotation> harness =
                new OneInputStreamOperatorTestHarness<>(
                        new Factory(sessions, Reads.settings(10_000, 64, 1_000, 512, false, allowModelChange)),
                        1,
                        1,
                        0);
        harness.getStreamConfig()
                .setupNetworkInputs(TypeInformation.of(DecodedRead.class).createSerializer(new SerializerConfigImpl()));
        harness.getStreamConfig().serializeAllConfigs();
        harness.setup(new RecordTypeInfo<>(ReadAnnotation.class).createSerializer(new SerializerConfigImpl()));
        if (state != null) {
            harness.initializeState(state);
        }
        harness.open();
        return harness;
    }

    private static void tell(
            OneInputStreamOperatorTestHarness<DecodedRead, ReadAnnotation> harness, ModelMessage message) {
        ((OperatorEventHandler) harness.getOperator()).handleOperatorEvent(message);
    }

    @Test
    void everyReadIsScoredByOneModelAlsoWhereScoringMayEndEarly() throws Exception {
        try (var harness = open(TestModel.certain(batch -> {}, 2.5), false, null)) {
            assertThat(digestOf(harness, 0, 400, 1)).isEqualTo(CONFIGURED.digest());
            tell(harness, new Commit(1, NEW));
            assertThat(digestOf(harness, 1, 400, 2)).as("before the barrier").isEqualTo(CONFIGURED.digest());
            assertThat(digestOf(harness, 2, 400, 3)).isEqualTo(NEW.digest());
            assertThat(harness.extractOutputValues())
                    .extracting(ReadAnnotation::getWindowsScored)
                    .containsExactly(6, 6, 6);
        }
    }

    private static String digestOf(
            OneInputStreamOperatorTestHarness<DecodedRead, ReadAnnotation> harness, int read, long checkpoint)
            throws Exception {
        return digestOf(harness, read, 40, checkpoint);
    }

    private static String digestOf(
            OneInputStreamOperatorTestHarness<DecodedRead, ReadAnnotation> harness,
            int read,
            int bases,
            long checkpoint)
            throws Exception {
        harness.processElement(new StreamRecord<>(Reads.plain(read, bases)));
        harness.prepareSnapshotPreBarrier(checkpoint);
        List<ReadAnnotation> annotations = harness.extractOutputValues();
        return annotations.get(annotations.size() - 1).getModelDigest();
    }

    /** A subtask that was told of a commit when it restarted, and of a later announcement before its first barrier. */
    @Test
    void anAnnouncementBetweenCommitAndBarrierDoesNotReplaceTheCommittedModel() throws Exception {
        try (var harness = open(new TestModel(), false, null)) {
            tell(harness, new Commit(1, NEW));
            tell(harness, new Prepare(2, NEWER));
            assertThat(digestOf(harness, 0, 9)).as("before the barrier").isEqualTo(CONFIGURED.digest());
            assertThat(digestOf(harness, 1, 10)).isEqualTo(NEW.digest());
            assertThat(SAID.get(0)).isEqualTo(new Serving(CONFIGURED, CONFIGURED));
            assertThat(SAID).contains(new Switched(1, 9));

            while (SAID.stream().noneMatch(Vote.class::isInstance)) {
                harness.getTaskMailbox().take(0).run();
            }
            tell(harness, new Commit(2, NEWER));
            assertThat(digestOf(harness, 2, 11)).isEqualTo(NEW.digest());
            assertThat(digestOf(harness, 3, 12)).isEqualTo(NEWER.digest());
            assertThat(SAID).contains(new Switched(2, 11));
        }
    }

    @Test
    void aLaterAnnouncementThatIsTakenBackLeavesTheCommitAlone() throws Exception {
        try (var harness = open(new TestModel(), false, null)) {
            tell(harness, new Commit(1, NEW));
            tell(harness, new Prepare(2, NEWER));
            tell(harness, new Abort(2));
            harness.prepareSnapshotPreBarrier(9);
            assertThat(digestOf(harness, 1, 10)).isEqualTo(NEW.digest());
        }
    }

    @Test
    void aCommitThatIsTakenBackLeavesTheModelThatServes() throws Exception {
        try (var harness = open(new TestModel(), false, null)) {
            tell(harness, new Commit(1, NEW));
            tell(harness, new Commit(2, CONFIGURED));
            harness.prepareSnapshotPreBarrier(9);
            assertThat(digestOf(harness, 1, 10)).isEqualTo(CONFIGURED.digest());
            assertThat(SAID).containsExactly(new Serving(CONFIGURED, CONFIGURED), new Switched(2, -1));
        }
    }

    @Test
    void aRestoreKeepsThePublishedModelUnlessTheConfiguredOneHasChanged() throws Exception {
        OperatorSubtaskState state;
        try (var harness = open(new TestModel(), true, null)) {
            tell(harness, new Commit(1, NEW));
            harness.prepareSnapshotPreBarrier(9);
            state = harness.snapshot(9, 9);
        }
        for (boolean allowed : new boolean[] {true, false, true}) { // each from what the one before left
            SAID.clear();
            try (var harness = open(new TestModel(), allowed, state)) {
                assertThat(SAID).containsExactly(new Serving(NEW, CONFIGURED));
                assertThat(digestOf(harness, 1, 10)).isEqualTo(NEW.digest());
                state = harness.snapshot(10, 10);
            }
        }
        String other = "sha256:" + "01".repeat(32);
        ModelRef changed = new ModelRef("test", "1", other, "");
        SAID.clear();
        try (var harness = open(new TestModel(batch -> {}, other), true, state)) {
            assertThat(SAID).containsExactly(new Serving(changed, changed));
            assertThat(digestOf(harness, 1, 10)).isEqualTo(other);
        }
    }

    private record NoMemory() implements SessionFactory {
        @Override
        public OpenModel open(int subtask) {
            return new TestModel().open(subtask);
        }

        @Override
        public OpenModel open(int subtask, ModelRef model, Succession served) {
            throw new OutOfMemoryError("Java heap space");
        }
    }

    @Test
    void memoryThatRunsOutFailsABarrierThatWaitsForTheModel() throws Exception {
        try (var harness = open(new NoMemory(), false, null)) {
            tell(harness, new Commit(1, NEW));
            assertThatThrownBy(() -> harness.prepareSnapshotPreBarrier(9))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("java.lang.OutOfMemoryError: Java heap space");
        }
    }

    @Test
    void memoryThatRunsOutIsAVoteAgainst() throws Exception {
        try (var harness = open(new NoMemory(), false, null)) {
            tell(harness, new Prepare(1, NEW));
            harness.getTaskMailbox().take(0).run();
            assertThat(((Vote) SAID.get(1)).refusal().message())
                    .isEqualTo("java.lang.OutOfMemoryError: Java heap space");
            assertThat(digestOf(harness, 1, 10)).isEqualTo(CONFIGURED.digest());
        }
    }

    @Test
    void whatIsNotForASubtaskIsRefused() throws Exception {
        try (var harness = open(new TestModel(), false, null)) {
            assertThatThrownBy(() -> tell(harness, new Switched(1, 1)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("Switched");
        }
    }
}
