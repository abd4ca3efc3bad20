package io.kmerflow.corpus.backfill;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonInclude.Include;
import com.fasterxml.jackson.core.JsonProcessingException;
import io.kmerflow.bundle.JsonMappers;
import io.kmerflow.job.kafka.TopicRange;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.flink.util.FileUtils;

/**
 * The folder that a backfill is continued from: {@code backfill.json}, what was asked for and how far it has come, and the checkpoints
 * of its job. Of one process at a time.
 */
public final class BackfillFolder implements AutoCloseable {
    private static final String JOURNAL = "backfill.json";
    private static final String LOCK = "lock";
    private static final String CHECKPOINTS = "checkpoints";
    private static final String METADATA = "_metadata";
    private static final int FORMAT = 1;
    private static final Set<PosixFilePermission> OWNER_ALONE = PosixFilePermissions.fromString("rwx------");

    /**
     * What the folder says.
     *
     * @param format version of the file, {@value BackfillFolder#FORMAT}
     * @param id of the backfill, part of its transactions' names
     * @param settings on which its annotations depend, by name
     * @param range of the reads topic, fixed at the first start
     * @param taken offsets of the range that were taken from the topic, at least
     * @param reads annotated; after a kill those of the last seconds may be counted twice
     * @param called those of them with a call over the read
     * @param deadLetters written, counted like the reads
     * @param finished whether the range is done
     */
    @JsonInclude(Include.NON_NULL)
    public record Journal(
            int format,
            String id,
            SortedMap<String, String> settings,
            TopicRange range,
            long taken,
            long reads,
            long called,
            long deadLetters,
            boolean finished) {
        /** Of a backfill that begins. */
        public static Journal begin(String id, SortedMap<String, String> settings, TopicRange range) {
            return new Journal(FORMAT, id, new TreeMap<>(settings), range, 0, 0, 0, 0, false);
        }

        /** With so much done, over all runs. */
        public Journal with(long allTaken, long allReads, long allCalled, long allDeadLetters, boolean isFinished) {
            return new Journal(format, id, settings, range, allTaken, allReads, allCalled, allDeadLetters, isFinished);
        }

        /** The first setting that differs, as a sentence; empty if none does. */
        public Optional<String> difference(SortedMap<String, String> other) {
            SortedMap<String, String> all = new TreeMap<>(settings);
            other.forEach(all::putIfAbsent);
            return all.keySet().stream()
                    .filter(name -> !settings.getOrDefault(name, "").equals(other.getOrDefault(name, "")))
                    .findFirst()
                    .map(name -> String.format(
                            Locale.ROOT,
                            "Expected %s %s, as the backfill was begun, got %s",
                            name,
                            shown(settings.get(name)),
                            shown(other.get(name))));
        }

        private static String shown(String value) {
            return value == null ? "(none)" : "'" + value + "'";
        }
    }

    private final Path folder;
    private final FileChannel channel;

    private BackfillFolder(Path folder, FileChannel channel) {
        this.folder = folder;
        this.channel = channel;
    }

    /**
     * Opens a folder, or makes it.
     *
     * @throws IllegalArgumentException if something else is in it, or another process works there
     */
    public static BackfillFolder open(Path folder) throws IOException {
        if (Files.exists(folder) && !Files.isDirectory(folder)) {
            throw new IllegalArgumentException(
                    String.format(Locale.ROOT, "Expected a folder at %s, got a file", folder));
        }
        Files.createDirectories(folder);
        if (!Files.exists(folder.resolve(JOURNAL))) {
            try (Stream<Path> files = Files.list(folder)) {
                Optional<Path> other = files.filter(file -> !file.endsWith(LOCK) && !file.endsWith(CHECKPOINTS))
                        .findFirst();
                if (other.isPresent()) {
                    throw new IllegalArgumentException(String.format(
                            Locale.ROOT,
                            "Expected a new folder, an empty one or that of a backfill at %s, got one with %s",
                            folder,
                            other.get().getFileName()));
                }
            }
        }
        Files.setPosixFilePermissions(folder, OWNER_ALONE); // checkpoints may hold long reads
        FileChannel channel =
                FileChannel.open(folder.resolve(LOCK), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        if (lock(channel) == null) {
            channel.close();
            throw new IllegalArgumentException(
                    String.format(Locale.ROOT, "Expected a folder that no other backfill works in, got %s", folder));
        }
        return new BackfillFolder(folder, channel);
    }

    private static FileLock lock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock(); // let go when the channel is closed or the process ends
        } catch (OverlappingFileLockException e) {
            return null;
        }
    }

    /**
     * What it says, empty before the first start.
     *
     * @throws IllegalArgumentException if it cannot be read
     */
    public Optional<Journal> journal() {
        Path file = folder.resolve(JOURNAL);
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        try {
            Journal journal = JsonMappers.INDENTED.readValue(Files.readString(file), Journal.class);
            if (journal.format() != FORMAT) {
                throw new IllegalArgumentException(String.format(
                        Locale.ROOT, "Expected a journal of format %d at %s, got %d", FORMAT, file, journal.format()));
            }
            return Optional.of(journal);
        } catch (IOException e) {
            String problem = e instanceof JsonProcessingException json ? json.getOriginalMessage() : e.toString();
            throw new IllegalArgumentException(
                    String.format(Locale.ROOT, "Expected the journal of a backfill at %s, got: %s", file, problem), e);
        }
    }

    /** Says it, all or nothing. */
    public void write(Journal journal) {
        try {
            Path next = Files.writeString(
                    folder.resolve(JOURNAL + ".new"), JsonMappers.INDENTED.writeValueAsString(journal) + "\n");
            Files.move(next, folder.resolve(JOURNAL), StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Where the job puts checkpoints. */
    public Path checkpoints() {
        return folder.resolve(CHECKPOINTS);
    }

    /** The newest complete checkpoint or savepoint: Flink gives one its metadata when it is complete. */
    public Optional<Path> newestCheckpoint() throws IOException {
        if (!Files.isDirectory(checkpoints())) {
            return Optional.empty();
        }
        try (Stream<Path> files = Files.find(checkpoints(), 3, (file, attributes) -> file.endsWith(METADATA))) {
            return files.max(Comparator.comparing(BackfillFolder::modified)).map(Path::getParent);
        }
    }

    private static long modified(Path file) {
        try {
            return Files.getLastModifiedTime(file).toMillis();
        } catch (IOException e) {
            return Long.MIN_VALUE; // removed meanwhile
        }
    }

    /** Removes the checkpoints: there is nothing to continue. */
    public void removeCheckpoints() throws IOException {
        FileUtils.deleteFileOrDirectory(checkpoints().toFile());
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
