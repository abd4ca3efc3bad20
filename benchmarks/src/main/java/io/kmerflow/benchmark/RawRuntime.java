package io.kmerflow.benchmark;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
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

/**
 * The yardstick: ONNX Runtime's own Java session in a loop over batches that were tokenized and put into direct buffers
 * beforehand, with nothing of ours around it, on a thread of its own. The same graph, the same total of CPU threads.
 */
public final class RawRuntime implements AutoCloseable {
    private final OrtSession.SessionOptions options;
    private final OrtSession session;
    private final List<Map<String, OnnxTensor>> batches = new ArrayList<>();
    private final ExecutorService caller = Executors.newSingleThreadExecutor(task -> {
        Thread thread = new Thread(task, "raw-runtime");
        thread.setDaemon(true);
        return thread;
    });
    private long windows;

    /**
     * @param bundle the model
     * @param threads CPU threads of a call
     * @param reads whole windows, one array each, upper-case A C G T N
     * @param batchWindows windows per call
     * @param flushDenormals whether its threads take denormals for zero, as the job's do; false is ONNX Runtime as it comes
     */
    public RawRuntime(ModelBundle bundle, int threads, List<byte[]> reads, int batchWindows, boolean flushDenormals)
            throws OrtException {
        OrtEnvironment environment = TokenTensors.environment();
        options = new OrtSession.SessionOptions();
        options.setIntraOpNumThreads(threads);
        options.setInterOpNumThreads(1);
        if (flushDenormals) {
            options.addConfigEntry("session.set_denormal_as_zero", "1"); // on the pool's threads
            caller.execute(Denormals::flushOnThisThread);
        }
        session = environment.createSession(bundle.modelFile().toString(), options);
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
        try {
            return caller.submit(this::scoreAll).get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted in the raw loop", e);
        } catch (ExecutionException e) {
            throw new IllegalStateException("Could not run the raw loop: " + e.getCause(), e.getCause());
        }
    }

    private double scoreAll() throws OrtException {
        long start = System.nanoTime();
        for (Map<String, OnnxTensor> batch : batches) {
            try (OrtSession.Result result = session.run(batch)) {
                result.get(0).getValue(); // the logits are read, as anybody would
            }
        }
        return windows * 1e9 / (System.nanoTime() - start);
    }

    /** Windows of one pass over the batches. */
    long windows() {
        return windows;
    }

    @Override
    public void close() throws OrtException {
        caller.shutdown();
        batches.forEach(batch -> batch.values().forEach(OnnxTensor::close));
        session.close();
        options.close();
    }
}
