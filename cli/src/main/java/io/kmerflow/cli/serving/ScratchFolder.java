package io.kmerflow.cli.serving;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import org.apache.flink.util.FileUtils;

/**
 * A folder of this process below the temporary folder, removed when the process ends, by SIGTERM and SIGINT too. A killed
 * process leaves its folder; the next one that starts removes it. Which folders are left over a lock tells: each process holds
 * one on a file in its own, and the operating system lets go of it however the process ends.
 */
final class ScratchFolder {
    private static final String PREFIX = "kmerflow-serve-";
    private static final String LOCK = "lock";
    private static final int ATTEMPTS = 100;
    private static final long PAUSE_NANOS = 20_000_000;
    /**
     * Of this process, until it ends. The garbage collector must not close the locks, and no lock file of our own may be opened
     * a second time: closing it then would let go of the lock (POSIX).
     */
    private static final Map<Path, FileLock> HELD = new HashMap<>();

    private ScratchFolder() {}

    /**
     * Makes one, and removes those of processes that are no more.
     *
     * @param temporary where
     * @param before runs first when the process is asked to end: it stops whoever writes into the folder
     */
    static synchronized Path create(Path temporary, Runnable before) throws IOException {
        removeLeftovers(temporary);
        Path folder = Files.createTempDirectory(temporary, PREFIX); // for its owner only
        Path unnamed = folder.resolve("new");
        FileChannel channel = FileChannel.open(unnamed, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        HELD.put(folder.toRealPath(), channel.lock());
        Files.move(unnamed, folder.resolve(LOCK), StandardCopyOption.ATOMIC_MOVE); // locked before it has its name
        Runtime.getRuntime()
                .addShutdownHook(new Thread(
                        () -> {
                            try {
                                before.run();
                            } finally {
                                remove(folder);
                            }
                        },
                        "remove-scratch"));
        return folder;
    }

    private static void removeLeftovers(Path temporary) throws IOException {
        try (DirectoryStream<Path> folders = Files.newDirectoryStream(temporary, PREFIX + "*")) {
            for (Path folder : folders) {
                if (Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)
                        && !HELD.containsKey(folder.toRealPath())
                        && isLeftOver(folder.resolve(LOCK))) {
                    remove(folder);
                }
            }
        }
    }

    /** A folder without a lock file is being made, or is somebody else's. */
    private static boolean isLeftOver(Path lock) {
        if (!Files.isRegularFile(lock, LinkOption.NOFOLLOW_LINKS)) {
            return false;
        }
        try (FileChannel channel = FileChannel.open(lock, StandardOpenOption.WRITE);
                FileLock taken = channel.tryLock()) {
            return taken != null;
        } catch (IOException e) {
            return false; // not ours to open
        }
    }

    /**
     * Removes the folder while something may still write into it, its lock last: a folder that could not be emptied keeps it, and
     * the next start tries again.
     */
    private static void remove(Path folder) {
        for (int attempt = 0; attempt < ATTEMPTS && Files.exists(folder); attempt++) {
            try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
                boolean empty = true;
                for (Path file : files) {
                    if (!file.endsWith(LOCK)) {
                        empty = false;
                        FileUtils.deleteFileOrDirectory(file.toFile());
                    }
                }
                if (empty) {
                    Files.deleteIfExists(folder.resolve(LOCK));
                    Files.deleteIfExists(folder);
                }
            } catch (IOException e) {
                LockSupport.parkNanos(PAUSE_NANOS); // something was written just now
            }
        }
    }
}
