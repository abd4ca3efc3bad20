package io.kmerflow.gpucheck;

import com.sun.jna.Library;
import com.sun.jna.Native;
import com.sun.jna.Pointer;
import com.sun.jna.Structure;
import com.sun.jna.ptr.IntByReference;
import com.sun.jna.ptr.PointerByReference;
import io.kmerflow.scoring.ScoringDevice;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * What a GPU does while something else runs: its use, memory and power, sampled by NVIDIA's management library (libnvidia-ml.so.1,
 * part of the driver). Without that library there are no samples.
 */
public final class GpuMeter implements AutoCloseable {
    private static final String LIBRARY = "libnvidia-ml.so.1";
    private static final long PERIOD_MILLIS = 100;

    /** Functions of the library; each gives 0 or the code of an error. */
    interface Management extends Library {
        int nvmlInit_v2();

        int nvmlShutdown();

        int nvmlDeviceGetHandleByIndex_v2(int index, PointerByReference device);

        int nvmlDeviceGetUtilizationRates(Pointer device, Utilization utilization);

        int nvmlDeviceGetMemoryInfo(Pointer device, MemoryInfo memory);

        int nvmlDeviceGetPowerUsage(Pointer device, IntByReference milliwatts);
    }

    /** Shares of time, in percent. */
    @Structure.FieldOrder({"gpu", "memory"})
    public static class Utilization extends Structure {
        public int gpu;
        public int memory;
    }

    /** Bytes. */
    @Structure.FieldOrder({"total", "free", "used"})
    public static class MemoryInfo extends Structure {
        public long total;
        public long free;
        public long used;
    }

    /**
     * A moment.
     *
     * @param seconds since the meter was started
     * @param busyPercent part of the last moments in which a kernel ran
     * @param memoryMib device memory in use, by whomever
     * @param watts drawn
     */
    public record Sample(double seconds, int busyPercent, double memoryMib, double watts) {}

    /**
     * Of many moments.
     *
     * @param samples how many
     * @param meanBusyPercent mean use
     * @param firstMemoryMib at the start
     * @param mostMemoryMib at its peak
     * @param lastMemoryMib at the end
     * @param meanWatts mean power
     */
    public record Summary(
            int samples,
            double meanBusyPercent,
            double firstMemoryMib,
            double mostMemoryMib,
            double lastMemoryMib,
            double meanWatts) {}

    private final Management library;
    private final Pointer device;
    private final long start = System.nanoTime();
    private final List<Sample> samples = new ArrayList<>();
    private final Thread sampler;
    private volatile boolean ended;

    private GpuMeter(Management library, Pointer device) {
        this.library = library;
        this.device = device;
        sampler = new Thread(this::sample, "gpu-meter");
        sampler.setDaemon(true);
        if (library != null) {
            sampler.start();
        }
    }

    /** Starts to sample a device; the CPU, or a machine without the library, gives a meter without samples. */
    public static GpuMeter start(ScoringDevice device) {
        return device.gpu() ? start(device.index()) : new GpuMeter(null, null);
    }

    /** Starts to sample the GPU with that index. */
    public static GpuMeter start(int index) {
        try {
            Management library = Native.load(LIBRARY, Management.class);
            PointerByReference device = new PointerByReference();
            if (library.nvmlInit_v2() == 0 && library.nvmlDeviceGetHandleByIndex_v2(index, device) == 0) {
                return new GpuMeter(library, device.getValue());
            }
        } catch (UnsatisfiedLinkError e) {
            return new GpuMeter(null, null);
        }
        return new GpuMeter(null, null);
    }

    private void sample() {
        while (!ended) {
            Sample now = now();
            synchronized (samples) {
                samples.add(now);
            }
            try {
                Thread.sleep(PERIOD_MILLIS);
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    private Sample now() {
        Utilization utilization = new Utilization();
        library.nvmlDeviceGetUtilizationRates(device, utilization);
        IntByReference milliwatts = new IntByReference();
        library.nvmlDeviceGetPowerUsage(device, milliwatts);
        return new Sample((System.nanoTime() - start) / 1e9, utilization.gpu, memoryMib(), milliwatts.getValue() / 1e3);
    }

    /** Device memory in use now, by whomever; 0 without the library. */
    public double memoryMib() {
        if (library == null) {
            return 0;
        }
        MemoryInfo memory = new MemoryInfo();
        library.nvmlDeviceGetMemoryInfo(device, memory);
        return memory.used / (double) (1 << 20);
    }

    /** All moments so far. */
    public List<Sample> samples() {
        synchronized (samples) {
            return List.copyOf(samples);
        }
    }

    /** Those since the meter was started, or null if there are none. */
    public Summary summary() {
        List<Sample> all = samples();
        if (all.isEmpty()) {
            return null;
        }
        return new Summary(
                all.size(),
                mean(all, Sample::busyPercent),
                all.get(0).memoryMib(),
                all.stream().mapToDouble(Sample::memoryMib).max().orElse(0),
                all.get(all.size() - 1).memoryMib(),
                mean(all, Sample::watts));
    }

    private static double mean(List<Sample> samples, ToDoubleFunction<Sample> value) {
        return samples.stream().mapToDouble(value).average().orElse(0);
    }

    @Override
    public void close() {
        ended = true;
        if (library != null) {
            sampler.interrupt();
            try {
                sampler.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            library.nvmlShutdown();
        }
    }
}
