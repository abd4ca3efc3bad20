package io.kmerflow.cli.base;

import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/** The folder where Flink and the native libraries put their files while a command runs. */
public final class TemporaryFolder {
    private static final long NEEDED_BYTES = 96L << 20;
    private static final String REMEDY =
            "give another one with KMERFLOW_JAVA_OPTS=-Djava.io.tmpdir=DIR in the environment";

    private TemporaryFolder() {}

    private static Path folder() {
        return Path.of(System.getProperty("java.io.tmpdir"));
    }

    /**
     * Looks at it before anything is started.
     *
     * @throws CommandFailure if files cannot be written there, or too few
     */
    public static void require() {
        Path folder = folder();
        if (!Files.isDirectory(folder) || !Files.isWritable(folder)) {
            throw new CommandFailure(String.format(
                    Locale.ROOT,
                    "Expected a folder for temporary files that can be written, got %s, which %s; %s",
                    folder,
                    Files.isDirectory(folder) ? "cannot be" : "is none",
                    REMEDY));
        }
        try {
            FileStore store = Files.getFileStore(folder);
            if (store.getUsableSpace() < NEEDED_BYTES) {
                throw new CommandFailure(String.format(
                        Locale.ROOT,
                        "Expected %d MiB free for temporary files in %s, got %d MiB free; %s",
                        NEEDED_BYTES >> 20,
                        folder,
                        store.getUsableSpace() >> 20,
                        REMEDY));
            }
        } catch (IOException e) {
            throw new CommandFailure(
                    String.format(
                            Locale.ROOT,
                            "Expected to look at the folder for temporary files %s, got: %s; %s",
                            folder,
                            e.getMessage(),
                            REMEDY),
                    e);
        }
    }

    /** A sentence if the error says that libraries cannot be loaded from that folder; else null. */
    public static String sentence(Throwable error) {
        for (Throwable cause = error; cause != null; cause = cause.getCause()) {
            String message = String.valueOf(cause.getMessage());
            boolean refused = message.contains("failed to map segment") || message.contains("Operation not permitted");
            if (refused && message.contains(folder().toString())) {
                return String.format(
                        Locale.ROOT,
                        "Expected a folder for temporary files that libraries can be loaded from, got %s, which is mounted noexec; %s",
                        folder(),
                        REMEDY);
            }
        }
        return null;
    }
}
