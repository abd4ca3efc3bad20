package io.kmerflow.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine;

/** A command that runs until it is stopped, in this process; closing it stops it. */
public final class RunningCommand implements AutoCloseable {
    private static final long POLL_MILLIS = 50;

    private final StringWriter text = new StringWriter();
    private final Thread thread;

    private RunningCommand(String... words) {
        CommandLine line = Kmerflow.commandLine();
        line.setOut(new PrintWriter(text));
        line.setErr(new PrintWriter(text));
        thread = new Thread(() -> line.execute(words));
    }

    /** Starts with the arguments as the shell would hand them over. */
    public static RunningCommand start(Object... args) {
        String[] words = new String[args.length];
        for (int i = 0; i < args.length; i++) {
            words[i] = args[i].toString();
        }
        RunningCommand command = new RunningCommand(words);
        command.thread.start();
        return command;
    }

    /** Waits until the command has printed what the pattern finds, or has ended; gives the pattern's first group. */
    public String await(Pattern pattern) throws InterruptedException {
        while (thread.isAlive() && !pattern.matcher(text.toString()).find()) {
            Thread.sleep(POLL_MILLIS);
        }
        Matcher matcher = pattern.matcher(text.toString());
        assertThat(matcher.find()).as(text.toString()).isTrue();
        return matcher.group(1);
    }

    /** All that it has printed, on both streams. */
    public String text() {
        return text.toString();
    }

    @Override
    public void close() {
        thread.interrupt();
        try {
            thread.join(TimeUnit.MINUTES.toMillis(1));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        assertThat(thread.isAlive()).as("the command has ended").isFalse();
    }
}
