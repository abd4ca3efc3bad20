package io.kmerflow.benchmark;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import io.kmerflow.bundle.ModelBundle;
import io.kmerflow.contract.ModelContract;
import io.kmerflow.scoring.Denormals;
import io.kmerflow.scoring.TokenTensors;
import io.kmerflow.token.TokenBatch;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The yardstick: ONNX Runtime's own Java sessions in a loop over batches that were tokenized and put into direct buffers
 * beforehand, with nothing of ours around it, on threads of its own. The same graph, the same total of CPU threads.
 */
public final class RawRuntime implements AutoCloseable {
    /** How the threads are used. */
    public enum Way {
        /** One call at a time, its operators split among all threads, denormals as they are: ONNX Runtime's defaults. */
        AS_IT_COMES(false, false),
        /** The same, with denormals as zero on all threads. */
        ONE_CALL(false, true),
        /** Every thread has a session and calls of its own, with denormals as zero: what the job does. */
        SIDE_BY_SIDE(true, true);

        private final boolean sideBySide;
        private final boolean flushDenormals;

        Way(boolean sideBySide, boolean flushDenormals) {
            this.sideBySide = sideBySide;
            this.flushDenormals = flushDenormals;
        }
    }

    private final OrtSession.SessionOptions options = new OrtSession.SessionOptions();
    private final List<OrtSession> sessions = new ArrayList<>();
    private final List<Map<String, OnnxTensor>> batches = new ArrayList<>();
    private final ExecutorService threads;
    private long windows;

    /**
     * @param bundle the model
     * @param way how the threads are used
     * @param cpuThreads in total
     * @param reads whole windows, one array each, upper-case A C G T N
     * @param batchWindows windows per call
     */
    public RawRuntime(ModelBundle bundle, Way way, int cpuThreads, List<byte[]> reads, int batchWindows)
            throws OrtException {
        int callers = way.sideBySide ? cpuThreads : 1;
        threads = Executors.newFixedThreadPool(callers, task -> {
            Thread thread = new Thread(
                    () -> {
                        if (way.flushDenormals) {
                            Denormals.flushOnThisThread();
                        }
                        task.run();
                    },
                    "raw-runtime");
            thread.setDaemon(true);
            return thread;
        });
        options.setIntraOpNumThreads(way.sideBySide ? 1 : cpuThreads);
        options.setInterOpNumThreads(1);
        if (way.flushDenormals) {
            options.addConfigEntry("session.set_denormal_as_zero", "1"); // on the threads of the session's pool
        }
        for (int caller = 0; caller < callers; caller++) {
            sessions.add(
                    TokenTensors.environment().createSession(bundle.modelFile().toString(), options));
        }
        ModelContract contract = bundle.contract();
        for (int from = 0; from + batchWindows <= reads.size(); from += batchWindows) {
            List<byte[]> rows = reads.subList(from, from + batchWindows);
            int longest = rows.stream().mapToInt(row -> row.length).max().orElseThrow();
            TokenBatch batch = new TokenBatch(
                    contract.encoder(), batchWindows, contract.encoder().tokenCount(longest));
            rows.forEach(row -> batch.add(row, 0, row.length));
            batches.add(TokenTensors.of(batch));
            windows += batchWindows;
        }
    }

    /** Scores every batch once; windows per second. */
    public double windowsPerSecond() {
        AtomicInteger next = new AtomicInteger();
        long start = System.nanoTime();
        List<Future<Void>> loops = new ArrayList<>();
        for (OrtSession session : sessions) {
            loops.add(threads.submit(() -> score(session, next)));
        }
        try {
            for (Future<Void> loop : loops) {
                loop.get();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted in the raw loop", e);
        } catch (ExecutionException e) {
            throw new IllegalStateException("Could not run the raw loop: " + e.getCause(), e.getCause());
        }
        return windows * 1e9 / (System.nanoTime() - start);
    }

    private Void score(OrtSession session, AtomicInteger next) throws OrtException {
        for (int batch = next.getAndIncrement(); batch < batches.size(); batch = next.getAndIncrement()) {
            try (OrtSession.Result result = session.run(batches.get(batch))) {
                result.get(0).getValue(); // the logits are read, as anybody would
            }
        }
        return null;
    }

    /** Windows of one pass over the batches. */
    long windows() {
        return windows;
    }

    @Override
    public void close() throws OrtException {
        threads.shutdown();
        batches.forEach(batch -> batch.values().forEach(OnnxTensor::close));
        for (OrtSession session : sessions) {
            session.close();
        }
        options.close();
    }
}
