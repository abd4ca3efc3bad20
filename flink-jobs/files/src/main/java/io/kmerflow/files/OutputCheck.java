package io.kmerflow.files;

import io.kmerflow.files.original.SplitNames;
import io.kmerflow.files.write.OutputFile;
import io.kmerflow.files.write.RefusedOutputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * Whether the outputs of a run can be written without loss: none is an input, no two are one file, folders are folders and
 * files files. Looked at before anything is written; links of both kinds are seen through.
 */
public final class OutputCheck {
    private static final Path STANDARD_INPUT = Path.of("/dev/stdin");
    private static final Path STANDARD_OUTPUT = Path.of("/dev/stdout");
    private static final Path NOWHERE = Path.of("/dev/null");
    private static final int FILES_NAMED = 3;

    private record Named(String what, OutputFile file) {
        Path place() {
            return place(file);
        }

        static Path place(OutputFile file) {
            if (OutputFile.isStandardOutput(file.path())) {
                return STANDARD_OUTPUT;
            }
            return file.special() ? Path.of(file.path()) : file.target();
        }

        @Override
        public String toString() {
            return what + " " + file.path();
        }
    }

    private final List<Path> inputs = new ArrayList<>();
    private final List<Named> outputs = new ArrayList<>();

    /** A file that is read; a folder stands for the files in it. */
    public void input(String path) {
        Path file = path.equals(OutputFile.STANDARD_OUTPUT) ? STANDARD_INPUT : Path.of(path);
        if (!Files.isDirectory(file)) {
            inputs.add(file);
            return;
        }
        try (Stream<Path> files = Files.list(file)) {
            files.filter(Files::isRegularFile).forEach(inputs::add);
        } catch (IOException e) {
            inputs.add(file); // whoever reads it will say why it cannot be read
        }
    }

    /**
     * A file that is written.
     *
     * @param what the option that names it, or what it is
     * @throws RefusedOutputException if it cannot be written there
     */
    public void output(String what, OutputFile file) {
        Named output = new Named(what, file);
        if (!file.special()) {
            if (Files.isDirectory(file.target())) {
                throw new RefusedOutputException(
                        String.format(Locale.ROOT, "Expected a file for %s, got the folder %s", what, file.path()));
            }
            requireFolder(what, file.path(), file.target().getParent());
        }
        for (Path input : inputs) {
            if (isSameFile(output.place(), input)) {
                throw new RefusedOutputException(String.format(
                        Locale.ROOT,
                        "Expected another file than an input for %s, got %s, which is the input %s",
                        what,
                        file.path(),
                        input));
            }
        }
        for (Named other : outputs) {
            if (!output.place().equals(NOWHERE) && isOne(output.place(), other.place())) {
                throw new RefusedOutputException(String.format(
                        Locale.ROOT,
                        "Expected a different file for each output, got one for %s and %s",
                        other,
                        output));
            }
            requireApart(output.toString(), output.place(), other);
            requireApart(other.toString(), other.place(), output);
        }
        outputs.add(output);
    }

    /** A path below an output, which is a file once the run is over. */
    private static void requireApart(String what, Path place, Named output) {
        if (!output.file().special() && !place.equals(output.place()) && place.startsWith(output.place())) {
            throw new RefusedOutputException(String.format(
                    Locale.ROOT, "Expected a place in a folder for %s, got one within the file of %s", what, output));
        }
    }

    /**
     * An output of a format that is not written from start to end, besides {@link #output}.
     *
     * @throws RefusedOutputException if it is a pipe, a terminal or the like
     */
    void requireSeekable(String format, OutputFile file) {
        if (file.special() && !Named.place(file).equals(NOWHERE)) {
            throw new RefusedOutputException(String.format(
                    Locale.ROOT,
                    "Expected a file for %s, which is not written from start to end, got the pipe or device %s",
                    format,
                    file.path()));
        }
    }

    /**
     * A folder that gets the records by label; after all inputs and outputs.
     *
     * @param force whether files of another run may be in it
     */
    void split(String path, SplitNames names, boolean force) {
        Path folder = Path.of(path);
        if (Files.exists(folder) && !Files.isDirectory(folder)) {
            throw new RefusedOutputException("Expected a folder for --split-output, got the file " + path);
        }
        Path place = new OutputFile(folder.resolve("x").toString()).target().getParent();
        requireFolder("--split-output", path, place);
        for (Named output : outputs) {
            if (!output.file().special() && place.equals(output.place())) {
                throw new RefusedOutputException(String.format(
                        Locale.ROOT,
                        "Expected a folder for --split-output, got %s, which is the file of %s",
                        path,
                        output));
            }
            requireApart("--split-output " + path, place, output);
            boolean inside = !output.file().special()
                    && place.equals(output.file().target().getParent());
            if (inside && names.mayWrite(output.file().target().getFileName().toString())) {
                throw new RefusedOutputException(String.format(
                        Locale.ROOT, "Expected a file that --split-output %s does not write, got %s", path, output));
            }
        }
        if (!Files.isDirectory(folder)) {
            return;
        }
        List<Path> there = filesOfSplits(folder);
        for (Path file : there) {
            for (Path input : inputs) {
                if (names.mayWrite(file.getFileName().toString()) && isSameFile(file, input)) {
                    throw new RefusedOutputException(String.format(
                            Locale.ROOT,
                            "Expected another folder for --split-output than %s, whose %s is the input %s and might be replaced",
                            path,
                            file.getFileName(),
                            input));
                }
            }
        }
        if (!there.isEmpty() && !force) {
            throw new RefusedOutputException(String.format(
                    Locale.ROOT,
                    "Expected a folder for --split-output without files of another run, got %s with %s; give another one, or"
                            + " --force to write beside and over them",
                    path,
                    some(there)));
        }
    }

    /** Files that a split by this or another model may have written, in order. */
    static List<Path> filesOfSplits(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(
                            file -> SplitNames.isOfSomeSplit(file.getFileName().toString()))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new RefusedOutputException(String.format(
                    Locale.ROOT, "Expected a readable folder for --split-output, got %s (%s)", folder, e.getMessage()));
        }
    }

    /** Names of the first few. */
    static String some(List<Path> files) {
        String named = String.join(
                ", ",
                files.stream()
                        .limit(FILES_NAMED)
                        .map(file -> file.getFileName().toString())
                        .toList());
        return files.size() > FILES_NAMED
                ? named + String.format(Locale.ROOT, " and %d more", files.size() - FILES_NAMED)
                : named;
    }

    private static void requireFolder(String what, String path, Path folder) {
        Path existing = folder;
        while (existing != null && !Files.exists(existing)) {
            existing = existing.getParent();
        }
        if (existing == null || !Files.isDirectory(existing)) {
            throw new RefusedOutputException(String.format(
                    Locale.ROOT,
                    "Expected a place in a folder for %s, got %s, where %s is no folder",
                    what,
                    path,
                    existing));
        }
        if (!Files.isWritable(existing)) {
            throw new RefusedOutputException(String.format(
                    Locale.ROOT,
                    "Expected a folder that can be written for %s, got %s, where %s cannot",
                    what,
                    path,
                    existing));
        }
    }

    /** The same file on disk; two names of one terminal or pipe are not meant. */
    private static boolean isSameFile(Path output, Path input) {
        try {
            return Files.isRegularFile(output) && Files.isRegularFile(input) && Files.isSameFile(output, input);
        } catch (IOException e) {
            return false; // one of them is not there (any more)
        }
    }

    private static boolean isOne(Path one, Path other) {
        try {
            return one.equals(other) || Files.exists(one) && Files.exists(other) && Files.isSameFile(one, other);
        } catch (IOException e) {
            return false;
        }
    }
}
