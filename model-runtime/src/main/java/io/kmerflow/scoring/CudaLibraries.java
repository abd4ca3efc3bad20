package io.kmerflow.scoring;

import com.sun.jna.NativeLibrary;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The CUDA 12 libraries that ONNX Runtime's CUDA provider is linked with. They are opened before it, so that it finds them
 * wherever they lie: in a folder of ours, or else on the system's library path.
 *
 * <p>The folder is that of the environment variable {@value #FOLDER}, which the packaged form sets, or the cache that the Maven
 * profile {@code gpu} fills.
 */
public final class CudaLibraries {
    /** Environment variable that names a folder of CUDA libraries. */
    public static final String FOLDER = "KMERFLOW_CUDA";

    private static final String CACHE = ".cache/kmerflow/cuda-12";
    private static final String RUNTIME = "libcudart.so.12";
    /** Came with CUDA 12.8; ONNX Runtime's provider calls it. */
    private static final String NEWEST_FUNCTION = "cudaLibraryGetKernel";

    /** In an order in which each finds those before it. */
    private static final List<String> NEEDED =
            List.of(RUNTIME, "libcublasLt.so.12", "libcublas.so.12", "libcurand.so.10");
    /** What ONNX Runtime opens when an operator asks for it; it opens the other parts of cuDNN beside it. */
    private static final List<String> WHERE_THERE = List.of("libcudnn.so.9");

    /** Open until the process ends. */
    private static final Map<String, NativeLibrary> OPENED = new TreeMap<>();

    private CudaLibraries() {}

    /**
     * Opens them; a second call opens only what failed in the first.
     *
     * @return names of those that are needed and not found
     */
    public static synchronized List<String> open() {
        Path folder = folder();
        List<String> missing = new ArrayList<>();
        for (String name : NEEDED) {
            if (!open(folder, name)) {
                missing.add(name);
            }
        }
        WHERE_THERE.forEach(name -> open(folder, name));
        if (!missing.contains(RUNTIME) && !has(OPENED.get(RUNTIME), NEWEST_FUNCTION)) {
            missing.add(RUNTIME + " of 12.8 or newer");
        }
        return missing;
    }

    /** Where they are looked for first; need not exist. */
    public static Path folder() {
        String named = System.getenv(FOLDER);
        return named == null || named.isEmpty() ? Path.of(System.getProperty("user.home"), CACHE) : Path.of(named);
    }

    static boolean has(NativeLibrary library, String function) {
        try {
            library.getFunction(function);
            return true;
        } catch (UnsatisfiedLinkError e) {
            return false;
        }
    }

    private static boolean open(Path folder, String name) {
        if (OPENED.containsKey(name)) {
            return true;
        }
        Path file = folder.resolve(name);
        try {
            OPENED.put(name, NativeLibrary.getInstance(Files.exists(file) ? file.toString() : name));
            return true;
        } catch (UnsatisfiedLinkError e) {
            return false;
        }
    }
}
