package io.kmerflow.pretraining.trainer;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDManager;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * PyTorch, started once per process with its thread counts, and the devices to run on: the first holds what is trained, the
 * others take parts of a batch. Closing it frees every array made from its manager.
 */
public final class TorchSession implements AutoCloseable {
    private static final String ENGINE = "PyTorch";
    /** Read by PyTorch when it starts; the kmerflow command sets it to 1. */
    private static final String TF32 = "TORCH_ALLOW_TF32_CUBLAS_OVERRIDE";

    private final Engine engine;
    private final List<Device> devices;
    private final NDManager manager;

    private TorchSession(Engine engine, List<Device> devices) {
        this.engine = engine;
        this.devices = devices;
        this.manager = engine.newBaseManager(devices.get(0));
    }

    /**
     * Opens a session.
     *
     * @param device {@code auto}, {@code cpu}, {@code gpu} or {@code gpus}; auto takes the first GPU if PyTorch can use one,
     *     gpus all of them. Several {@code cpu} with commas between make as many replicas, which is for tests
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

    private static List<Device> choose(String device, Engine engine) {
        int gpus = engine.getGpuCount();
        if (device.matches("cpu(,cpu)*")) {
            return Collections.nCopies(device.split(",").length, Device.cpu());
        }
        return switch (device) {
            case "auto" -> List.of(gpus > 0 ? Device.gpu(0) : Device.cpu());
            case "gpu", "gpus" -> {
                if (gpus == 0) {
                    throw new IllegalArgumentException(String.format(
                            Locale.ROOT, "Expected a GPU that PyTorch %s can use, found none", engine.getVersion()));
                }
                yield IntStream.range(0, device.equals("gpu") ? 1 : gpus)
                        .mapToObj(Device::gpu)
                        .toList();
            }
            default ->
                throw new IllegalArgumentException(
                        String.format(Locale.ROOT, "Expected a device auto, cpu, gpu or gpus, got '%s'", device));
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
        return devices.stream().map(Device::toString).collect(Collectors.joining(", "));
    }

    /**
     * Whether matrix products round their factors to the 10 bits of TF32: on a GPU that has it, if the environment says so.
     * PyTorch's own default is full float32.
     */
    public boolean allowsTf32() {
        return devices.get(0).isGpu() && "1".equals(System.getenv(TF32));
    }

    List<Device> devices() {
        return devices;
    }

    Engine engine() {
        return engine;
    }

    @Override
    public void close() {
        manager.close();
    }
}
