package io.kmerflow.cli.serving;

import io.kmerflow.cli.base.CommandFailure;
import io.kmerflow.files.read.SequenceFolder;
import io.kmerflow.sequence.file.SequenceFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/**
 * The files that a command reads, each once.
 *
 * @param files as given, a folder as its sequence files
 * @param mates second mates of the files, one to one; empty where there are none
 */
record InputFiles(List<String> files, List<String> mates) {
    /**
     * Finds the files and looks whether they are as commands need them.
     *
     * @throws ParameterException if a file comes twice, or there are not as many mates as files
     * @throws CommandFailure if a file cannot be read, or a folder holds none
     */
    static InputFiles of(List<String> given, List<String> givenMates, CommandSpec spec) {
        List<String> files = expand(given);
        List<String> mates = expand(givenMates);
        if (!mates.isEmpty() && mates.size() != files.size()) {
            throw new ParameterException(
                    spec.commandLine(),
                    String.format(
                            Locale.ROOT,
                            "Expected as many files of mates as files, %d, got %d",
                            files.size(),
                            mates.size()));
        }
        List<String> all = new ArrayList<>(files);
        all.addAll(mates);
        Map<Object, String> seen = new HashMap<>();
        for (String path : all) {
            String before = seen.putIfAbsent(identity(path), path);
            if (before != null) {
                throw new ParameterException(
                        spec.commandLine(),
                        before.equals(path)
                                ? String.format(Locale.ROOT, "Expected each file once, got %s twice", path)
                                : String.format(
                                        Locale.ROOT,
                                        "Expected each file once, got %s and %s, which are the same file",
                                        before,
                                        path));
            }
        }
        return new InputFiles(files, mates);
    }

    private static List<String> expand(List<String> given) {
        try {
            return SequenceFolder.expand(given);
        } catch (IOException e) {
            throw new CommandFailure(e.getMessage(), e);
        }
    }

    /** The same for two names of one file; links and hard links are such names. */
    private static Object identity(String path) {
        if (path.equals(SequenceFiles.STANDARD_INPUT)) {
            return path;
        }
        Path file = Path.of(path);
        if (!Files.isReadable(file)) {
            throw new CommandFailure("Expected a readable file of reads, there is none at " + path);
        }
        try {
            Object key = Files.readAttributes(file, BasicFileAttributes.class).fileKey();
            return key == null ? file.toRealPath() : key;
        } catch (IOException e) {
            throw new CommandFailure(
                    String.format(Locale.ROOT, "Expected a readable file of reads at %s, got %s", path, e), e);
        }
    }
}
