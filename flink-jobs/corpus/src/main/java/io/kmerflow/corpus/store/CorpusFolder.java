package io.kmerflow.corpus.store;

import io.kmerflow.schema.CorpusRead;
import io.kmerflow.sequence.identity.ReadIdentity;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.apache.avro.file.DataFileReader;
import org.apache.avro.file.DataFileWriter;

/**
 * A folder with a corpus: container files of reads and, once they are complete, a manifest. Nobody but its owner may read it.
 */
public final class CorpusFolder {
    /** File that says the corpus is complete, and what is in it. */
    public static final String MANIFEST = "manifest.json";

    /** Ending of the files of reads. */
    public static final String READS = ".avro";

    private static final Set<PosixFilePermission> OWNER = PosixFilePermissions.fromString("rw-------");
    private static final Set<PosixFilePermission> OWNER_FOLDER = PosixFilePermissions.fromString("rwx------");

    private final Path folder;

    private CorpusFolder(Path folder) {
        this.folder = folder;
    }

    /**
     * A folder for a new corpus, made if need be.
     *
     * @throws IllegalArgumentException if there is something in it
     */
    public static CorpusFolder create(Path folder) throws IOException {
        if (Files.exists(folder)) {
            if (!Files.isDirectory(folder) || !isEmpty(folder)) {
                throw new IllegalArgumentException(
                        String.format(Locale.ROOT, "Expected a new or empty folder for the corpus, got %s", folder));
            }
        } else {
            Files.createDirectories(folder);
        }
        Files.setPosixFilePermissions(folder, OWNER_FOLDER); // files that are being written have no other guard
        return new CorpusFolder(folder);
    }

    private static boolean isEmpty(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.findAny().isEmpty();
        }
    }

    /**
     * A complete corpus.
     *
     * @throws IllegalArgumentException if there is none
     */
    public static CorpusFolder open(Path folder) {
        if (!Files.isRegularFile(folder.resolve(MANIFEST))) {
            throw new IllegalArgumentException(
                    String.format(Locale.ROOT, "Expected a corpus with a %s in %s, there is none", MANIFEST, folder));
        }
        return new CorpusFolder(folder);
    }

    /** What is in it. */
    public Manifest manifest() {
        return Manifest.read(folder.resolve(MANIFEST));
    }

    /** Files of reads, by name. */
    public List<Path> files() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> !isHidden(file) && file.toString().endsWith(READS))
                    .sorted()
                    .toList();
        }
    }

    private static boolean isHidden(Path file) {
        return file.getFileName().toString().startsWith(".");
    }

    /** Gives every read, in whatever order. */
    public void read(Consumer<CorpusRead> each) throws IOException {
        for (Path file : files()) {
            try (DataFileReader<CorpusRead> reads = CorpusFiles.reader(file)) {
                reads.forEach(each);
            }
        }
    }

    /**
     * Removes what failed attempts left, shuts the files to others and adds up what is in them.
     *
     * @param expected reads that were written
     * @throws IOException if there is another number
     */
    public Contents finished(long expected) throws IOException {
        removeUnfinished();
        for (Path file : files()) {
            Files.setPosixFilePermissions(file, OWNER);
        }
        Contents contents = new Contents();
        read(contents::add);
        if (contents.kept().reads() != expected) {
            throw new IOException(String.format(
                    Locale.ROOT,
                    "Expected %d reads in the files of %s, got %d; make the corpus again",
                    expected,
                    folder,
                    contents.kept().reads()));
        }
        return contents;
    }

    /** Says that the corpus is complete. */
    public void complete(Manifest manifest) throws IOException {
        replace(folder.resolve(MANIFEST), out -> out.write(manifest.toJson().getBytes(StandardCharsets.UTF_8)));
    }

    private void removeUnfinished() throws IOException {
        List<Path> unfinished = new ArrayList<>();
        Files.walkFileTree(folder, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                if (isHidden(file)) {
                    unfinished.add(file);
                }
                return FileVisitResult.CONTINUE;
            }
        });
        for (Path file : unfinished) {
            Files.delete(file);
        }
    }

    private interface Content {
        void writeTo(OutputStream out) throws IOException;
    }

    /** Puts a file in the place of another, as a whole; its owner alone may read it. */
    private static void replace(Path file, Content content) throws IOException {
        Path partial = file.resolveSibling("." + file.getFileName() + ".partial");
        Files.deleteIfExists(partial);
        Files.createFile(partial, PosixFilePermissions.asFileAttribute(OWNER));
        try (OutputStream out = Files.newOutputStream(partial)) {
            content.writeTo(out);
        }
        Files.move(partial, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    }

    /**
     * Takes reads out: rewrites the files that have them, and the manifest. Cut short, it can be done again.
     *
     * @return reads taken out
     */
    public long forget(Predicate<ReadIdentity> reads) throws IOException {
        Contents left = new Contents();
        Manifest old = manifest();
        for (Path file : files()) {
            boolean found = false;
            try (DataFileReader<CorpusRead> all = CorpusFiles.reader(file)) {
                while (all.hasNext()) {
                    CorpusRead read = all.next();
                    if (reads.test(Contents.identity(read))) {
                        found = true;
                    } else {
                        left.add(read);
                    }
                }
            }
            if (found) {
                rewrite(file, reads);
            }
        }
        long removed = old.kept().reads() - left.kept().reads();
        if (removed > 0) {
            Manifest now = old.without(removed, left.kept(), left.models(), left.digest());
            replace(folder.resolve(MANIFEST), out -> out.write(now.toJson().getBytes(StandardCharsets.UTF_8)));
        }
        return removed;
    }

    private static void rewrite(Path file, Predicate<ReadIdentity> without) throws IOException {
        replace(file, out -> {
            try (DataFileReader<CorpusRead> all = CorpusFiles.reader(file);
                    DataFileWriter<CorpusRead> kept = CorpusFiles.writer(out)) {
                while (all.hasNext()) {
                    CorpusRead read = all.next();
                    if (!without.test(Contents.identity(read))) {
                        kept.append(read);
                    }
                }
            }
        });
    }
}
