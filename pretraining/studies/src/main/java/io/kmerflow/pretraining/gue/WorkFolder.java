package io.kmerflow.pretraining.gue;

import io.kmerflow.pretraining.Provenance;
import io.kmerflow.pretraining.settings.JsonMappers;
import io.kmerflow.sequence.Sha256;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Where finished runs are kept, one small file each, and the run under way with its checkpoints. The name of a run ends
 * with the digest of everything that made it, so that a changed setting or data file is never taken for a run that is done.
 */
final class WorkFolder {
    private static final int DIGITS = 12;

    /**
     * What a finished run left.
     *
     * @param digest of what made it
     * @param calls class of each test row, in the file's order
     * @param figures of the run
     * @param commit that trained it; for the record alone
     * @param seconds it took in the end; for the record alone
     * @param software versions that trained it, and its device; null for the control and for runs of before 2026-11-25
     */
    record Finished(
            String digest,
            int[] calls,
            RunFigures figures,
            String commit,
            long seconds,
            Provenance.Software software) {}

    /** A run by its name and the digest of what makes it. */
    record Key(String name, String digest) {
        static Key of(String name, Map<String, Object> made) {
            try {
                byte[] text = JsonMappers.INDENTED.writeValueAsString(made).getBytes(StandardCharsets.UTF_8);
                return new Key(name, Sha256.hex(text));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        private String fileName() {
            return name + "." + digest.substring(0, DIGITS);
        }
    }

    private final Path root;

    WorkFolder(Path root) {
        this.root = root;
    }

    /** A file or folder of its own beside the runs. */
    Path resolve(String name) throws IOException {
        Files.createDirectories(root);
        return root.resolve(name);
    }

    /** Where the run's checkpoints go while it trains. */
    Path running(Key key) {
        return root.resolve("running").resolve(key.fileName());
    }

    /** Where a finished run is kept. */
    Path file(Key key) {
        return root.resolve("finished").resolve(key.fileName() + ".json");
    }

    /** What the run left, if it is done; a file that cannot be read counts as not done. */
    Optional<Finished> finished(Key key) {
        if (!Files.exists(file(key))) {
            return Optional.empty();
        }
        try {
            return Optional.of(JsonMappers.INDENTED.readValue(file(key).toFile(), Finished.class))
                    .filter(f -> key.digest().equals(f.digest()));
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /** Keeps what the run left, in one go, and removes its checkpoints. */
    void finish(Key key, Finished finished) throws IOException {
        write(file(key), finished);
        delete(running(key));
    }

    /** Writes JSON beside the place and renames it: a reader sees the old file or the new one. */
    static void write(Path file, Object tree) throws IOException {
        Path target = file.toAbsolutePath();
        Files.createDirectories(target.getParent());
        Path partial = target.resolveSibling(target.getFileName() + ".partial");
        Files.writeString(partial, JsonMappers.INDENTED.writeValueAsString(tree) + "\n");
        Files.move(partial, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    private static void delete(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        } catch (NoSuchFileException e) {
            return; // the control has none
        }
    }
}
