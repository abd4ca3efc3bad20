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

/**
 * The yardstick: ONNX Runtime's own Java session in a loop over batches that were tokenized and put into direct buffers
 * beforehand, with nothing of ours around it. The same graph, the same total of CPU threads, and like the job's they take
 * denormals for zero. Belongs to the thread that makes it.
 */
public final class RawRuntime implements AutoCloseable {
    private final OrtSession.SessionOptions options;
    private final OrtSession session;
    private final List<Map<String, OnnxTensor>> batches = new ArrayList<>();
    private long windows;

    /**
     * @param bundle the model
     * @param threads CPU threads of a call
     * @param reads whole windows, one array each, upper-case A C G T N
     * @param batchWindows windows per call
     */
    public RawRuntime(ModelBundle bundle, int threads, List<byte[]> reads, int batchWindows) throws OrtException {
        OrtEnvironment environment = TokenTensors.environment();
        options = new OrtSession.SessionOptions();
        options.setIntraOpNumThreads(threads);
        options.setInterOpNumThreads(1);
        options.addConfigEntry(
                "session.set_denormal_as_zero", "1"); // on the pool's threads; here is the one that calls
        Denormals.flushOnThisThread();
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
    public double windowsPerSecond() throws OrtException {
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
        batches.forEach(batch -> batch.values().forEach(OnnxTensor::close));
        session.close();
        options.close();
    }
}
