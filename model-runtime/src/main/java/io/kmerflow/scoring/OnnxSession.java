package io.kmerflow.scoring;

import ai.djl.Device;
import ai.djl.Model;
import ai.djl.inference.Predictor;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.translate.NoopTranslator;
import ai.djl.translate.TranslateException;
import ai.onnxruntime.OrtSession.SessionOptions;
import io.kmerflow.contract.ModelContract;
import io.kmerflow.token.TokenBatch;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;

/** One of ONNX Runtime's sessions with weights, native memory and input buffers of its own; for one thread at a time. */
final class OnnxSession implements AutoCloseable {
    private static final int FIRST_BUFFER_BYTES = 1 << 17;

    private final Model model;
    private final Predictor<NDList, NDList> predictor;
    private ByteBuffer tokenIds = TokenTensors.buffer(FIRST_BUFFER_BYTES);
    private ByteBuffer attentionMask = TokenTensors.buffer(FIRST_BUFFER_BYTES);

    /** @param options with the device; must outlive the session */
    OnnxSession(Path modelFile, SessionOptions options) throws Exception {
        // The device is in the session's options. Told of a GPU, DJL would add it once more, without our settings.
        model = Model.newInstance("kmerflow", Device.cpu(), ScoringDevice.ENGINE);
        try {
            model.load(
                    modelFile.toAbsolutePath().getParent(),
                    modelFile.getFileName().toString(),
                    Map.of("sessionOptions", options));
            predictor = model.newPredictor(new NoopTranslator(null));
        } catch (Exception e) {
            model.close();
            throw e;
        }
    }

    /** Logits as {@link WindowScorer#score} has them. */
    float[] score(TokenBatch batch) throws TranslateException {
        fill(batch);
        Shape shape = new Shape(batch.windows(), batch.width());
        try (NDManager scope = model.getNDManager().newSubManager()) {
            NDArray ids = scope.create(tokenIds, shape, DataType.INT64);
            ids.setName(ModelContract.INPUT_IDS);
            NDArray mask = scope.create(attentionMask, shape, DataType.INT64);
            mask.setName(ModelContract.ATTENTION_MASK);
            NDList outputs = predictor.predict(new NDList(ids, mask));
            try {
                NDArray logits = outputs.singletonOrThrow();
                if (logits.getShape().dimension() != 2 || logits.getShape().get(0) != batch.windows()) {
                    throw new TranslateException(String.format(
                            Locale.ROOT,
                            "Expected logits of shape (%d, labels), got %s",
                            batch.windows(),
                            logits.getShape()));
                }
                return logits.toFloatArray();
            } finally {
                outputs.close();
            }
        }
    }

    private void fill(TokenBatch batch) {
        int bytes = batch.windows() * batch.width() * Long.BYTES;
        if (tokenIds.capacity() < bytes) {
            tokenIds = TokenTensors.buffer(bytes);
            attentionMask = TokenTensors.buffer(bytes);
        }
        tokenIds.clear().limit(bytes);
        attentionMask.clear().limit(bytes);
        TokenTensors.fill(batch, tokenIds.asLongBuffer(), attentionMask.asLongBuffer());
    }

    @Override
    public void close() {
        predictor.close();
        model.close();
    }
}
