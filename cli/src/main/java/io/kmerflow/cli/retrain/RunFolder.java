package io.kmerflow.cli.retrain;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * The folder of one retraining, for its owner alone, since it holds reads. Locked while a process works on it.
 *
 * @param path the folder
 */
record RunFolder(Path path) {
    private static final String LOCK = ".lock";

    Path range() {
        return path.resolve("range.json");
    }

    Path corpus() {
        return path.resolve("corpus");
    }

    Path train() {
        return path.resolve("train");
    }

    Path heldOut() {
        return path.resolve("held-out");
    }

    Path ledger() {
        return path.resolve(HeldOutLedger.FILE);
    }

    Path profileReads() {
        return path.resolve("profile.fastq");
    }

    Path parent() {
        return path.resolve("parent");
    }

    Path pretrain() {
        return path.resolve("pretrain");
    }

    Path start() {
        return path.resolve("start");
    }

    Path finetune() {
        return path.resolve("finetune");
    }

    Path bundle() {
        return path.resolve("bundle");
    }

    Path measured() {
        return path.resolve("measured.json");
    }

    Path report() {
        return path.resolve("report.html");
    }

    Path log(Step step) throws IOException {
        return Files.createDirectories(path.resolve("logs")).resolve(step.key() + ".log");
    }

    /**
     * The hold of this process on the folder; it is free again when this is closed or the process ends, however that comes about.
     *
     * @param channel of the lock file
     */
    record Lock(FileChannel channel) implements AutoCloseable {
        /** Fails if it was let go. */
        void require() {
            if (!channel.isOpen()) {
                throw new IllegalStateException("Expected a lock that is held");
            }
        }

        @Override
        public void close() throws IOException {
            channel.close();
        }
    }

    /**
     * Takes the folder, made if need be.
     *
     * @throws IllegalArgumentException if another process works on it
     */
    Lock lock() throws IOException {
        if (!Files.exists(path)) {
            Files.createDirectories(path);
            Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwx------"));
        }
        FileChannel channel = FileChannel.open(path.resolve(LOCK), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        FileLock lock;
        try {
            lock = channel.tryLock();
        } catch (OverlappingFileLockException e) {
            lock = null;
        }
        if (lock == null) {
            channel.close();
            throw new IllegalArgumentException(String.format(
                    Locale.ROOT, "Expected a run that nobody works on, another process does in %s", path));
        }
        return new Lock(channel);
    }

    /**
     * Looks whether a run may begin here: its steps remove what they find in their places.
     *
     * @throws IllegalArgumentException if there is something in it that no run has made
     */
    void requireEmpty() throws IOException {
        if (Files.exists(path) && !Files.isDirectory(path)) {
            throw new IllegalArgumentException(
                    String.format(Locale.ROOT, "Expected a folder for the run, got a file at %s", path));
        }
        if (!Files.isDirectory(path)) {
            return;
        }
        try (Stream<Path> files = Files.list(path)) {
            files.filter(file -> !file.endsWith(LOCK) && !file.endsWith(Journal.PARTIAL))
                    .findAny()
                    .ifPresent(file -> {
                        throw new IllegalArgumentException(String.format(
                                Locale.ROOT,
                                "Expected a new or empty folder, or that of a run, got %s with %s in it",
                                path,
                                file.getFileName()));
                    });
        }
    }

    /** Removes what an attempt that was cut off left of one of the places of this folder. */
    static void remove(Path place) throws IOException {
        List<Path> partial;
        try (Stream<Path> siblings = Files.list(place.toAbsolutePath().getParent())) {
            String hidden = "." + place.getFileName();
            partial = siblings.filter(path -> path.getFileName().toString().startsWith(hidden))
                    .toList();
        }
        for (Path path : Stream.concat(Stream.of(place), partial.stream()).toList()) {
            if (Files.exists(path)) {
                try (Stream<Path> files = Files.walk(path)) {
                    for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                        Files.delete(file);
                    }
                }
            }
        }
    }
}
