package io.kmerflow.cli.retrain;

import io.kmerflow.cli.base.CommandFailure;
import io.kmerflow.cluster.ChildJvm;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;

/**
 * A kmerflow command in a process of its own, since PyTorch and Flink never share one. It ends when this process ends, however
 * that comes about, so that whoever resumes finds nobody at work.
 */
final class CommandProcess {
    private static final String MAIN = "io.kmerflow.cli.Kmerflow";
    private static final int POLL_MILLIS = 200;
    private static final int END_SECONDS = 30;
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

    private static String since(Path log, long before) throws IOException {
        byte[] all = Files.exists(log) ? Files.readAllBytes(log) : new byte[0];
        int from = (int) Math.min(before, all.length);
        return new String(all, from, all.length - from, StandardCharsets.UTF_8);
    }

    private static String lastLine(Path log, long before) throws IOException {
        List<String> lines =
                since(log, before).lines().filter(line -> !line.isBlank()).toList();
        return lines.isEmpty() ? "" : lines.get(lines.size() - 1);
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
