package io.kmerflow.scoring;

import ai.djl.engine.Engine;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import io.kmerflow.contract.ModelContract;
import io.kmerflow.token.TokenBatch;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.LongBuffer;
import java.util.Map;

/** A batch as a model takes it: token ids and attention mask, both int64, shape (windows, tokens). */
public final class TokenTensors {
    private TokenTensors() {}

    /** ONNX Runtime's environment, DJL's engine started first: it could not after an environment of somebody else's. */
    public static OrtEnvironment environment() {
        Engine.getEngine(ScoringDevice.ENGINE);
        return OrtEnvironment.getEnvironment();
    }

    /**
     * The batch in native memory of its own, by tensor name; the caller closes both.
     *
     * @throws OrtException if ONNX Runtime does not take it
     */
    public static Map<String, OnnxTensor> of(TokenBatch batch) throws OrtException {
        OrtEnvironment environment = environment();
        int cells = batch.windows() * batch.width();
        LongBuffer ids = buffer(cells * Long.BYTES).asLongBuffer();
        LongBuffer mask = buffer(cells * Long.BYTES).asLongBuffer();
        fill(batch, ids, mask);
        long[] shape = {batch.windows(), batch.width()};
        return Map.of(
                ModelContract.INPUT_IDS, OnnxTensor.createTensor(environment, ids, shape),
                ModelContract.ATTENTION_MASK, OnnxTensor.createTensor(environment, mask, shape));
    }

    /** Writes token ids, and 1 for real tokens and 0 for padding, row-major from index 0. */
    static void fill(TokenBatch batch, LongBuffer ids, LongBuffer mask) {
        int width = batch.width();
        int[] source = batch.tokenIds();
        for (int window = 0; window < batch.windows(); window++) {
            int row = window * width;
            int real = batch.tokenCount(window);
            for (int token = 0; token < width; token++) {
                ids.put(row + token, source[row + token]);
                mask.put(row + token, token < real ? 1 : 0);
            }
        }
    }

    /** Memory that ONNX Runtime reads in place. */
    static ByteBuffer buffer(int bytes) {
        return ByteBuffer.allocateDirect(bytes).order(ByteOrder.nativeOrder());
    }
}
