package io.kmerflow.pretraining.trainer;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDManager;

/**
 * PyTorch, started once per process with its thread counts, and the device to run on. Closing it frees every array made
 * from its manager.
 */
public final class TorchSession implements AutoCloseable {
    private static final String ENGINE = "PyTorch";

    private final Engine engine;
    private final Device device;
    private final NDManager manager;

    private TorchSession(Engine engine, Device device) {
        this.engine = engine;
        this.device = device;
        this.manager = engine.newBaseManager(device);
    }

    /**
     * Opens a session.
     *
     * @param device {@code auto}, {@code cpu} or {@code gpu}; auto takes the first GPU if PyTorch can use one
     * @param threads of one operation; 0 leaves PyTorch's own choice. Only the first session of a process sets it
     * @throws IllegalArgumentException if a GPU was asked for and PyTorch has none
     */
    public static TorchSession open(String device, int threads) {
        System.setProperty("ai.djl.offline", "true");
        if (threads > 0) {
            setIfAbsent("ai.djl.pytorch.num_threads", threads);
        }
        setIfAbsent("ai.djl.pytorch.num_interop_threads", 1);
        Engine engine = Engine.getEngine(ENGINE);
        return new TorchSession(engine, choose(device, engine));
    }

    private static void setIfAbsent(String property, int value) {
        if (System.getProperty(property) == null) {
            System.setProperty(property, Integer.toString(value));
        }
    }

    private static Device choose(String device, Engine engine) {
        return switch (device) {
            case "cpu" -> Device.cpu();
            case "auto" -> engine.getGpuCount() > 0 ? Device.gpu(0) : Device.cpu();
            case "gpu" -> {
                if (engine.getGpuCount() == 0) {
                    throw new IllegalArgumentException(
                            "Expected a GPU that PyTorch %s can use, found none".formatted(engine.getVersion()));
                }
                yield Device.gpu(0);
            }
            default ->
                throw new IllegalArgumentException("Expected a device auto, cpu or gpu, got '%s'".formatted(device));
        };
    }

    /** Manager of everything that outlives a step. */
    public NDManager manager() {
        return manager;
    }

    /** Version of PyTorch. */
    public String version() {
        return engine.getVersion();
    }

    /** Where it runs, for people. */
    public String deviceName() {
        return device.toString();
    }

    Engine engine() {
        return engine;
    }

    @Override
    public void close() {
        manager.close();
    }
}
