package io.kmerflow.job.scoring;

import io.kmerflow.contract.Certainty;
import io.kmerflow.contract.ReadScores;
import io.kmerflow.job.ingest.DecodedRead;
import io.kmerflow.schema.AnnotationStatus;
import io.kmerflow.sequence.WindowOrder;

/** A read between its arrival and its annotation. Task thread only. */
final class ReadInFlight {
    final DecodedRead read;
    /** Status of a read that the model need not see, else null. */
    final AnnotationStatus status;
    /** Gathers the logits of a read that the model must see, else null. */
    final ReadScores scores;
    /** Whether newer reads pass it. */
    boolean held;

    /** Null where every window is scored, in the order of their indices. */
    private final WindowOrder order;
    /** Windows that will be cut; of a read that may end early, as many as may be. */
    private int windows;
    /** Windows that may be cut before their scores are looked at. */
    private int roundEnd;

    private int cut;
    private int unanswered;
    private String failureReason;
    private String failureMessage;
    private Throwable error;

    private ReadInFlight(DecodedRead read, AnnotationStatus status, ReadScores scores) {
        this.read = read;
        this.status = status;
        this.scores = scores;
        this.order = scores == null || scores.scoresAll() ? null : new WindowOrder(scores.windows());
        this.windows = scores == null ? 0 : scores.windows();
        this.roundEnd = order == null ? windows : Math.min(Certainty.WINDOWS_PER_ROUND, windows);
    }

    /** A read that the model need not see. */
    static ReadInFlight settled(DecodedRead read, AnnotationStatus status) {
        return new ReadInFlight(read, status, null);
    }

    /** A read that the model must see. */
    static ReadInFlight toScore(DecodedRead read, ReadScores scores) {
        return new ReadInFlight(read, null, scores);
    }

    /** Whether scoring may end before the last window. */
    boolean mayEndEarly() {
        return order != null;
    }

    /** Whether there is a window to cut now. */
    boolean hasNextWindow() {
        return cut < roundEnd;
    }

    int nextWindow() {
        unanswered++;
        cut++;
        return order == null ? cut - 1 : order.next();
    }

    /**
     * Takes one window's logits.
     *
     * @return whether this was the last answer of a round and more windows are to be cut
     */
    boolean answer(int window, float[] logits, int offset, boolean hasWeight) {
        unanswered--;
        scores.put(window, logits, offset, hasWeight);
        if (order == null || unanswered > 0 || cut < roundEnd || failureReason != null) {
            return false;
        }
        if (scores.decided()) {
            windows = cut;
            return false;
        }
        roundEnd = Math.min(cut + Certainty.WINDOWS_PER_ROUND, windows);
        return true;
    }

    /** One window cannot be scored, so the read cannot; windows not cut yet never are. The first reason stays. */
    void fail(String reason, String message, Throwable cause) {
        unanswered--;
        windows = cut;
        roundEnd = cut;
        if (failureReason == null) {
            failureReason = reason;
            failureMessage = message;
            error = cause;
        }
    }

    /** Whether nothing more will come of it. */
    boolean done() {
        return unanswered == 0 && cut == windows;
    }

    /** Reason in capitals, or null for a read that can be annotated. */
    String failureReason() {
        return failureReason;
    }

    String failureMessage() {
        return failureMessage;
    }

    Throwable error() {
        return error;
    }
}
