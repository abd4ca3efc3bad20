package io.kmerflow.scoring;

import ai.djl.Device;
import ai.djl.Model;
import ai.djl.engine.Engine;
import ai.djl.inference.Predictor;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.translate.NoopTranslator;
import ai.djl.translate.TranslateException;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession.SessionOptions;
import io.kmerflow.bundle.BundleException;
import io.kmerflow.contract.ModelContract;
import io.kmerflow.token.TokenBatch;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * Runs an ONNX graph with DJL on ONNX Runtime. Batches go in as one direct buffer per tensor, which ONNX Runtime reads
 * in place; DJL's own batching would cost tens of calls' overhead. Threads that score at once share the loaded weights, and have
 * buffers of their own. Inputs are token ids and attention mask, both int64,
 * shape (windows, tokens); the output is float32, shape (windows, labels).
 */
public final class OnnxWindowScorer implements WindowScorer {
    private static final int FIRST_BUFFER_BYTES = 1 << 17;

    private final SessionOptions sessionOptions;
    private final Model model;
    private final Queue<Caller> idle = new ConcurrentLinkedQueue<>();

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
                    "Could not set up ONNX Runtime on %s: %s".formatted(options.device(), e.getMessage()), e);
        }
        // The device is in the session's options. Told of a GPU, DJL would add it once more, without our settings.
        model = Model.newInstance("kmerflow", Device.cpu(), ScoringDevice.ENGINE);
        try {
            model.load(
                    modelFile.toAbsolutePath().getParent(),
                    modelFile.getFileName().toString(),
                    Map.of("sessionOptions", sessionOptions));
        } catch (Exception e) {
            model.close();
            sessionOptions.close();
            throw new BundleException(
                    "Could not load %s on %s: %s".formatted(modelFile, options.device(), rootMessage(e)), e);
        }
    }

    @Override
    public float[] score(TokenBatch batch) throws ScoringException {
        Caller free = idle.poll();
        Caller caller = free == null ? new Caller() : free;
        try {
            return caller.score(batch);
        } catch (Exception e) {
            String message = rootMessage(e);
            throw new ScoringException(
                    kind(message),
                    "ONNX Runtime could not score %d windows of %d tokens: %s"
                            .formatted(batch.windows(), batch.width(), message),
                    e);
        } finally {
            idle.add(caller);
        }
    }

    /** What one thread at a time needs for its calls. */
    private final class Caller {
        private final Predictor<NDList, NDList> predictor = model.newPredictor(new NoopTranslator(null));
        private ByteBuffer tokenIds = TokenTensors.buffer(FIRST_BUFFER_BYTES);
        private ByteBuffer attentionMask = TokenTensors.buffer(FIRST_BUFFER_BYTES);

        private float[] score(TokenBatch batch) throws TranslateException {
            fill(batch);
            Shape shape = new Shape(batch.windows(), batch.width());
            try (NDManager scope = model.getNDManager().newSubManager()) {
                NDArray ids = scope.create(tokenIds, shape, DataType.INT64);
                ids.setName(ModelContract.INPUT_IDS);
                NDArray mask = scope.create(attentionMask, shape, DataType.INT64);
                mask.setName(ModelContract.ATTENTION_MASK);
                NDList outputs = predictor.predict(new NDList(ids, mask));
                try {
                    return outputs.singletonOrThrow().toFloatArray();
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
        idle.forEach(caller -> caller.predictor.close());
        model.close();
        sessionOptions.close();
    }
}
