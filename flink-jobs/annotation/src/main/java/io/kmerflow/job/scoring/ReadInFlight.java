package io.kmerflow.job.scoring;

import io.kmerflow.contract.ReadScores;
import io.kmerflow.job.ingest.DecodedRead;
import io.kmerflow.schema.AnnotationStatus;

/** A read between its arrival and its annotation. Task thread only. */
final class ReadInFlight {
    final DecodedRead read;
    /** Status of a read that the model need not see, else null. */
    final AnnotationStatus status;
    /** Gathers the logits of a read that the model must see, else null. */
    final ReadScores scores;
    /** Whether newer reads pass it. */
    boolean held;

    private final int windows;
    private int cut;
    private int unanswered;
    private String failureReason;
    private String failureMessage;
    private Throwable error;

    private ReadInFlight(DecodedRead read, AnnotationStatus status, ReadScores scores) {
        this.read = read;
        this.status = status;
        this.scores = scores;
        this.windows = scores == null ? 0 : scores.windows();
    }

    /** A read that the model need not see. */
    static ReadInFlight settled(DecodedRead read, AnnotationStatus status) {
        return new ReadInFlight(read, status, null);
    }

    /** A read that the model must see. */
    static ReadInFlight toScore(DecodedRead read, ReadScores scores) {
        return new ReadInFlight(read, null, scores);
    }

    boolean hasNextWindow() {
        return cut < windows;
    }

    int nextWindow() {
        unanswered++;
        return cut++;
    }

    /** Takes one window's logits. */
    void answer(int window, float[] logits, int offset, boolean hasWeight) {
        unanswered--;
        scores.put(window, logits, offset, hasWeight);
    }

    /** One window cannot be scored, so the read cannot; windows not cut yet never are. The first reason stays. */
    void fail(String reason, String message, Throwable cause) {
        unanswered--;
        cut = windows;
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
