package io.kmerflow.job.scoring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kmerflow.job.Await;
import io.kmerflow.job.deadletter.DeadLetters;
import io.kmerflow.job.ingest.DecodedRead;
import io.kmerflow.job.model.OpenModel;
import io.kmerflow.job.model.SessionFactory;
import io.kmerflow.job.types.RecordTypeInfo;
import io.kmerflow.schema.DeadLetter;
import io.kmerflow.schema.ReadAnnotation;
import io.kmerflow.scoring.ScoringException;
import io.kmerflow.token.TokenBatch;
import io.kmerflow.token.Vocabulary;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import org.apache.flink.api.common.externalresource.ExternalResourceInfo;
import org.apache.flink.api.common.serialization.SerializerConfigImpl;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.operators.testutils.MockEnvironment;
import org.apache.flink.runtime.operators.testutils.MockEnvironmentBuilder;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.runtime.tasks.mailbox.Mail;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(300)
@SuppressWarnings("try") // the harness may be interrupted while it closes
class ScoringOperatorTest {
    private static final int TTT = new Vocabulary(3).id("TTT");

    /** Holds the device's thread until a test opens it; static, since the fault travels as a serialized copy might. */
    private static CountDownLatch gate;

    private static final AtomicInteger CALLS = new AtomicInteger();
    private static final List<Integer> WINDOWS = Collections.synchronizedList(new ArrayList<>());

    @BeforeEach
    void forget() {
        gate = new CountDownLatch(1);
        CALLS.set(0);
        WINDOWS.clear();
        assertThat(TestModel.OPEN_SESSIONS).hasValue(0);
    }

    @AfterEach
    void everySessionIsReleased() {
        gate.countDown();
        assertThat(TestModel.OPEN_SESSIONS).hasValue(0);
    }

    private static TestModel recording() {
        return new TestModel(ScoringOperatorTest::record);
    }

    private static void record(TokenBatch batch) {
        CALLS.incrementAndGet();
        WINDOWS.add(batch.windows());
    }

    private static TestModel gated() {
        return new TestModel(batch -> {
            record(batch);
            try {
                gate.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
    }

    private static OneInputStreamOperatorTestHarness<DecodedRead, ReadAnnotation> harness(
            SessionFactory model, ScoringSettings settings, int parallelism, int subtask) throws Exception {
        OneInputStreamOperatorTestHarness<DecodedRead, ReadAnnotation> harness =
                new OneInputStreamOperatorTestHarness<>(
                        new ScoringOperatorFactory(model, settings), parallelism, parallelism, subtask);
        harness.getStreamConfig()
                .setupNetworkInputs(TypeInformation.of(DecodedRead.class).createSerializer(new SerializerConfigImpl()));
        harness.getStreamConfig().serializeAllConfigs();
        harness.setup(new RecordTypeInfo<>(ReadAnnotation.class).createSerializer(new SerializerConfigImpl()));
        return harness;
    }

    private static OneInputStreamOperatorTestHarness<DecodedRead, ReadAnnotation> open(
            SessionFactory model, ScoringSettings settings) throws Exception {
        OneInputStreamOperatorTestHarness<DecodedRead, ReadAnnotation> harness = harness(model, settings, 1, 0);
        harness.open();
        return harness;
    }

    private static void put(OneInputStreamOperatorTestHarness<DecodedRead, ReadAnnotation> harness, DecodedRead read)
            throws Exception {
        harness.processElement(new StreamRecord<>(read));
    }

    private static List<String> names(OneInputStreamOperatorTestHarness<DecodedRead, ReadAnnotation> harness) {
        return harness.extractOutputValues().stream()
                .map(ReadAnnotation::getReadId)
                .toList();
    }

    /** Runs mails until that number of annotations is out. */
    private static void runUntil(
            OneInputStreamOperatorTestHarness<DecodedRead, ReadAnnotation> harness, int annotations) throws Exception {
        while (harness.getOutput().size() < annotations) {
            Mail mail = harness.getTaskMailbox().take(0);
            mail.run();
        }
    }

    @Test
    void aBarrierWaitsUntilEveryReadHasLeft() throws Exception {
        try (var harness = open(recording(), Reads.settings(64, 1_000, 512, false))) {
            for (int i = 0; i < 5; i++) {
                put(harness, Reads.plain(i, 20 + 30 * i));
            }
            assertThat(harness.getOutput()).isEmpty();

            harness.prepareSnapshotPreBarrier(1);

            assertThat(names(harness)).containsExactlyInAnyOrder("r0", "r1", "r2", "r3", "r4");
        }
    }

    @Test
    void theEndOfInputWaitsUntilEveryReadHasLeft() throws Exception {
        try (var harness = open(recording(), Reads.settings(64, 1_000, 512, false))) {
            put(harness, Reads.plain(0, 200));

            harness.endInput();

            assertThat(names(harness)).containsExactly("r0");
        }
    }

    @Test
    void theCheckpointHoldsTheModelAndNothingElse() throws Exception {
        OperatorSubtaskState state;
        try (var harness = open(recording(), Reads.settings(64, 1_000, 512, false))) {
            put(harness, Reads.plain(0, 200));
            harness.prepareSnapshotPreBarrier(1);
            state = harness.snapshot(1, 1);
        }
        try (var harness = harness(recording(), Reads.settings(64, 1_000, 512, false), 1, 0)) {
            harness.initializeState(state);
            harness.open();
            harness.endInput();

            assertThat(harness.getOutput())
                    .as("reads that came back from state")
                    .isEmpty();
        }
    }

    @Test
    void aRestoreWithAnotherModelIsRefusedUnlessAllowed() throws Exception {
        OperatorSubtaskState state;
        try (var harness = open(recording(), Reads.settings(64, 1_000, 512, false))) {
            state = harness.snapshot(1, 1);
        }
        TestModel other = new TestModel(batch -> {}, "sha256:" + "cd".repeat(32));
        try (var harness = harness(other, Reads.settings(64, 1_000, 512, false), 1, 0)) {
            harness.initializeState(state);
            assertThatThrownBy(harness::open)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining(TestModel.DIGEST)
                    .hasMessageContaining("cdcdcd");
        }
        try (var harness = harness(other, Reads.settings(10_000, 64, 1_000, 512, false, true), 1, 0)) {
            harness.initializeState(state);
            harness.open();
            assertThat(TestModel.OPEN_SESSIONS).hasValue(1);
        }
    }

    @Test
    void aLonelyReadLeavesWhenItsBatchIsOldEnough() throws Exception {
        try (var harness = open(recording(), Reads.settings(64, 100, 512, false))) {
            harness.setProcessingTime(1_000);
            put(harness, Reads.plain(0, 20));

            harness.setProcessingTime(1_099);
            assertThat(CALLS).hasValue(0);
            harness.setProcessingTime(1_100);
            runUntil(harness, 1);

            assertThat(names(harness)).containsExactly("r0");
        }
    }

    @Test
    void theTimerIsSetAgainForWindowsThatCameLater() throws Exception {
        try (var harness = open(recording(), Reads.settings(64, 100, 512, false))) {
            harness.setProcessingTime(0);
            put(harness, Reads.plain(0, 20));
            harness.setProcessingTime(60);
            put(harness, Reads.plain(1, 10)); // a bucket of its own
            harness.setProcessingTime(100);
            runUntil(harness, 1);
            assertThat(names(harness)).containsExactly("r0");

            harness.setProcessingTime(160);
            runUntil(harness, 2);
            assertThat(names(harness)).containsExactly("r0", "r1");
        }
    }

    @Test
    void theInputIsHeldBackAtTheLimitOnWindowsInFlight() throws Exception {
        try (var harness = open(recording(), Reads.settings(4, 1_000, 8, true))) {
            put(harness, Reads.plain(0, 2_010)); // 200 windows pass through 8 places

            assertThat(CALLS).as("batches scored while the read was being cut").hasValueGreaterThanOrEqualTo(48);
            harness.endInput();
            assertThat(names(harness)).containsExactly("r0");
            assertThat(WINDOWS).allSatisfy(windows -> assertThat(windows).isLessThanOrEqualTo(4));
        }
    }

    @Test
    void aLongReadHoldsNeitherNewerReadsNorABarrierAndIsBegunAnewAfterARestore() throws Exception {
        ScoringSettings settings = Reads.settings(4, 1_000, 8, false);
        DecodedRead longRead = Reads.plain(0, 20_010); // 2,000 windows
        ReadAnnotation whole;
        try (var harness = open(recording(), Reads.settings(4, 1_000, 8, true))) {
            put(harness, longRead);
            harness.endInput();
            whole = timeless(harness.extractOutputValues().get(0));
        }
        OperatorSubtaskState state;
        WINDOWS.clear();
        try (var harness = open(recording(), settings)) {
            put(harness, longRead);
            put(harness, Reads.plain(1, 30));
            harness.prepareSnapshotPreBarrier(1);
            assertThat(names(harness)).containsExactly("r1");
            state = harness.snapshot(1, 1);
            put(harness, Reads.plain(2, 30));
            harness.prepareSnapshotPreBarrier(2);
            assertThat(names(harness)).containsExactly("r1", "r2");
            harness.endInput();
            assertThat(names(harness)).containsExactly("r1", "r2", "r0");
            assertThat(timeless(harness.extractOutputValues().get(2))).isEqualTo(whole);
            assertThat(WINDOWS.stream().mapToInt(Integer::intValue).sum())
                    .as("windows of the long read once, of the short ones two each at most")
                    .isBetween(2_000, 2_004);
        }
        try (var harness = harness(recording(), settings, 1, 0)) {
            harness.initializeState(state);
            harness.open();
            harness.endInput();
            assertThat(harness.extractOutputValues())
                    .map(ScoringOperatorTest::timeless)
                    .containsExactly(whole);
        }
    }

    /** Reads of random bases, of which some are decided soon and some only at their end. */
    private static List<DecodedRead> randomReads(int count) {
        Random random = new Random(4);
        List<DecodedRead> reads = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            StringBuilder bases = new StringBuilder();
            for (int at = 20 + random.nextInt(2_500); at > 0; at--) {
                bases.append("AGGT".charAt(random.nextInt(4)));
            }
            reads.add(Reads.of("r" + i, bases.toString()));
        }
        return reads;
    }

    private static Map<String, ReadAnnotation> byName(
            OneInputStreamOperatorTestHarness<DecodedRead, ReadAnnotation> harness) {
        return harness.extractOutputValues().stream()
                .collect(Collectors.toMap(ReadAnnotation::getReadId, ScoringOperatorTest::timeless));
    }

    @Test
    void whereScoringEndsDependsOnTheReadAloneNotOnBatchesBarriersOrRestarts() throws Exception {
        List<DecodedRead> reads = randomReads(40);
        TestModel model = TestModel.certain(ScoringOperatorTest::record, 5);
        Map<String, ReadAnnotation> alone;
        try (var harness = open(model, Reads.settings(1, 1_000, 2, true))) {
            for (DecodedRead read : reads) {
                put(harness, read);
            }
            harness.endInput();
            alone = byName(harness);
        }
        assertThat(alone.values())
                .filteredOn(read -> read.getWindowsScored() < read.getWindowsTotal())
                .as("reads that ended early")
                .hasSizeBetween(15, 39);
        OperatorSubtaskState state = null;
        Map<String, ReadAnnotation> restarted = new HashMap<>();
        for (int from = 0; from < reads.size(); from += 10) {
            try (var harness = harness(model, Reads.settings(7, 1_000, 64, false), 1, 0)) {
                if (state != null) {
                    harness.initializeState(state);
                }
                harness.open();
                for (DecodedRead read : reads.subList(from, from + 10)) {
                    put(harness, read);
                }
                harness.prepareSnapshotPreBarrier(from);
                assertThat(harness.getOutput()).as("before the barrier").hasSize(10);
                state = harness.snapshot(from, from);
                restarted.putAll(byName(harness));
            }
        }
        assertThat(restarted).isEqualTo(alone);
    }

    private static ReadAnnotation timeless(ReadAnnotation annotation) {
        annotation.setAnnotatedTime(annotation.getReadTime());
        return annotation;
    }

    @Test
    void manyLongReadsTakeTurnsWithinTheLimit() throws Exception {
        try (var harness = open(recording(), Reads.settings(4, 1_000, 8, false))) {
            for (int i = 0; i < 5; i++) {
                put(harness, Reads.plain(i, 500 + i));
            }
            harness.endInput();
            assertThat(names(harness)).containsExactlyInAnyOrder("r0", "r1", "r2", "r3", "r4");
            assertThat(WINDOWS).allSatisfy(windows -> assertThat(windows).isLessThanOrEqualTo(4));
        }
    }

    @Test
    void aBadRecordGoesToTheDeadLettersWithItsPlace() throws Exception {
        TestModel model = new TestModel(batch -> {
            if (TestModel.any(batch, TTT)) {
                throw new ScoringException(ScoringException.Kind.BATCH, "no TTT, please", null);
            }
        });
        try (var harness = open(model, Reads.settings(64, 1_000, 512, false))) {
            put(harness, Reads.plain(0, 20));
            put(harness, Reads.of("r1", "ACGTTTACGTACGTACGTAC"));
            put(harness, Reads.plain(2, 20));
            harness.endInput();

            assertThat(names(harness)).containsExactlyInAnyOrder("r0", "r2");
            DeadLetter letter =
                    harness.getSideOutput(DeadLetters.OUTPUT).element().getValue();
            assertThat(letter.getReason()).isEqualTo("SCORING_FAILED");
            assertThat(letter.getMessage()).isEqualTo("no TTT, please");
            assertThat(letter.getTopic()).isEqualTo("reads");
            assertThat(letter.getOffset()).isEqualTo(1);
            assertThat(letter.getReadId()).isEqualTo("r1");
            assertThat(letter.getPayload()).isNull();
        }
    }

    @Test
    void logitsThatAreNoNumbersGoToTheDeadLetters() throws Exception {
        try (var harness = open(recording(), Reads.settings(64, 1_000, 512, false))) {
            put(harness, Reads.of("r0", "ACGTCCCACGTACGTACGTA"));
            put(harness, Reads.plain(1, 20));
            harness.endInput();

            assertThat(names(harness)).containsExactly("r1");
            assertThat(harness.getSideOutput(DeadLetters.OUTPUT))
                    .extracting(record -> record.getValue().getReason())
                    .containsExactly("NOT_FINITE");
        }
    }

    @Test
    void aLostDeviceFailsTheTask() throws Exception {
        TestModel model = new TestModel(batch -> {
            throw new ScoringException(ScoringException.Kind.DEVICE_LOST, "the GPU fell off", null);
        });
        try (var harness = open(model, Reads.settings(64, 1_000, 512, false))) {
            put(harness, Reads.plain(0, 20));

            assertThatThrownBy(harness::endInput).hasStackTraceContaining("the GPU fell off");
            assertThat(harness.getSideOutput(DeadLetters.OUTPUT)).isNull();
        }
    }

    @Test
    void anErrorOfTheOwnerThreadFailsTheTask() throws Exception {
        TestModel model = new TestModel(batch -> {
            throw new OutOfMemoryError("no heap for the owner thread");
        });
        try (var harness = open(model, Reads.settings(64, 1_000, 512, false))) {
            put(harness, Reads.plain(0, 20));

            assertThatThrownBy(harness::endInput).hasStackTraceContaining("no heap for the owner thread");
        }
    }

    @Test
    void closingDuringInferenceReleasesTheSessionAndIgnoresTheAnswer() throws Exception {
        var harness = open(gated(), Reads.settings(1, 1_000, 512, false));
        put(harness, Reads.plain(0, 20));
        Await.until("the call of the model", () -> CALLS.get() > 0);
        harness.getTaskMailbox().quiesce();

        harness.close();

        assertThat(TestModel.OPEN_SESSIONS).hasValue(0);
        gate.countDown();
        assertThat(harness.getOutput()).isEmpty();
    }

    @Test
    void cancellingInterruptsTheWaitForTheDevice() throws Exception {
        var harness = open(gated(), Reads.settings(64, 1_000, 512, false));
        put(harness, Reads.plain(0, 20));
        Thread task = Thread.currentThread();
        Thread canceller = new Thread(() -> {
            while (CALLS.get() == 0) {
                Thread.onSpinWait();
            }
            task.interrupt();
        });
        canceller.start();

        assertThatThrownBy(() -> harness.prepareSnapshotPreBarrier(1)).isInstanceOf(InterruptedException.class);

        canceller.join();
        Thread.interrupted();
        harness.close();
        assertThat(TestModel.OPEN_SESSIONS).hasValue(0);
    }

    @Test
    void aWatermarkFollowsTheReadsBeforeIt() throws Exception {
        try (var harness = open(recording(), Reads.settings(64, 1_000, 512, false))) {
            put(harness, Reads.plain(0, 20));
            harness.processWatermark(new Watermark(42));
            assertThat(harness.getOutput())
                    .as("a watermark that cuts no batch and overtakes no read")
                    .isEmpty();
            assertThat(CALLS).hasValue(0);

            harness.endInput();

            assertThat(harness.getOutput()).hasSize(2);
            assertThat(List.copyOf(harness.getOutput()).get(1)).isEqualTo(new Watermark(42));
        }
    }

    @Test
    void orderedReadsLeaveAsTheyCame() throws Exception {
        try (var harness = open(recording(), Reads.settings(2, 1_000, 512, true))) {
            put(harness, Reads.plain(0, 10)); // alone in its bucket: last to be scored
            List<String> expected = new ArrayList<>(List.of("r0"));
            for (int i = 1; i < 20; i++) {
                put(harness, i % 3 == 0 ? Reads.of("r" + i, "ACG") : Reads.plain(i, 20));
                expected.add("r" + i);
            }
            harness.endInput();

            assertThat(names(harness)).isEqualTo(expected);
        }
    }

    @Test
    void twoSubtasksShareADeviceAndTheFirstToCloseLeavesItToTheOther() throws Exception {
        try (var first = harness(recording(), Reads.settings(2, 1_000, 8, false), 2, 0);
                var second = harness(recording(), Reads.settings(2, 1_000, 8, false), 2, 1)) {
            first.open();
            second.open();
            assertThat(TestModel.OPEN_SESSIONS).hasValue(2);
            for (int i = 0; i < 10; i++) {
                put(first, Reads.plain(2 * i, 40));
                put(second, Reads.plain(2 * i + 1, 40));
            }
            first.endInput();
            first.close();
            assertThat(TestModel.OPEN_SESSIONS).hasValue(1);
            second.endInput();

            assertThat(names(first)).hasSize(10).allMatch(name -> Integer.parseInt(name.substring(1)) % 2 == 0);
            assertThat(names(second)).hasSize(10).allMatch(name -> Integer.parseInt(name.substring(1)) % 2 == 1);
        }
    }

    @Test
    void aModelThatCannotBeOpenedFailsTheTask() throws Exception {
        SessionFactory refusing = subtask -> {
            throw new IllegalStateException("no such bundle");
        };
        try (var harness = harness(refusing, Reads.settings(2, 1_000, 8, false), 1, 0)) {
            assertThatThrownBy(harness::open).hasMessage("no such bundle");
        }
    }

    /** Remembers which GPUs it was given. */
    private record Asked(TestModel real) implements SessionFactory {
        private static final AtomicReference<Set<String>> GPUS = new AtomicReference<>();

        @Override
        public OpenModel open(int subtask) {
            return real.open(subtask);
        }

        @Override
        public SessionFactory on(Set<String> gpus) {
            GPUS.set(gpus);
            return this;
        }
    }

    /** A device as Flink's GPU plugin describes it. */
    private record Gpu(String index) implements ExternalResourceInfo {
        @Override
        public Optional<String> getProperty(String key) {
            return key.equals("index") ? Optional.of(index) : Optional.empty();
        }

        @Override
        public Collection<String> getKeys() {
            return Set.of("index");
        }
    }

    @Test
    void theModelIsOpenedOnTheGpusOfFlinksExternalResources() throws Exception {
        MockEnvironment environment = new MockEnvironmentBuilder()
                .setExternalResourceInfoProvider(
                        name -> name.equals("gpu") ? Set.of(new Gpu("3"), new Gpu("5")) : Set.of())
                .build();
        ScoringSettings settings = Reads.settings(64, 1_000, 512, false);
        try (environment;
                var harness = new OneInputStreamOperatorTestHarness<DecodedRead, ReadAnnotation>(
                        new ScoringOperatorFactory(new Asked(recording()), settings), environment)) {
            harness.setup(new RecordTypeInfo<>(ReadAnnotation.class).createSerializer(new SerializerConfigImpl()));
            harness.open();

            assertThat(Asked.GPUS.get()).containsExactlyInAnyOrder("3", "5");
        }
    }
}
