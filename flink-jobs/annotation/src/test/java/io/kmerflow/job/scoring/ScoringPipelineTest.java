package io.kmerflow.job.scoring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kmerflow.contract.Certainty;
import io.kmerflow.contract.ModelContract;
import io.kmerflow.job.annotate.AnnotationFormat;
import io.kmerflow.job.annotate.AnnotationSettings;
import io.kmerflow.job.annotate.ReadStatuses;
import io.kmerflow.job.batch.BatchLimits;
import io.kmerflow.job.ingest.DecodedRead;
import io.kmerflow.schema.AnnotationStatus;
import io.kmerflow.scoring.ScoringException;
import io.kmerflow.scoring.ScoringException.Kind;
import io.kmerflow.sequence.PhredQualities;
import io.kmerflow.token.TokenBatch;
import io.kmerflow.token.Vocabulary;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class ScoringPipelineTest {
    private static final long MAX_HELD_BASES = 5_000;
    private static final int TTT = new Vocabulary(3).id("TTT");

    private final Deque<WindowBatch> submitted = new ArrayDeque<>();
    private final List<Integer> modelCalls = new ArrayList<>();
    private final List<ReadInFlight> finished = new ArrayList<>();

    private ScoringPipeline pipeline(ScoringSettings settings) {
        return pipeline(settings, TestModel.contract());
    }

    private ScoringPipeline pipeline(ScoringSettings settings, ModelContract contract) {
        FeedLimits feed = settings.feed();
        BatchLimits batch = new BatchLimits(feed.maxBatchTokens(), feed.maxBatchWindows(), feed.maxBatchAgeMillis());
        return new ScoringPipeline(
                contract,
                new DeviceFeed(batch, settings.feed().maxWindowsInFlight(), 1),
                settings.ordered(),
                settings.annotation().scoreAll(),
                MAX_HELD_BASES,
                read -> ReadStatuses.withoutModel(read, TestModel.contract()),
                submitted::add,
                finished::add,
                timestamp -> {});
    }

    private static boolean take(ScoringPipeline pipeline, DecodedRead read) {
        pipeline.accept(read);
        return pipeline.cut(0);
    }

    private void answerAll(ScoringPipeline pipeline) throws ScoringException {
        answerAll(pipeline, batch -> false, Kind.BATCH);
    }

    /** Plays the device until nothing is submitted any more. */
    private void answerAll(ScoringPipeline pipeline, Predicate<TokenBatch> fails, Kind kind) throws ScoringException {
        while (!submitted.isEmpty()) {
            WindowBatch batch = submitted.poll();
            modelCalls.add(batch.windows().size());
            if (fails.test(batch.tokens())) {
                pipeline.failed(batch, new ScoringException(kind, "cannot", null));
            } else {
                pipeline.answered(batch, TestModel.logits(batch.tokens()));
            }
        }
    }

    private List<String> names() {
        return finished.stream().map(read -> read.read.readId).toList();
    }

    private List<String> failedNames() {
        return finished.stream()
                .filter(read -> read.failureReason() != null)
                .map(read -> read.read.readId + " " + read.failureReason())
                .toList();
    }

    @Test
    void aLongReadIsCutNoFurtherThanTheLimitOnWindowsInFlight() throws ScoringException {
        ScoringPipeline pipeline = pipeline(Reads.settings(4, 100, 10, true));

        boolean done = take(pipeline, Reads.plain(0, 10_010)); // 1,000 windows
        assertThat(done).isFalse();
        int rounds = 0;
        while (!done) {
            assertThat(pipeline.windowsInFlight()).isLessThanOrEqualTo(10);
            assertThat(submitted).as("what makes room").isNotEmpty();
            WindowBatch batch = submitted.poll();
            pipeline.answered(batch, TestModel.logits(batch.tokens()));
            done = pipeline.cut(0);
            rounds++;
        }
        pipeline.sendAll();
        answerAll(pipeline);

        assertThat(rounds).isGreaterThan(200);
        assertThat(names()).containsExactly("r0");
        assertThat(finished.get(0).scores.windows()).isEqualTo(1_000);
        assertThat(pipeline.empty()).isTrue();
        assertThat(pipeline.windowsInFlight()).isZero();
    }

    @Test
    void atTheLimitUnfilledBatchesAreSentOrNothingWouldMakeRoom() {
        ScoringPipeline pipeline = pipeline(Reads.settings(4, 100, 4, false));

        // Four lengths, four buckets, none full.
        for (int i = 0; i < 4; i++) {
            assertThat(take(pipeline, Reads.plain(i, 9 + 3 * i))).isTrue();
        }
        assertThat(take(pipeline, Reads.plain(4, 20))).isFalse();

        assertThat(submitted).isNotEmpty();
    }

    /** As adaptive sampling makes them: each read is one window, and thousands come at once. */
    @Test
    void aBurstOfShortReadsWaitsBeforeThePipelineAndNotInIt() throws ScoringException {
        ScoringPipeline pipeline = pipeline(Reads.settings(4, 100, 10, false));
        int most = 0;
        for (int read = 1; read <= 5_000; read++) {
            boolean room = take(pipeline, Reads.plain(read, 9));
            while (!room) {
                assertThat(submitted).as("what makes room").isNotEmpty();
                WindowBatch batch = submitted.poll();
                pipeline.answered(batch, TestModel.logits(batch.tokens()));
                room = pipeline.cut(0);
            }
            most = Math.max(most, read - finished.size());
        }
        assertThat(most).isEqualTo(10);

        pipeline.sendAll();
        answerAll(pipeline);
        assertThat(finished).hasSize(5_000);
        assertThat(pipeline.empty()).isTrue();
    }

    @Test
    void aBadRecordIsFoundAndTheRestOfItsBatchIsScored() throws ScoringException {
        ScoringPipeline pipeline = pipeline(Reads.settings(8, 100, 64, false));
        for (int i = 0; i < 8; i++) {
            take(pipeline, i == 5 ? Reads.of("r5", "ACGTTTACGTACGTACGTAC") : Reads.plain(i, 20));
        }

        answerAll(pipeline, batch -> TestModel.any(batch, TTT), Kind.BATCH);

        assertThat(failedNames()).containsExactly("r5 SCORING_FAILED");
        assertThat(names()).containsExactlyInAnyOrder("r0", "r1", "r2", "r3", "r4", "r5", "r6", "r7");
        assertThat(modelCalls).as("halves until the record stands alone").containsExactly(8, 4, 4, 2, 2, 1, 1);
    }

    @Test
    void aBatchOfOneReadIsNotSplitAnyFurther() throws ScoringException {
        ScoringPipeline pipeline = pipeline(Reads.settings(4, 100, 64, false));
        take(pipeline, Reads.of("r0", "ACGTTTACGT".repeat(5))); // 4 windows

        answerAll(pipeline, batch -> TestModel.any(batch, TTT), Kind.BATCH);

        assertThat(modelCalls).containsExactly(4);
        assertThat(failedNames()).containsExactly("r0 SCORING_FAILED");
    }

    @Test
    void aLongReadIsHeldWhereThereIsRoomForItsBases() {
        ScoringPipeline pipeline = pipeline(Reads.settings(4, 100, 10, false));

        assertThat(take(pipeline, Reads.plain(0, 3_010))).as("held").isTrue();
        assertThat(pipeline.held()).hasSize(1);
        assertThat(take(pipeline, Reads.plain(1, 3_010)))
                .as("no room, cut while the input waits")
                .isFalse();
        assertThat(pipeline.held()).hasSize(1);
    }

    @Test
    void aHeldReadLeavesHalfOfThePlacesToThoseThatPass() {
        ScoringPipeline pipeline = pipeline(Reads.settings(2, 100, 10, false));

        assertThat(take(pipeline, Reads.plain(0, 3_010))).isTrue();
        assertThat(pipeline.windowsInFlight()).isEqualTo(5);
        for (int i = 1; i <= 5; i++) {
            assertThat(take(pipeline, Reads.plain(i, 15))).as("read %d", i).isTrue();
        }
        assertThat(pipeline.windowsInFlight()).isEqualTo(10);
        assertThat(take(pipeline, Reads.plain(6, 15))).isFalse();
    }

    @Test
    void windowsOfAFailedReadAreNotCutAnyMore() throws ScoringException {
        ScoringPipeline pipeline = pipeline(Reads.settings(2, 100, 2, true));
        assertThat(take(pipeline, Reads.of("r0", "ACGTTTACGT".repeat(100)))).isFalse();

        answerAll(pipeline, batch -> true, Kind.BATCH);

        assertThat(pipeline.cut(0)).isTrue();
        assertThat(modelCalls).containsExactly(2);
        assertThat(failedNames()).containsExactly("r0 SCORING_FAILED");
        assertThat(pipeline.empty()).isTrue();
    }

    @Test
    void logitsThatAreNoNumbersFailTheirReadAlone() throws ScoringException {
        ScoringPipeline pipeline = pipeline(Reads.settings(3, 100, 64, false));
        take(pipeline, Reads.plain(0, 20));
        take(pipeline, Reads.of("r1", "ACGTCCCACGTACGTACGTA"));
        take(pipeline, Reads.plain(2, 20));

        answerAll(pipeline);

        assertThat(failedNames()).containsExactly("r1 NOT_FINITE");
        assertThat(names()).containsExactlyInAnyOrder("r0", "r1", "r2");
        assertThat(modelCalls).containsExactly(3);
    }

    @Test
    void outOfMemoryHalvesTheBatchAndTheOnesAfterIt() throws ScoringException {
        ScoringPipeline pipeline = pipeline(Reads.settings(8, 100, 64, false));
        for (int i = 0; i < 16; i++) {
            take(pipeline, Reads.plain(i, 20));
            answerAll(pipeline, batch -> batch.windows() > 4, Kind.OUT_OF_MEMORY);
        }
        pipeline.sendAll();
        answerAll(pipeline, batch -> batch.windows() > 4, Kind.OUT_OF_MEMORY);

        assertThat(modelCalls).containsExactly(8, 4, 4, 4, 4);
        assertThat(failedNames()).isEmpty();
        assertThat(finished).hasSize(16);
    }

    @Test
    void oneWindowThatDoesNotFitTheDeviceFailsTheTask() {
        ScoringPipeline pipeline = pipeline(Reads.settings(1, 100, 64, false));
        take(pipeline, Reads.plain(0, 20));

        assertThatThrownBy(() -> answerAll(pipeline, batch -> true, Kind.OUT_OF_MEMORY))
                .isInstanceOf(ScoringException.class)
                .hasMessageContaining("one window of 20 tokens");
    }

    @Test
    void aLostDeviceFailsTheTaskAndDeadLettersNothing() {
        ScoringPipeline pipeline = pipeline(Reads.settings(1, 100, 64, false));
        take(pipeline, Reads.plain(0, 20));

        assertThatThrownBy(() -> answerAll(pipeline, batch -> true, Kind.DEVICE_LOST))
                .isInstanceOf(ScoringException.class);
        assertThat(finished).isEmpty();
    }

    @Test
    void readsThatNeedNoModelAreSettledAtOnce() {
        ScoringPipeline pipeline = pipeline(Reads.settings(8, 100, 64, false));

        take(pipeline, Reads.of("r0", "ACGTACG"));
        take(pipeline, Reads.of("r1", ""));
        take(pipeline, Reads.of("r2", "ACGTACGTAC", true, null));
        take(pipeline, Reads.of("r3", "ACGTACGTAC", false, PhredQualities.constant(9, 10)));

        assertThat(finished.stream().map(read -> read.status))
                .containsExactly(
                        AnnotationStatus.TOO_SHORT,
                        AnnotationStatus.TOO_SHORT,
                        AnnotationStatus.FILTERED,
                        AnnotationStatus.LOW_QUALITY);
        assertThat(submitted).isEmpty();
    }

    @Test
    void windowsThatAreMostlyUnknownCarryNoWeight() throws ScoringException {
        ScoringPipeline pipeline = pipeline(Reads.settings(3, 100, 64, false));
        take(pipeline, Reads.of("r0", "N".repeat(20)));
        // 18 k-mers each; an N spoils 3: five of them spread out leave 3 k-mers, two leave 12.
        take(pipeline, Reads.of("r1", "ACNGTANCGTNACGNTACNG"));
        take(pipeline, Reads.of("r2", "ACNGTANCGTACGTACGTAC"));

        answerAll(pipeline);

        assertThat(finished.stream().map(read -> ReadStatuses.of(read.scores.outcome())))
                .containsExactly(AnnotationStatus.AMBIGUOUS, AnnotationStatus.AMBIGUOUS, AnnotationStatus.SCORED);
    }

    @Test
    void anUnfilledBatchWaitsForItsAgeButNotWhileTheDeviceHasPlenty() {
        ScoringPipeline pipeline = pipeline(Reads.settings(2, 100, 64, false));
        for (int i = 0; i < 5; i++) {
            take(pipeline, Reads.plain(i, 20));
        }
        assertThat(submitted).hasSize(2);

        pipeline.sendOverdue(1_000);
        assertThat(submitted).as("two batches are ahead: waiting costs nothing").hasSize(2);
        assertThat(pipeline.nextDueMillis()).isEqualTo(Long.MAX_VALUE);

        WindowBatch first = submitted.poll();
        pipeline.answered(first, TestModel.logits(first.tokens()));
        assertThat(pipeline.nextDueMillis()).isEqualTo(100);
        pipeline.sendOverdue(99);
        assertThat(submitted).hasSize(1);
        pipeline.sendOverdue(100);
        assertThat(submitted).hasSize(2);
    }

    @Test
    void orderedReadsHeldBackAreLimitedToo() {
        ScoringPipeline pipeline = pipeline(Reads.settings(4, 100, 4, true));
        take(pipeline, Reads.plain(0, 20)); // waits in its bucket

        int taken = 1;
        while (take(pipeline, Reads.of("r" + taken, "ACGT"))) {
            assertThat(taken).isLessThan(100);
            taken++;
        }

        assertThat(taken).as("16 in all, four per window in flight").isEqualTo(15);
        assertThat(submitted).as("the batch that holds them all back").hasSize(1);
        assertThat(finished).isEmpty();
    }

    @Test
    void aReadOfAsManyWindowsAsMayBeInFlightPassesLikeAnyOther() {
        ScoringPipeline pipeline = pipeline(Reads.settings(10, 100, 10, false));

        assertThat(take(pipeline, Reads.plain(0, 110))).as("10 windows").isTrue();
        assertThat(pipeline.held()).isEmpty();
        assertThat(pipeline.windowsInFlight()).isEqualTo(10);
    }

    @Test
    void basesUpToTheLimitAreHeld() {
        ScoringPipeline pipeline = pipeline(Reads.settings(10, 100, 10, false));

        take(pipeline, Reads.plain(0, (int) MAX_HELD_BASES));

        assertThat(pipeline.held()).hasSize(1);
    }

    @Test
    void aHeldReadThatLeftMakesRoomForTheBasesOfAnother() throws ScoringException {
        ScoringPipeline pipeline = pipeline(Reads.settings(4, 100, 10, false));
        take(pipeline, Reads.plain(0, 3_010));
        for (int round = 0; !pipeline.empty(); round++) {
            assertThat(round).isLessThan(1_000);
            pipeline.finishUp(0);
            answerAll(pipeline);
        }
        assertThat(names()).containsExactly("r0");
        assertThat(pipeline.held()).isEmpty();

        assertThat(take(pipeline, Reads.plain(1, 3_010))).isTrue();
        assertThat(pipeline.held()).hasSize(1);
    }

    @Test
    void answersToThoseThatPassGiveHeldReadsNoMoreThanTheirHalf() throws ScoringException {
        ScoringPipeline pipeline = pipeline(Reads.settings(10, 100, 10, false));
        take(pipeline, Reads.plain(0, 3_010));
        pipeline.sendAll();
        WindowBatch ofTheHeldRead = submitted.poll();
        for (int i = 1; i <= 5; i++) {
            take(pipeline, Reads.plain(i, 15));
        }
        pipeline.sendAll();
        answerAll(pipeline);
        assertThat(names()).hasSize(5);

        assertThat(pipeline.cut(0)).isTrue();

        assertThat(ofTheHeldRead.windows()).hasSize(5);
        assertThat(pipeline.windowsInFlight()).as("those of the held read").isEqualTo(5);
    }

    @Test
    void atTheEndTheDeviceGetsWhatIsThereOfAHeldRead() {
        ScoringPipeline pipeline = pipeline(Reads.settings(10, 100, 10, false));
        take(pipeline, Reads.plain(0, 3_010));
        assertThat(submitted).isEmpty();

        pipeline.finishUp(0);

        assertThat(submitted).hasSize(1);
        assertThat(submitted.peek().windows()).hasSize(5);
    }

    @Test
    void atTheEndBatchesAreNotCutShortWhileAHeldReadHasMoreAndTheDeviceIsBusy() throws ScoringException {
        ScoringPipeline pipeline = pipeline(Reads.settings(2, 100, 10, false));
        take(pipeline, Reads.plain(0, 140)); // 13 windows; 5 of them at a time
        assertThat(submitted).hasSize(2);

        pipeline.finishUp(0);
        assertThat(submitted).as("the fifth window waits for the sixth").hasSize(2);

        for (int batch = 0; batch < 4; batch++) {
            WindowBatch answer = submitted.poll();
            pipeline.answered(answer, TestModel.logits(answer.tokens()));
            assertThat(pipeline.cut(0)).isTrue();
        }
        assertThat(submitted).as("the thirteenth window waits for none").hasSize(2);
        pipeline.finishUp(0);
        assertThat(submitted).hasSize(3);
        answerAll(pipeline);
        assertThat(names()).containsExactly("r0");
    }

    @Test
    void aPausedPipelineCutsHeldReadsAgainWhenItResumes() throws ScoringException {
        ScoringPipeline pipeline = pipeline(Reads.settings(10, 100, 10, false));
        take(pipeline, Reads.plain(0, 3_010));
        pipeline.pause();
        answerAll(pipeline);
        pipeline.cutWaiting(0);
        assertThat(pipeline.onlyHeldLeft()).isTrue();

        pipeline.resume(0);

        assertThat(pipeline.windowsInFlight()).isEqualTo(5);
        assertThat(pipeline.onlyHeldLeft()).isFalse();
    }

    @Test
    void everyReadOfABatchThatIsGivenUpFails() {
        ScoringPipeline pipeline = pipeline(Reads.settings(2, 100, 10, false));
        take(pipeline, Reads.plain(0, 20));
        take(pipeline, Reads.plain(1, 20));

        pipeline.failedWhole(submitted.poll(), new ScoringException(Kind.BATCH, "cannot", null));

        assertThat(failedNames()).containsExactly("r0 SCORING_FAILED", "r1 SCORING_FAILED");
        assertThat(pipeline.empty()).isTrue();
        assertThat(submitted).isEmpty();
    }

    @Test
    void aFailedBatchIsNoLongerAtTheDevice() throws ScoringException {
        ScoringPipeline pipeline = pipeline(Reads.settings(1, 100, 10, false));
        take(pipeline, Reads.plain(0, 20));
        assertThat(pipeline.batchesInFlight()).isOne();

        answerAll(pipeline, batch -> true, Kind.BATCH);

        assertThat(pipeline.batchesInFlight()).isZero();
    }

    @Test
    void anAnswerOfAnotherSizeIsNoAnswer() {
        ScoringPipeline pipeline = pipeline(Reads.settings(2, 100, 10, false));
        take(pipeline, Reads.plain(0, 20));
        take(pipeline, Reads.plain(1, 20));

        assertThatThrownBy(() -> pipeline.answered(submitted.peek(), new float[3]))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("Expected 4 logits of 2 windows and 2 labels, got 3");
    }

    /** Windows of 20 bases every 10: the first weighs 1, the others 0.5, and each leads by 2 nats for even or odd. */
    private static ModelContract certain(double deviations, int maxWindows) {
        return TestModel.contract().withCertainty(new Certainty(deviations, maxWindows, 1));
    }

    @Test
    void scoringEndsWithTheRoundInWhichTheReadIsCertain() throws ScoringException {
        ScoringPipeline pipeline = pipeline(Reads.settings(1, 100, 64, false), certain(2.5, 100));
        assertThat(take(pipeline, Reads.plain(0, 10_010))).isTrue(); // 1,000 windows
        answerRounds(pipeline);

        assertThat(names()).containsExactly("r0");
        ReadInFlight read = finished.get(0);
        assertThat(read.scores.windows()).isEqualTo(1_000);
        assertThat(read.scores.scoredWindows())
                .as("1.6 nats above the threshold, 2.1 and 2.9 standard errors after 4 and 6 windows")
                .isEqualTo(6);
        assertThat(read.scores.outcome().label()).hasValue(0);
        assertThat(pipeline.empty()).isTrue();
        assertThat(pipeline.windowsInFlight()).isZero();
    }

    @Test
    void scoringEndsAtTheMaximumOfWindowsOrTheReadsEnd() throws ScoringException {
        ScoringPipeline pipeline = pipeline(Reads.settings(3, 100, 64, false), certain(1e9, 16));
        take(pipeline, Reads.plain(0, 10_010));
        take(pipeline, Reads.plain(1, 50)); // 4 windows
        take(pipeline, Reads.plain(2, 12)); // 1 window
        answerRounds(pipeline);

        assertThat(finished.stream().map(read -> read.read.readId + " " + read.scores.scoredWindows()))
                .containsExactlyInAnyOrder("r0 16", "r1 4", "r2 1");
    }

    @Test
    void scoresEveryWindowWhereAskedTo() throws ScoringException {
        ScoringSettings settings = Reads.settings(4, 100, 64, false);
        ScoringSettings all = new ScoringSettings(
                settings.feed(),
                settings.ordered(),
                settings.allowModelChange(),
                new AnnotationSettings(false, false, true, 1 << 20, AnnotationFormat.AVRO),
                settings.deadLetters());
        ScoringPipeline pipeline = pipeline(all, certain(1, 100));
        take(pipeline, Reads.plain(0, 200));
        pipeline.sendAll();
        answerAll(pipeline);
        assertThat(finished.get(0).scores.scoredWindows()).isEqualTo(19);
    }

    @Test
    void whichWindowsAreScoredDependsOnTheReadAlone() throws ScoringException {
        List<DecodedRead> reads = new ArrayList<>();
        Random random = new Random(9);
        for (int i = 0; i < 60; i++) {
            byte[] bases = new byte[20 + random.nextInt(3_000)];
            for (int at = 0; at < bases.length; at++) {
                bases[at] = (byte) "AGGT".charAt(random.nextInt(4));
            }
            reads.add(Reads.of("r" + i, new String(bases, StandardCharsets.US_ASCII)));
        }
        Map<String, String> alone = results(reads, 1, 8, false);
        assertThat(alone.values().stream().distinct().count())
                .as("kinds of results")
                .isGreaterThan(20);
        Collections.reverse(reads);
        assertThat(results(reads, 4, 64, false)).isEqualTo(alone);
        Collections.shuffle(reads, random);
        assertThat(results(reads, 7, 256, true)).isEqualTo(alone);
    }

    private Map<String, String> results(List<DecodedRead> reads, int batch, int inFlight, boolean ordered)
            throws ScoringException {
        finished.clear();
        ScoringPipeline pipeline = pipeline(Reads.settings(batch, 100, inFlight, ordered), certain(6, 40));
        for (DecodedRead read : reads) {
            pipeline.accept(read);
            while (!pipeline.cut(0)) {
                answerOne(pipeline);
            }
        }
        answerRounds(pipeline);
        if (ordered) {
            assertThat(names())
                    .isEqualTo(reads.stream().map(read -> read.readId).toList());
        }
        return finished.stream()
                .collect(Collectors.toMap(
                        read -> read.read.readId,
                        read -> read.scores.scoredWindows() + " of " + read.scores.windows() + " "
                                + Arrays.toString(read.scores.outcome().probabilities())));
    }

    private void answerOne(ScoringPipeline pipeline) {
        WindowBatch batch = submitted.poll();
        pipeline.answered(batch, TestModel.logits(batch.tokens()));
        pipeline.cutWaiting(0);
    }

    /** Plays device and driver to the end of the input. */
    private void answerRounds(ScoringPipeline pipeline) throws ScoringException {
        while (!pipeline.empty()) {
            pipeline.finishUp(0);
            assertThat(submitted).as("something to wait for").isNotEmpty();
            answerOne(pipeline);
        }
    }

    @Test
    void readsThatMayEndEarlyLeaveBeforeABarrierAndNoneIsHeld() throws ScoringException {
        ScoringPipeline pipeline = pipeline(Reads.settings(4, 100, 8, false), certain(1e9, 30));
        take(pipeline, Reads.plain(0, 3_000)); // 299 windows, above what may be in flight
        take(pipeline, Reads.plain(1, 3_000));
        pipeline.pause();
        while (!pipeline.onlyHeldLeft()) {
            assertThat(submitted).as("something to wait for").isNotEmpty();
            answerOne(pipeline);
        }
        assertThat(pipeline.held()).isEmpty();
        assertThat(names()).containsExactlyInAnyOrder("r0", "r1");
    }

    @Test
    void aReadWhoseWindowFailsInARoundIsScoredNoFurther() throws ScoringException {
        ScoringPipeline pipeline = pipeline(Reads.settings(4, 100, 64, false), certain(1e9, 30));
        take(pipeline, Reads.of("r0", "ACGT".repeat(50) + "CCC" + "ACGT".repeat(50)));
        take(pipeline, Reads.plain(1, 400));
        answerRounds(pipeline);
        assertThat(failedNames()).containsExactly("r0 NOT_FINITE");
        assertThat(names()).containsExactlyInAnyOrder("r0", "r1");
        assertThat(pipeline.windowsInFlight()).isZero();
    }

    @Test
    void longReadsThatMayEndEarlyHoldTheInputBackBeyondABoundOfBases() throws ScoringException {
        ScoringPipeline pipeline = pipeline(Reads.settings(4, 100, 256, false), certain(1e9, 64));
        int taken = 0;
        while (take(pipeline, Reads.plain(taken, 4_000_000))) {
            taken++;
            assertThat(taken).isLessThan(20);
        }
        assertThat(taken).as("reads of 4 million bases below 2^25").isEqualTo(8);
        answerRounds(pipeline);
        assertThat(finished).hasSize(9);
    }
}
