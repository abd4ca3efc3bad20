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
            session.setIntraOpNumThreads(options.threads());
            // Threads that spin between calls would take the cores from Flink and Kafka beside them.
            session.addConfigEntry("session.intra_op.allow_spinning", "0");
            // A thread that loses its core to them leaves the rest of its work to the other, in shrinking pieces.
            session.addConfigEntry("session.dynamic_block_base", "4");
            session.addConfigEntry("session.set_denormal_as_zero", "1"); // on the pool's threads: see Denormals
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
            cuda.add("arena_extend_strategy", memory.gpuGrowth().onnxRuntimeName());
            if (memory.gpuLimitBytes() > 0) {
                cuda.add("gpu_mem_limit", Long.toString(memory.gpuLimitBytes()));
            }
            session.addCUDA(cuda);
        }
    }
}
