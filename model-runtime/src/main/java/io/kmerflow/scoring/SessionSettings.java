package io.kmerflow.scoring;

import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession.SessionOptions;
import ai.onnxruntime.providers.OrtCUDAProviderOptions;

/** Our options in ONNX Runtime's words. */
final class SessionSettings {
    private SessionSettings() {}

    /**
     * Options of a session; the caller closes them after it.
     *
     * @throws OrtException if this build or machine lacks what the device needs, naming it
     */
    static SessionOptions of(ScoringOptions options) throws OrtException {
        SessionOptions session = new SessionOptions();
        try {
            session.setInterOpNumThreads(1);
            session.setIntraOpNumThreads(1); // the owner thread itself: calls run side by side, not the halves of one
            session.setCPUArenaAllocator(options.memory().cpuArena());
            session.setMemoryPatternOptimization(options.memory().pattern());
            if (options.device().gpu()) {
                addCuda(session, options);
            }
            return session;
        } catch (OrtException e) {
            session.close();
            throw e;
        }
    }

    private static void addCuda(SessionOptions session, ScoringOptions options) throws OrtException {
        SessionMemory memory = options.memory();
        try (OrtCUDAProviderOptions cuda =
                new OrtCUDAProviderOptions(options.device().index())) {
            // TF32 has 10 bits of mantissa: on an H100 golden logits were 4.8e-4 off with it. Where fp32 is too slow,
            // fp16 is faster.
            cuda.add("use_tf32", "0");
            cuda.add("arena_extend_strategy", memory.gpuGrowth().onnxRuntimeName());
            if (memory.gpuLimitBytes() > 0) {
                cuda.add("gpu_mem_limit", Long.toString(memory.gpuLimitBytes()));
            }
            session.addCUDA(cuda);
        }
    }
}
