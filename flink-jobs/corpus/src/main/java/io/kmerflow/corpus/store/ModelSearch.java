package io.kmerflow.corpus.store;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** Finds models by the corpora that their provenance names. */
public final class ModelSearch {
    /** Provenance lies in JSON files of bundles and training runs; none of them is larger. */
    private static final long MOST_BYTES = 64L << 20;

    private ModelSearch() {}

    /**
     * Folders with a JSON file that names one of those corpora.
     *
     * @param digests {@link Manifest#versions} of the corpora
     * @param folders where to look, subfolders too
     */
    public static List<Path> trainedOn(Collection<String> digests, List<Path> folders) throws IOException {
        Set<Path> found = new TreeSet<>();
        for (Path folder : folders) {
            if (!digests.isEmpty() && Files.isDirectory(folder)) {
                Files.walkFileTree(folder, new SimpleFileVisitor<>() {
                    @Override
                    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                        boolean readable = file.toString().endsWith(".json") && attributes.size() <= MOST_BYTES;
                        if (readable && !file.endsWith(CorpusFolder.MANIFEST) && names(file, digests)) {
                            found.add(file.toAbsolutePath().normalize().getParent());
                        }
                        return FileVisitResult.CONTINUE;
                    }
                });
            }
        }
        return new ArrayList<>(found);
    }

    private static boolean names(Path file, Collection<String> digests) throws IOException {
        String text = Files.readString(file, StandardCharsets.UTF_8);
        return digests.stream().anyMatch(text::contains);
    }
}
