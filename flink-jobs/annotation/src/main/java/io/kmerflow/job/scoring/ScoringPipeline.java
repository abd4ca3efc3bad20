package io.kmerflow.job.scoring;

import io.kmerflow.contract.ModelContract;
import io.kmerflow.contract.ReadScores;
import io.kmerflow.job.batch.MicroBatch;
import io.kmerflow.job.batch.MicroBatcher;
import io.kmerflow.job.deadletter.DeadLetterReasons;
import io.kmerflow.job.ingest.DecodedRead;
import io.kmerflow.schema.AnnotationStatus;
import io.kmerflow.scoring.ScoringException;
import io.kmerflow.sequence.ReadWindower;
import io.kmerflow.token.WindowEncoder;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.LongConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * From reads to finished reads, without threads, clocks or Flink: whoever drives it hands in reads and answers, and waits
 * where it says so. All methods are for one thread.
 *
 * <p>A window is cut only when there is room for it, so a read of a million windows costs no more memory than its bases
 * and its scores. A batch that fails because of one record is halved until that record stands alone.
 *
 * <p>A read of more windows than may be in flight is held, up to a total of bases: newer reads pass it, it has half of the
 * places for windows at most, and a barrier need not wait for it, since whoever drives this keeps it in the checkpoint, to be
 * begun anew after a restore. A long read beyond that total is cut while the input waits. Where reads leave in order nothing
 * may pass, so nothing is held.
 *
 * <p>A read that may end early ({@link io.kmerflow.contract.Certainty}) has a few windows at the device at a time, and windows of
 * other reads fill the batch. Its next round comes before any new read; the input waits where such reads hold too many bases.
 */
final class ScoringPipeline {
    private static final Logger LOG = LoggerFactory.getLogger(ScoringPipeline.class);
    private static final int READS_PER_WINDOW_IN_FLIGHT = 4;
    /** Bases of reads that may end early and have not: what 256 reads of 128 thousand bases hold. */
    private static final long MAX_OPEN_BASES = 1 << 25;

    private final ReadWindower windower;
    private final WindowEncoder encoder;
    private final ModelContract contract;
    private final int labels;
    private final int maxWindowsInFlight;
    private final int batchesAhead;
    private final MicroBatcher<ReadWindowTask> batcher;
    private final ReadQueue<ReadInFlight> queue;
    private final Function<DecodedRead, AnnotationStatus> statusWithoutModel;
    private final Consumer<WindowBatch> submit;

    private final long maxHeldBases;
    private final int maxHeldWindowsInFlight;
    private final Deque<ReadQueue.Entry<ReadInFlight>> held = new ArrayDeque<>();
    private final boolean scoreAll;
    /** Reads whose next round may be cut. */
    private final Deque<ReadQueue.Entry<ReadInFlight>> nextRounds = new ArrayDeque<>();

    private ReadQueue.Entry<ReadInFlight> current;
    private long heldBases;
    private long openBases;
    private boolean paused;
    private int windowsInFlight;
    private int heldWindowsInFlight;
    private int batchesInFlight;

    /**
     * @param contract of the model
     * @param feed how much work the device gets at once
     * @param ordered whether reads leave in the order in which they came
     * @param scoreAll whether every window is scored, whatever the contract's certainty says
     * @param maxHeldBases most bases of held reads in total
     * @param statusWithoutModel status of a read that the model need not see, or null for one it must
     * @param submit hands a batch to the device; its answer must come back through {@link #answered} or {@link #failed}
     * @param finished takes reads that may leave
     * @param watermarks takes watermarks that may leave
     */
    ScoringPipeline(
            ModelContract contract,
            DeviceFeed feed,
            boolean ordered,
            boolean scoreAll,
            long maxHeldBases,
            Function<DecodedRead, AnnotationStatus> statusWithoutModel,
            Consumer<WindowBatch> submit,
            Consumer<ReadInFlight> finished,
            LongConsumer watermarks) {
        this.contract = contract;
        this.windower = contract.windower();
        this.encoder = contract.encoder();
        this.labels = contract.labels().size();
        this.batchesAhead = feed.batchesAhead();
        this.maxWindowsInFlight = feed.maxWindowsInFlight();
        this.batcher = new MicroBatcher<>(feed.batch());
        this.queue = new ReadQueue<>(ordered, finished, watermarks);
        this.scoreAll = scoreAll;
        this.statusWithoutModel = statusWithoutModel;
        this.submit = submit;
        this.maxHeldWindowsInFlight = Math.max(1, maxWindowsInFlight / 2);
        this.maxHeldBases = ordered ? 0 : maxHeldBases;
    }

    /** Takes a read; then {@link #cut} until it says true. */
    void accept(DecodedRead read) {
        ReadQueue.Entry<ReadInFlight> entry = arrive(read);
        if (entry == null) {
            return;
        }
        ReadInFlight arrived = entry.read();
        boolean longRead = !arrived.mayEndEarly() && arrived.scores.windows() > maxWindowsInFlight;
        if (longRead && heldBases + read.bases.length <= maxHeldBases) {
            hold(entry);
        } else {
            current = entry;
        }
        openBases += arrived.mayEndEarly() ? read.bases.length : 0;
    }

    /** Takes a read of {@link #held} back, to begin it anew. */
    void takeBack(DecodedRead read) {
        ReadQueue.Entry<ReadInFlight> entry = arrive(read);
        if (entry != null) {
            hold(entry);
        }
    }

    /** The read's place, or null if it needs no model and has left. */
    private ReadQueue.Entry<ReadInFlight> arrive(DecodedRead read) {
        AnnotationStatus status = statusWithoutModel.apply(read);
        if (status != null) {
            queue.finish(queue.arrive(ReadInFlight.settled(read, status)));
            return null;
        }
        return queue.arrive(ReadInFlight.toScore(read, new ReadScores(contract, read.bases.length, scoreAll)));
    }

    private void hold(ReadQueue.Entry<ReadInFlight> entry) {
        held.add(entry);
        entry.read().held = true;
        heldBases += entry.read().read.bases.length;
    }

    /**
     * Cuts windows of the read just taken while there is room.
     *
     * @return false if the caller must wait for an answer and call again
     */
    boolean cut(long nowMillis) {
        if (!cutNextRounds(nowMillis)) {
            keepDeviceBusy();
            return false;
        }
        while (current != null) {
            if (!current.read().hasNextWindow()) {
                current = null;
            } else if (windowsInFlight == maxWindowsInFlight) {
                keepDeviceBusy();
                return false;
            } else {
                cutWindow(current, nowMillis);
            }
        }
        cutHeld(nowMillis);
        if (queue.size() >= maxWindowsInFlight * READS_PER_WINDOW_IN_FLIGHT || openBases > MAX_OPEN_BASES) {
            keepDeviceBusy();
            return false;
        }
        return true;
    }

    /** After an answer: cuts windows of the reads that were waiting for it. */
    void cutWaiting(long nowMillis) {
        cutNextRounds(nowMillis);
        if (paused) {
            keepDeviceBusy(); // no new read will fill these batches
        } else {
            cutHeld(nowMillis);
        }
    }

    /**
     * Cuts the next round of reads whose last one is answered.
     *
     * @return false if there was no room for all
     */
    private boolean cutNextRounds(long nowMillis) {
        while (!nextRounds.isEmpty()) {
            ReadQueue.Entry<ReadInFlight> entry = nextRounds.peek();
            while (entry.read().hasNextWindow()) {
                if (windowsInFlight == maxWindowsInFlight) {
                    return false;
                }
                cutWindow(entry, nowMillis);
            }
            nextRounds.remove();
        }
        return true;
    }

    /** Cuts windows of held reads, in the order in which they came, into their half of the places. */
    private void cutHeld(long nowMillis) {
        for (ReadQueue.Entry<ReadInFlight> entry : held) {
            while (entry.read().hasNextWindow()) {
                if (heldWindowsInFlight >= maxHeldWindowsInFlight || windowsInFlight == maxWindowsInFlight) {
                    return;
                }
                heldWindowsInFlight++;
                cutWindow(entry, nowMillis);
            }
        }
    }

    private void cutWindow(ReadQueue.Entry<ReadInFlight> entry, long nowMillis) {
        int length = entry.read().read.bases.length;
        int window = entry.read().nextWindow();
        windowsInFlight++;
        int bases = windower.end(window, length) - windower.start(window, length);
        submitIfAny(batcher.add(new ReadWindowTask(entry, window), encoder.tokenCount(bases), nowMillis));
    }

    /** Cuts nothing of held reads until {@link #resume} and sends everything that waits; then {@link #onlyHeldLeft}. */
    void pause() {
        paused = true;
        sendAll();
    }

    /** Goes on with the held reads. */
    void resume(long nowMillis) {
        paused = false;
        cutWaiting(nowMillis);
    }

    /** Whether nothing is in flight, and every read taken has left but the held ones. */
    boolean onlyHeldLeft() {
        return windowsInFlight == 0 && queue.size() == held.size();
    }

    /** Reads that are held, in the order in which they came. */
    List<DecodedRead> held() {
        return held.stream().map(entry -> entry.read().read).toList();
    }

    /** At the end of the input: keeps the device at work on what is left, the last of it in batches that are not full. */
    void finishUp(long nowMillis) {
        cutWaiting(nowMillis);
        if (openBases > 0 || held.stream().anyMatch(entry -> entry.read().hasNextWindow())) {
            keepDeviceBusy();
        } else {
            sendAll();
        }
    }

    /** A watermark arrives behind the reads so far. */
    void watermark(long timestamp) {
        queue.watermark(timestamp);
    }

    /** Sends windows that have waited too long, unless the device has batches waiting: then waiting costs nothing. */
    void sendOverdue(long nowMillis) {
        while (batchesInFlight < batchesAhead) {
            MicroBatch<ReadWindowTask> batch = batcher.pollOverdue(nowMillis);
            if (batch == null) {
                return;
            }
            submit(batch);
        }
    }

    /** When {@link #sendOverdue} will next have something to do unless an answer comes first; else {@link Long#MAX_VALUE}. */
    long nextDueMillis() {
        return batchesInFlight < batchesAhead ? batcher.nextDueMillis() : Long.MAX_VALUE;
    }

    /** Sends everything that waits, full or not. */
    void sendAll() {
        for (MicroBatch<ReadWindowTask> batch = batcher.pollOldest(); batch != null; batch = batcher.pollOldest()) {
            submit(batch);
        }
    }

    /** Whether every read taken has left. */
    boolean empty() {
        return queue.size() == 0;
    }

    /** Windows cut and not answered. */
    int windowsInFlight() {
        return windowsInFlight;
    }

    /** The device's answer. */
    void answered(WindowBatch batch, float[] logits) {
        batchesInFlight--;
        int windows = batch.windows().size();
        if (logits.length != windows * labels) {
            throw new IllegalStateException(String.format(
                    Locale.ROOT,
                    "Expected %d logits of %d windows and %d labels, got %d",
                    windows * labels,
                    windows,
                    labels,
                    logits.length));
        }
        for (int row = 0; row < windows; row++) {
            ReadWindowTask task = batch.windows().get(row);
            ReadInFlight read = task.read();
            if (finite(logits, row * labels)) {
                if (read.answer(task.window(), logits, row * labels, batch.hasWeight(row))) {
                    nextRounds.add(task.entry());
                }
            } else {
                String message = String.format(
                        Locale.ROOT, "Expected finite logits, got NaN or infinity for window %d", task.window());
                read.fail(DeadLetterReasons.NOT_FINITE, message, null);
            }
            leave(task);
        }
    }

    /**
     * The device could not.
     *
     * @throws ScoringException if splitting the batch cannot help: the task must fail
     */
    void failed(WindowBatch batch, ScoringException error) throws ScoringException {
        batchesInFlight--;
        switch (error.kind()) {
            case BATCH -> isolate(batch, error);
            case OUT_OF_MEMORY -> shrink(batch, error);
            default -> throw error;
        }
    }

    /** The device could not, and halving did not help either: every read of the batch fails. */
    void failedWhole(WindowBatch batch, ScoringException error) {
        giveUp(batch, error);
    }

    private void isolate(WindowBatch batch, ScoringException error) {
        if (!batch.oneRead()) {
            halve(batch);
            return;
        }
        giveUp(batch, error);
    }

    private void giveUp(WindowBatch batch, ScoringException error) {
        for (ReadWindowTask task : batch.windows()) {
            task.read().fail(DeadLetterReasons.SCORING_FAILED, error.getMessage(), error);
            leave(task);
        }
    }

    private void shrink(WindowBatch batch, ScoringException error) throws ScoringException {
        if (batch.windows().size() == 1) {
            throw new ScoringException(
                    ScoringException.Kind.DEVICE_LOST,
                    String.format(
                            Locale.ROOT,
                            "Expected device memory for one window of %d tokens, got: %s",
                            batch.tokens().width(),
                            error.getMessage()),
                    error);
        }
        int tokens = (int) (batch.paddedTokens() / 2);
        LOG.warn(
                "Device out of memory with {} padded tokens; batches are now at most {}", batch.paddedTokens(), tokens);
        batcher.lowerMaxTokens(tokens);
        halve(batch);
    }

    private void halve(WindowBatch batch) {
        int windows = batch.windows().size();
        submit(batch.part(0, windows / 2));
        submit(batch.part(windows / 2, windows));
    }

    /** A window is answered, for better or worse. */
    private void leave(ReadWindowTask task) {
        windowsInFlight--;
        heldWindowsInFlight -= task.read().held ? 1 : 0;
        if (task.read().done()) {
            openBases -= task.read().mayEndEarly() ? task.read().read.bases.length : 0;
            if (task.read().held) {
                held.remove(task.entry());
                heldBases -= task.read().read.bases.length;
            }
            queue.finish(task.entry());
        }
    }

    /** Who waits for room must have sent what makes room. */
    private void keepDeviceBusy() {
        while (batchesInFlight < batchesAhead && batcher.size() > 0) {
            submit(batcher.pollOldest());
        }
    }

    private void submitIfAny(MicroBatch<ReadWindowTask> batch) {
        if (batch != null) {
            submit(batch);
        }
    }

    private void submit(MicroBatch<ReadWindowTask> batch) {
        batchesInFlight++;
        submit.accept(new WindowBatch(batch, windower, encoder));
    }

    private boolean finite(float[] logits, int offset) {
        for (int i = offset; i < offset + labels; i++) {
            if (!Float.isFinite(logits[i])) {
                return false;
            }
        }
        return true;
    }

    /** Batches at the device. */
    int batchesInFlight() {
        return batchesInFlight;
    }
}
