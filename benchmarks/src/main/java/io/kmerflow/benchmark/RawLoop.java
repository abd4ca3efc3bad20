package io.kmerflow.benchmark;

import io.kmerflow.bundle.ModelBundle;
import java.nio.file.Path;

/** Main class of a process that scores windows with the raw runtime on one thread, for as long as it is told. */
final class RawLoop {
    /** Before the figure, in its output. */
    static final String RATE = "windows_per_s ";

    private static final int BATCHES = 2;

    private RawLoop() {}

    /** @param args bundle, windows per call, when to begin (milliseconds since 1970), seconds */
    public static void main(String[] args) throws Exception {
        ModelBundle bundle = ModelBundle.read(Path.of(args[0]));
        int batchWindows = Integer.parseInt(args[1]);
        long begin = Long.parseLong(args[2]);
        long nanos = Long.parseLong(args[3]) * 1_000_000_000L;
        int windowBases = bundle.contract().windower().windowBases();
        try (RawRuntime runtime = new RawRuntime(
                bundle,
                RawRuntime.Way.SIDE_BY_SIDE,
                1,
                BenchJob.randomWindows(BATCHES * batchWindows, windowBases),
                batchWindows)) {
            runtime.windowsPerSecond();
            if (System.currentTimeMillis() > begin) {
                throw new IllegalStateException("Expected to be warm in time, the machine is too busy");
            }
            while (System.currentTimeMillis() < begin) {
                runtime.windowsPerSecond();
            }
            long start = System.nanoTime();
            long windows = 0;
            long now = start;
            while (now - start < nanos) {
                runtime.windowsPerSecond();
                windows += runtime.windows();
                now = System.nanoTime();
            }
            System.out.println(RATE + windows * 1e9 / (now - start));
        }
    }
}
