package io.kmerflow.cluster;

import java.io.File;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A Java process of ours, with its output in a file. It ends when it is killed, and with this process, even if that is killed. */
public final class ChildJvm implements AutoCloseable {
    private static final int SHOWN_LINES = 3;
    private static final int END_SECONDS = 30;

    private final String name;
    private final Path log;
    private final Process process;

    private ChildJvm(String name, Path log, Process process) {
        this.name = name;
        this.log = log;
        this.process = process;
    }

    /**
     * What to start.
     *
     * @param name for messages, and of its log
     * @param jvmArguments heap, properties, opens
     * @param classPath as after {@code -cp}
     * @param mainClass its main class; {@link ChildMain} runs it
     * @param arguments of the main class
     * @param environment added to this process's own
     * @param log file that standard output and error are appended to
     */
    public record Command(
            String name,
            List<String> jvmArguments,
            String classPath,
            String mainClass,
            List<String> arguments,
            Map<String, String> environment,
            Path log) {}

    /**
     * Starts it.
     *
     * @throws ClusterException if the system cannot
     */
    public static ChildJvm start(Command command) {
        List<String> line = new ArrayList<>();
        line.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        line.addAll(compilers());
        line.addAll(command.jvmArguments());
        line.addAll(List.of("-cp", withChildMain(command.classPath()), ChildMain.class.getName(), command.mainClass()));
        line.addAll(command.arguments());
        ProcessBuilder builder = new ProcessBuilder(line)
                .redirectErrorStream(true)
                .redirectOutput(Redirect.appendTo(command.log().toFile()));
        builder.environment().putAll(command.environment());
        try {
            return new ChildJvm(command.name(), command.log(), builder.start());
        } catch (IOException e) {
            throw new ClusterException(
                    String.format(Locale.ROOT, "Expected to start %s, got %s", command.name(), e.getMessage()), e);
        }
    }

    /** Which compilers this process has: a test that does without the second one starts processes that do, too. */
    private static List<String> compilers() {
        return ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                .filter(argument -> argument.startsWith("-XX:TieredStopAtLevel"))
                .toList();
    }

    /** Last, so that whatever is started finds its own classes first. */
    private static String withChildMain(String classPath) {
        try {
            URI place = ChildMain.class
                    .getProtectionDomain()
                    .getCodeSource()
                    .getLocation()
                    .toURI();
            return classPath + File.pathSeparator + Path.of(place);
        } catch (URISyntaxException e) {
            throw new IllegalStateException("Expected classes in a file or folder", e);
        }
    }

    /** Its process id. */
    public long pid() {
        return process.pid();
    }

    /** Whether it runs. */
    public boolean alive() {
        return process.isAlive();
    }

    /**
     * Fails if the process ended by itself.
     *
     * @throws ClusterException with its exit code and the last lines it wrote
     */
    public void requireAlive() {
        if (!process.isAlive()) {
            throw new ClusterException(String.format(
                    Locale.ROOT,
                    "Expected %s to run, it ended with code %d; see %s%s",
                    name,
                    process.exitValue(),
                    log.getParent(),
                    lastLines()));
        }
    }

    private String lastLines() {
        try {
            String text = new String(Files.readAllBytes(log), StandardCharsets.UTF_8).strip();
            String[] lines = text.split("\n");
            String[] last = Arrays.copyOfRange(lines, Math.max(0, lines.length - SHOWN_LINES), lines.length);
            return text.isEmpty() ? "" : ": " + String.join(" | ", last);
        } catch (IOException e) {
            return "";
        }
    }

    /** Waits for the end, at most so long, and gives the exit code; kills what takes longer. */
    public int await(int seconds) throws InterruptedException {
        if (!process.waitFor(seconds, TimeUnit.SECONDS)) {
            kill();
            throw new ClusterException(
                    String.format(Locale.ROOT, "Expected %s to end within %d s; see %s", name, seconds, log));
        }
        return process.exitValue();
    }

    /** SIGKILL, as {@code kill -9}; returns when the process is gone. */
    public void kill() throws InterruptedException {
        process.destroyForcibly();
        if (!process.waitFor(END_SECONDS, TimeUnit.SECONDS)) {
            throw new ClusterException(
                    String.format(Locale.ROOT, "Expected process %d (%s) to end when killed", process.pid(), name));
        }
    }

    /** Kills it. */
    @Override
    public void close() {
        try {
            kill();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
