package io.kmerflow.benchmark;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/** What a process takes: memory as Linux reports it in {@code /proc/PID/status}, and CPU time. */
final class ProcessStatus {
    private static final double KIBI = 1024;

    private ProcessStatus() {}

    /** CPU time of this process so far, all threads. */
    static long cpuNanos() {
        return ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean()).getProcessCpuTime();
    }

    /** Resident memory of this process, MiB. */
    static double residentMebibytes() throws IOException {
        return mebibytes(ProcessHandle.current().pid(), "VmRSS");
    }

    /** Most resident memory that a process ever had, MiB. */
    static double peakResidentMebibytes(long pid) throws IOException {
        return mebibytes(pid, "VmHWM");
    }

    private static double mebibytes(long pid, String field) throws IOException {
        return Long.parseLong(field(pid, field).split(" ")[0]) / KIBI;
    }

    /** Value of a field, stripped. */
    static String field(long pid, String field) throws IOException {
        try (var lines = Files.lines(Path.of("/proc/" + pid + "/status"))) {
            return lines.filter(line -> line.startsWith(field + ":"))
                    .findFirst()
                    .orElseThrow(() -> new IOException(
                            String.format(Locale.ROOT, "Expected '%s' in the status of process %d", field, pid)))
                    .substring(field.length() + 1)
                    .strip();
        }
    }
}
