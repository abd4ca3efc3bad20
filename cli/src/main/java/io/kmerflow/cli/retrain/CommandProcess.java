package io.kmerflow.cli.retrain;

import io.kmerflow.cli.base.CommandFailure;
import io.kmerflow.cluster.ChildJvm;
import java.io.IOException;
import java.io.InputStream;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;

/**
 * A kmerflow command in a separate process, since PyTorch and Flink never share one. It ends when this process ends, even by
 * SIGKILL, so that a resumed run never meets an earlier one.
 */
final class CommandProcess {
    private static final String MAIN = "io.kmerflow.cli.Kmerflow";
    private static final int POLL_MILLIS = 200;
    private static final int END_SECONDS = 30;
    /** Of the end of a log: holds its last line. */
    private static final int SHOWN_BYTES = 1 << 14;

    private static final String OWN_WORDS = "kmerflow: ";

    private CommandProcess() {}

    /**
     * Runs it to its end.
     *
     * @param arguments of the command, its name first
     * @param log file that its output is appended to
     * @param progress hears the last line of the log whenever it changes
     * @throws CommandFailure with the command's own sentence if it fails
     */
    static void run(List<String> arguments, Path log, Consumer<String> progress)
            throws IOException, InterruptedException {
        long before = Files.exists(log) ? Files.size(log) : 0;
        List<String> jvm = ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                .filter(argument -> !argument.startsWith("-agentlib") && !argument.startsWith("-javaagent"))
                .toList();
        ChildJvm.Command command = new ChildJvm.Command(
                "kmerflow " + arguments.get(0),
                jvm,
                System.getProperty("java.class.path"),
                MAIN,
                arguments,
                Map.of(),
                log);
        int code;
        try (ChildJvm process = ChildJvm.start(command)) {
            String said = "";
            while (process.alive()) {
                Thread.sleep(POLL_MILLIS);
                String last = lastLine(log, before);
                if (!last.equals(said)) {
                    said = last;
                    progress.accept(last);
                }
            }
            code = process.await(END_SECONDS);
        }
        if (code != 0) {
            throw new CommandFailure(String.format(
                    Locale.ROOT,
                    "kmerflow %s ended with code %d: %s; see %s",
                    arguments.get(0),
                    code,
                    reason(log, before),
                    log));
        }
    }

    /** What was appended to a log from a place on. */
    private static String since(Path log, long from) throws IOException {
        if (!Files.exists(log)) {
            return "";
        }
        try (InputStream in = Files.newInputStream(log)) {
            in.skipNBytes(Math.min(from, Files.size(log)));
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static String lastLine(Path log, long before) throws IOException {
        long end = Files.exists(log) ? Files.size(log) : 0;
        return since(log, Math.max(before, end - SHOWN_BYTES))
                .lines()
                .filter(line -> !line.isBlank())
                .reduce((earlier, later) -> later)
                .orElse("");
    }

    private static String reason(Path log, long before) throws IOException {
        return since(log, before)
                .lines()
                .filter(line -> line.startsWith(OWN_WORDS))
                .reduce((earlier, later) -> later)
                .map(line -> line.substring(OWN_WORDS.length()))
                .orElse(lastLine(log, before));
    }
}
