package io.kmerflow.gpucheck;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.providers.OrtCUDAProviderOptions;
import io.kmerflow.contract.ModelContract;
import io.kmerflow.scoring.Denormals;
import io.kmerflow.scoring.ScoringDevice;
import io.kmerflow.scoring.TokenTensors;
import io.kmerflow.token.SpecialToken;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.LongBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The yardstick on a device: ONNX Runtime's own Java session in a loop over batches that lie ready in direct buffers, with nothing of
 * ours around it. Windows are full, of random tokens; their logits are read.
 */
public final class DeviceLoop implements AutoCloseable {
    private static final int BATCHES = 4; // not one over and over, which would stay in a cache
    private static final int WARM_UP_CALLS = 3;

    private final OrtSession.SessionOptions options = new OrtSession.SessionOptions();
    private final OrtSession session;
    private final List<Map<String, OnnxTensor>> batches = new ArrayList<>();
    private final int windows;

    /**
     * Loads a graph.
     *
     * @param tf32 whether a GPU may round the factors of products in fp32 to TF32, as ONNX Runtime does unless told otherwise
     * @param vocabulary token ids there are
     * @param windows of a call
     * @param tokens of a window
     */
    public DeviceLoop(Path model, ScoringDevice device, boolean tf32, int vocabulary, int windows, int tokens)
            throws OrtException {
        this.windows = windows;
        OrtEnvironment environment = TokenTensors.environment();
        choose(options, device, tf32);
        session = environment.createSession(model.toString(), options);
        Random random = new Random(1);
        for (int batch = 0; batch < BATCHES; batch++) {
            batches.add(batch(environment, random, vocabulary, windows, tokens));
        }
    }

    /** Puts a device into a session's options. */
    static void choose(OrtSession.SessionOptions options, ScoringDevice device, boolean tf32) throws OrtException {
        options.setInterOpNumThreads(1);
        options.setIntraOpNumThreads(1);
        if (device.gpu()) {
            try (OrtCUDAProviderOptions cuda = new OrtCUDAProviderOptions(device.index())) {
                cuda.add("use_tf32", tf32 ? "1" : "0");
                options.addCUDA(cuda);
            }
        }
    }

    private static Map<String, OnnxTensor> batch(
            OrtEnvironment environment, Random random, int vocabulary, int windows, int tokens) throws OrtException {
        int specials = SpecialToken.values().length;
        LongBuffer ids = buffer(windows * tokens);
        LongBuffer mask = buffer(windows * tokens);
        for (int i = 0; i < windows * tokens; i++) {
            ids.put(i, specials + random.nextInt(vocabulary - specials));
            mask.put(i, 1);
        }
        long[] shape = {windows, tokens};
        return Map.of(
                ModelContract.INPUT_IDS, OnnxTensor.createTensor(environment, ids, shape),
                ModelContract.ATTENTION_MASK, OnnxTensor.createTensor(environment, mask, shape));
    }

    private static LongBuffer buffer(int numbers) {
        return ByteBuffer.allocateDirect(numbers * Long.BYTES)
                .order(ByteOrder.nativeOrder())
                .asLongBuffer();
    }

    /**
     * Windows per second.
     *
     * @param seconds to run; at least one call is made after the warm-up
     * @param callers threads that share the session, so that one prepares while the other's work runs
     */
    public double windowsPerSecond(double seconds, int callers) {
        ExecutorService threads = Executors.newFixedThreadPool(callers, task -> {
            Thread thread = new Thread(
                    () -> {
                        Denormals.flushOnThisThread();
                        task.run();
                    },
                    "device-loop");
            thread.setDaemon(true);
            return thread;
        });
        try {
            run(threads, callers, 0, WARM_UP_CALLS);
            long start = System.nanoTime();
            long calls = run(threads, callers, (long) (seconds * 1e9), 1);
            return calls * windows * 1e9 / (System.nanoTime() - start);
        } finally {
            threads.shutdown();
        }
    }

    private long run(ExecutorService threads, int callers, long nanos, int leastCalls) {
        long end = System.nanoTime() + nanos;
        AtomicLong calls = new AtomicLong();
        List<Future<Void>> loops = new ArrayList<>();
        for (int caller = 0; caller < callers; caller++) {
            int first = caller;
            loops.add(threads.submit(() -> {
                for (int call = 0; call < leastCalls || System.nanoTime() < end; call++) {
                    try (OrtSession.Result result = session.run(batches.get((first + call) % BATCHES))) {
                        result.get(0).getValue(); // the logits are read, as anybody would
                    }
                    calls.incrementAndGet();
                }
                return null;
            }));
        }
        try {
            for (Future<Void> loop : loops) {
                loop.get();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted in the loop", e);
        } catch (ExecutionException e) {
            throw new IllegalStateException("Could not run the loop: " + e.getCause(), e.getCause());
        }
        return calls.get();
    }

    @Override
    public void close() throws OrtException {
        batches.forEach(batch -> batch.values().forEach(OnnxTensor::close));
        session.close();
        options.close();
    }
}
