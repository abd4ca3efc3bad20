package io.kmerflow.scoring;

import ai.djl.engine.Engine;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession.SessionOptions;
import io.kmerflow.bundle.BundleException;
import io.kmerflow.token.TokenBatch;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.Semaphore;

/**
 * Runs an ONNX graph with DJL on ONNX Runtime. Batches go in as one direct buffer per tensor, which ONNX Runtime reads
 * in place; DJL's own batching would cost tens of calls' overhead. Inputs are token ids and attention mask, both int64,
 * shape (windows, tokens); the output is float32, shape (windows, labels).
 *
 * <p>Every call that may run side by side has a session of its own, so the weights are held once for each. Calls of one session
 * would take each other's memory out of its arena, still in the other core's cache: up to half of their speed, where the cores
 * are far apart. More calls than that wait for one to end.
 */
public final class OnnxWindowScorer implements WindowScorer {
    private final SessionOptions sessionOptions;
    private final List<OnnxSession> sessions = new ArrayList<>();
    private final Deque<OnnxSession> idle;
    private final Semaphore free;

    /**
     * Loads a graph.
     *
     * @param modelFile ONNX file
     * @throws BundleException if ONNX Runtime refuses the graph or the device
     */
    public OnnxWindowScorer(Path modelFile, ScoringOptions options) {
        Engine.getEngine(ScoringDevice.ENGINE); // before any OrtEnvironment of our own
        try {
            sessionOptions = SessionSettings.of(options);
        } catch (OrtException e) {
            throw new BundleException(
                    String.format(
                            Locale.ROOT, "Could not set up ONNX Runtime on %s: %s", options.device(), e.getMessage()),
                    e);
        }
        try {
            for (int call = 0; call < options.parallelCalls(); call++) {
                sessions.add(new OnnxSession(modelFile, sessionOptions));
            }
        } catch (Exception e) {
            close();
            throw new BundleException(
                    String.format(
                            Locale.ROOT, "Could not load %s on %s: %s", modelFile, options.device(), rootMessage(e)),
                    e);
        }
        idle = new ConcurrentLinkedDeque<>(sessions);
        free = new Semaphore(sessions.size());
    }

    @Override
    public float[] score(TokenBatch batch) throws ScoringException {
        free.acquireUninterruptibly();
        // The one used last: a lone caller always gets the same, still in its cache.
        OnnxSession session = idle.removeFirst();
        try {
            return session.score(batch);
        } catch (Exception e) {
            String message = rootMessage(e);
            throw new ScoringException(
                    kind(message),
                    String.format(
                            Locale.ROOT,
                            "ONNX Runtime could not score %d windows of %d tokens: %s",
                            batch.windows(),
                            batch.width(),
                            message),
                    e);
        } finally {
            idle.addFirst(session);
            free.release();
        }
    }

    private static ScoringException.Kind kind(String message) {
        String lower = message.toLowerCase(Locale.ROOT);
        if (lower.contains("failed to allocate") || lower.contains("out of memory") || lower.contains("bad_alloc")) {
            return ScoringException.Kind.OUT_OF_MEMORY;
        }
        if (lower.contains("cuda failure") || lower.contains("cudnn") || lower.contains("cublas")) {
            return ScoringException.Kind.DEVICE_LOST;
        }
        return ScoringException.Kind.BATCH;
    }

    private static String rootMessage(Throwable error) {
        Throwable root = error;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return root.getMessage() == null ? root.toString() : root.getMessage();
    }

    @Override
    public void close() {
        sessions.forEach(OnnxSession::close);
        sessionOptions.close();
    }
}
