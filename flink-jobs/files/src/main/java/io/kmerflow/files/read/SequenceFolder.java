package io.kmerflow.files.read;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileSystems;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/** The sequence files of a folder, where one is given instead of a file. */
public final class SequenceFolder {
    /** Glob patterns of the names that sequencers, basecallers and archives give to files of reads. */
    public static final List<String> NAMES = List.of(
            "*.{fastq,fq,fasta,fa,fna,sam}", "*.{fastq,fq,fasta,fa,fna,sam}.{gz,bgz,bz2,xz,zst}", "*.{bam,cram}");

    private static final List<PathMatcher> MATCHERS = NAMES.stream()
            .map(glob -> FileSystems.getDefault().getPathMatcher("glob:" + glob))
            .toList();

    private SequenceFolder() {}

    /**
     * The sequence files in a folder and its subfolders, by path; hidden files and folders do not count.
     *
     * @throws IOException if it cannot be read, or holds none
     */
    public static List<String> files(Path folder) throws IOException {
        List<String> files;
        try (Stream<Path> all = Files.walk(folder, FileVisitOption.FOLLOW_LINKS)) {
            files = all.filter(path -> isSequenceFile(folder.relativize(path)) && Files.isRegularFile(path))
                    .map(Path::toString)
                    .sorted()
                    .toList();
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
        if (files.isEmpty()) {
            throw new IOException(String.format(
                    Locale.ROOT,
                    "Expected sequence files (%s) in the folder %s, found none",
                    String.join(", ", NAMES),
                    folder));
        }
        return files;
    }

    /** Files as given, folders as their sequence files. */
    public static List<String> expand(List<String> given) throws IOException {
        List<String> files = new ArrayList<>();
        for (String path : given) {
            if (!path.equals(InputFile.STANDARD_INPUT) && Files.isDirectory(Path.of(path))) {
                files.addAll(files(Path.of(path)));
            } else {
                files.add(path);
            }
        }
        return files;
    }

    private static boolean isSequenceFile(Path relative) {
        boolean hidden = StreamSupport.stream(relative.spliterator(), false)
                .anyMatch(part -> part.toString().startsWith("."));
        Path name = Path.of(relative.getFileName().toString().toLowerCase(Locale.ROOT));
        return !hidden && MATCHERS.stream().anyMatch(matcher -> matcher.matches(name));
    }
}
