package io.kmerflow.scoring;

import com.sun.jna.Library;
import com.sun.jna.Native;
import com.sun.jna.ptr.IntByReference;
import com.sun.jna.ptr.LongByReference;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * NVIDIA's driver and its GPUs, as the driver's own library (libcuda.so.1) tells of them; no CUDA library is needed to ask.
 *
 * @param cudaVersion newest CUDA that the driver runs, for example 12.6; null without a driver
 * @param gpus in the driver's order
 * @param problem why there is no GPU to be had, in a few words; null if there is one
 */
public record NvidiaDriver(String cudaVersion, List<Gpu> gpus, String problem) {
    private static final String LIBRARY = "libcuda.so.1";
    private static final int NO_DEVICE = 100;
    private static final int MULTIPROCESSORS = 16;
    private static final int CAPABILITY_MAJOR = 75;
    private static final int CAPABILITY_MINOR = 76;
    private static final int NAME_BYTES = 256;

    /**
     * A GPU.
     *
     * @param index from 0
     * @param name as its maker calls it
     * @param memoryBytes of device memory
     * @param multiprocessors that run kernels side by side
     * @param computeCapability for example 9.0
     */
    public record Gpu(int index, String name, long memoryBytes, int multiprocessors, String computeCapability) {}

    /** Functions of the driver; each gives 0 or CUDA's code of an error. */
    interface Cuda extends Library {
        int cuInit(int flags);

        int cuDriverGetVersion(IntByReference version);

        int cuDeviceGetCount(IntByReference count);

        int cuDeviceGet(IntByReference device, int index);

        int cuDeviceGetName(byte[] name, int length, int device);

        int cuDeviceTotalMem_v2(LongByReference bytes, int device);

        int cuDeviceGetAttribute(IntByReference value, int attribute, int device);
    }

    public NvidiaDriver {
        gpus = List.copyOf(gpus);
    }

    /** Asks the driver of this machine. */
    public static NvidiaDriver ofMachine() {
        Cuda cuda;
        try {
            cuda = Native.load(LIBRARY, Cuda.class);
        } catch (UnsatisfiedLinkError e) {
            return none(null, "there is no NVIDIA driver (" + LIBRARY + "), so no GPU");
        }
        return of(cuda);
    }

    static NvidiaDriver of(Cuda cuda) {
        int error = cuda.cuInit(0);
        IntByReference number = new IntByReference();
        String version = cuda.cuDriverGetVersion(number) == 0
                ? number.getValue() / 1000 + "." + number.getValue() % 1000 / 10
                : null;
        if (error == NO_DEVICE) {
            return none(version, "the NVIDIA driver finds no GPU");
        }
        if (error != 0) {
            return none(version, String.format(Locale.ROOT, "the NVIDIA driver does not start (CUDA error %d)", error));
        }
        int count = value(cuda.cuDeviceGetCount(number), number);
        List<Gpu> gpus = new ArrayList<>();
        for (int index = 0; index < count; index++) {
            gpus.add(gpu(cuda, index));
        }
        return new NvidiaDriver(version, gpus, gpus.isEmpty() ? "the NVIDIA driver finds no GPU" : null);
    }

    private static NvidiaDriver none(String version, String problem) {
        return new NvidiaDriver(version, List.of(), problem);
    }

    private static Gpu gpu(Cuda cuda, int index) {
        IntByReference number = new IntByReference();
        int device = value(cuda.cuDeviceGet(number, index), number);
        byte[] name = new byte[NAME_BYTES];
        cuda.cuDeviceGetName(name, NAME_BYTES, device);
        int end = 0;
        while (end < name.length && name[end] != 0) {
            end++;
        }
        LongByReference bytes = new LongByReference();
        cuda.cuDeviceTotalMem_v2(bytes, device);
        return new Gpu(
                index,
                new String(name, 0, end, StandardCharsets.UTF_8),
                bytes.getValue(),
                attribute(cuda, MULTIPROCESSORS, device),
                attribute(cuda, CAPABILITY_MAJOR, device) + "." + attribute(cuda, CAPABILITY_MINOR, device));
    }

    private static int attribute(Cuda cuda, int attribute, int device) {
        IntByReference number = new IntByReference();
        return value(cuda.cuDeviceGetAttribute(number, attribute, device), number);
    }

    private static int value(int error, IntByReference number) {
        return error == 0 ? number.getValue() : 0;
    }
}
