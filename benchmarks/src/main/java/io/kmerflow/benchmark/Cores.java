package io.kmerflow.benchmark;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** CPU cores a process may run on (Linux). */
final class Cores {
    private Cores() {}

    /** Numbers of the cores this process may run on, ascending. */
    static List<Integer> ofThisProcess() throws IOException {
        return parse(ProcessStatus.field(ProcessHandle.current().pid(), "Cpus_allowed_list"));
    }

    /** Numbers of a list in Linux's way, for example {@code 0-2,7}. */
    static List<Integer> parse(String list) {
        List<Integer> cores = new ArrayList<>();
        for (String range : list.split(",")) {
            String[] ends = range.split("-");
            for (int core = Integer.parseInt(ends[0]); core <= Integer.parseInt(ends[ends.length - 1]); core++) {
                cores.add(core);
            }
        }
        return cores;
    }

    /**
     * Confines every thread of a process, and those it starts later, to some cores.
     *
     * @throws IllegalStateException if the system does not
     */
    static void pin(long pid, List<Integer> cores) throws InterruptedException {
        String list = cores.stream().map(String::valueOf).collect(Collectors.joining(","));
        try {
            Process taskset = new ProcessBuilder("taskset", "-a", "-c", "-p", list, Long.toString(pid))
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            if (taskset.waitFor() != 0) {
                throw new IllegalStateException(String.format(
                        Locale.ROOT,
                        "Expected to confine process %d to the cores %s, 'taskset' ended with code %d",
                        pid,
                        list,
                        taskset.exitValue()));
            }
        } catch (IOException e) {
            throw new IllegalStateException(
                    "Expected the program 'taskset' (of util-linux) to confine processes to cores, got "
                            + e.getMessage(),
                    e);
        }
    }
}
