package io.kmerflow.benchmark;

import ai.djl.engine.Engine;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import io.kmerflow.bundle.ModelBundle;
import io.kmerflow.contract.ModelContract;
import io.kmerflow.token.TokenBatch;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.LongBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The yardstick: ONNX Runtime's own Java session in a loop over batches that were tokenized and put into direct buffers
 * beforehand, with nothing of ours around it. The same graph, the same total of CPU threads.
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
        Engine.getEngine("OnnxRuntime"); // DJL's engine must be there before anybody else's OrtEnvironment
        OrtEnvironment environment = OrtEnvironment.getEnvironment();
        options = new OrtSession.SessionOptions();
        options.setIntraOpNumThreads(threads);
        options.setInterOpNumThreads(1);
        session = environment.createSession(bundle.modelFile().toString(), options);
        ModelContract contract = bundle.contract();
        for (int from = 0; from + batchWindows <= reads.size(); from += batchWindows) {
            List<byte[]> rows = reads.subList(from, from + batchWindows);
            int longest = rows.stream().mapToInt(row -> row.length).max().orElseThrow();
            TokenBatch batch = new TokenBatch(
                    contract.encoder(), batchWindows, contract.encoder().tokenCount(longest));
            rows.forEach(row -> batch.add(row, 0, row.length));
            batches.add(tensors(environment, batch));
            windows += batchWindows;
        }
    }

    private static Map<String, OnnxTensor> tensors(OrtEnvironment environment, TokenBatch batch) throws OrtException {
        int cells = batch.windows() * batch.width();
        LongBuffer ids = direct(cells);
        LongBuffer mask = direct(cells);
        for (int cell = 0; cell < cells; cell++) {
            ids.put(cell, batch.tokenIds()[cell]);
            mask.put(cell, cell % batch.width() < batch.tokenCount(cell / batch.width()) ? 1 : 0);
        }
        long[] shape = {batch.windows(), batch.width()};
        return Map.of(
                ModelContract.INPUT_IDS, OnnxTensor.createTensor(environment, ids, shape),
                ModelContract.ATTENTION_MASK, OnnxTensor.createTensor(environment, mask, shape));
    }

    private static LongBuffer direct(int longs) {
        return ByteBuffer.allocateDirect(longs * Long.BYTES)
                .order(ByteOrder.nativeOrder())
                .asLongBuffer();
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
