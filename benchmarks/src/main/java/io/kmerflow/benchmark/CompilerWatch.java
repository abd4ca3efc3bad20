package io.kmerflow.benchmark;

import java.lang.management.CompilationMXBean;
import java.lang.management.ManagementFactory;

/** How busy the JVM's compilers are: until they are idle, what is measured is partly they. */
final class CompilerWatch {
    /** Of one core: below it the compilers are idle. */
    static final double IDLE_SHARE = 0.02;

    private static final double NANOS_PER_MILLI = 1e6;

    private final CompilationMXBean compilers = ManagementFactory.getCompilationMXBean();
    private long millis = compilers.getTotalCompilationTime();
    private long nanos = System.nanoTime();

    /** Part of one core that the compilers took since the last call, or since this was made. */
    double share() {
        long nowMillis = compilers.getTotalCompilationTime();
        long nowNanos = System.nanoTime();
        double share = (nowMillis - millis) * NANOS_PER_MILLI / Math.max(1, nowNanos - nanos);
        millis = nowMillis;
        nanos = nowNanos;
        return share;
    }
}
