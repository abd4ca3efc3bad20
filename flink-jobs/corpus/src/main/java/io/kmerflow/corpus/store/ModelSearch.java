package io.kmerflow.corpus.store;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;

/** Finds models, and parts of corpora, by the corpora that their provenance names; in folders and in zips of bundles. */
public final class ModelSearch {
    private static final String JSON = ".json";
    private static final Pattern SPLIT_OF = Pattern.compile("\"splitOf\"\\s*:\\s*\"([^\"]+)\"");

    /** Provenance lies in JSON files of bundles and training runs; none of them is larger. */
    private static final long MOST_BYTES = 64L << 20;

    private ModelSearch() {}

    /**
     * Folders with a JSON file that names one of those corpora, and zips with one.
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
                        Path place = file.toAbsolutePath().normalize();
                        if (file.toString().endsWith(JSON)) {
                            if (attributes.size() <= MOST_BYTES && isOf(file, digests)) {
                                found.add(place.getParent());
                            }
                        } else if (file.toString().endsWith(".zip") && zipNames(file, digests)) {
                            found.add(place);
                        }
                        return FileVisitResult.CONTINUE;
                    }
                });
            }
        }
        return new ArrayList<>(found);
    }

    /** The corpora themselves do not count, those that were split off them do. */
    private static boolean isOf(Path json, Collection<String> digests) throws IOException {
        byte[] text = Files.readAllBytes(json);
        if (!json.endsWith(CorpusFolder.MANIFEST)) {
            return names(text, digests);
        }
        Matcher whole = SPLIT_OF.matcher(new String(text, StandardCharsets.ISO_8859_1));
        return whole.find() && digests.contains(whole.group(1));
    }

    /** A digest is the same in every charset that JSON comes in. */
    private static boolean names(byte[] json, Collection<String> digests) {
        String text = new String(json, StandardCharsets.ISO_8859_1);
        return digests.stream().anyMatch(text::contains);
    }

    private static boolean zipNames(Path file, Collection<String> digests) throws IOException {
        try (ZipFile zip = new ZipFile(file.toFile())) {
            for (ZipEntry entry : Collections.list(zip.entries())) {
                if (entry.getName().endsWith(JSON)) {
                    try (InputStream in = zip.getInputStream(entry)) {
                        if (names(in.readNBytes((int) MOST_BYTES), digests)) {
                            return true;
                        }
                    }
                }
            }
            return false;
        } catch (ZipException e) {
            return false; // no zip, whatever its name
        }
    }
}
