package io.kmerflow.cases;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** One thing that must be true after a command. */
interface Expectation {
    /**
     * Compares.
     *
     * @return what is wrong, in a sentence; null if nothing is
     */
    String wrong(CommandResult result) throws IOException;

    /** The exit code. */
    record ExitCode(int expected) implements Expectation {
        @Override
        public String wrong(CommandResult result) {
            return result.exitCode() == expected
                    ? null
                    : String.format(Locale.ROOT, "expected exit code %d, got %d", expected, result.exitCode());
        }
    }

    /** The text of {@code out}, {@code err} or a file in which a pattern must, or must not, be found; {@code .} spans lines. */
    record Text(String where, Pattern pattern, boolean present) implements Expectation {
        @Override
        public String wrong(CommandResult result) throws IOException {
            String text = text(where, result);
            if (text == null) {
                return String.format(Locale.ROOT, "expected the file %s, got none", where);
            }
            return pattern.matcher(text).find() == present
                    ? null
                    : String.format(
                            Locale.ROOT,
                            "expected %s %s /%s/, got: %s",
                            where,
                            present ? "with" : "without",
                            pattern,
                            Cells.shown(text));
        }
    }

    /** The number of lines of {@code out}, {@code err} or a file. */
    record Lines(String where, int expected) implements Expectation {
        @Override
        public String wrong(CommandResult result) throws IOException {
            String text = text(where, result);
            if (text == null) {
                return String.format(Locale.ROOT, "expected the file %s, got none", where);
            }
            long lines = text.lines().count();
            return lines == expected
                    ? null
                    : String.format(
                            Locale.ROOT,
                            "expected %d lines in %s, got %d: %s",
                            expected,
                            where,
                            lines,
                            Cells.shown(text));
        }
    }

    /** All files in the folder, no more and no fewer, by path relative to it. */
    record FilesLeft(List<String> expected) implements Expectation {
        @Override
        public String wrong(CommandResult result) throws IOException {
            List<String> files = new ArrayList<>();
            try (Stream<Path> paths = Files.walk(result.folder())) {
                paths.filter(path -> !Files.isDirectory(path))
                        .forEach(path ->
                                files.add(result.folder().relativize(path).toString()));
            }
            files.sort(null);
            List<String> sorted = expected.stream().sorted().toList();
            return files.equals(sorted)
                    ? null
                    : String.format(Locale.ROOT, "expected the files %s, got %s", sorted, files);
        }
    }

    /**
     * Chosen columns of a table, a file of JSON Lines or an alignment file: the same rows in the same order. A file name with
     * {@code *} is all that fit, by name.
     */
    record Rows(RowSource source, String file, List<String> columns, List<List<String>> expected)
            implements Expectation {
        @Override
        public String wrong(CommandResult result) throws IOException {
            List<List<String>> rows = new ArrayList<>();
            List<Path> files = files(result.folder(), file);
            for (Path path : files) {
                rows.addAll(source.rows(path, columns));
            }
            if (files.isEmpty()) {
                return String.format(Locale.ROOT, "expected the file %s, got none", file);
            }
            for (int row = 0; row < Math.min(rows.size(), expected.size()); row++) {
                for (int column = 0; column < columns.size(); column++) {
                    String want = expected.get(row).get(column);
                    String got = rows.get(row).get(column);
                    if (!Cells.fits(want, got)) {
                        return String.format(
                                Locale.ROOT,
                                "expected %s = %s in row %d of %s, got %s",
                                columns.get(column),
                                want,
                                row + 1,
                                file,
                                Cells.shown(got));
                    }
                }
            }
            return rows.size() == expected.size()
                    ? null
                    : String.format(Locale.ROOT, "expected %d rows in %s, got %d", expected.size(), file, rows.size());
        }
    }

    /** Two tables with the same values, not all empty, in chosen columns. */
    record Same(String first, String second, List<String> columns) implements Expectation {
        @Override
        public String wrong(CommandResult result) throws IOException {
            List<List<List<String>>> both = new ArrayList<>();
            for (String file : List.of(first, second)) {
                Path path = result.folder().resolve(file);
                if (!Files.isRegularFile(path)) {
                    return String.format(Locale.ROOT, "expected the file %s, got none", file);
                }
                both.add(RowSource.TABLE.rows(path, columns));
            }
            if (both.get(0).isEmpty()) {
                return String.format(Locale.ROOT, "expected rows in %s, got none", first);
            }
            return both.get(0).equals(both.get(1))
                    ? null
                    : String.format(
                            Locale.ROOT,
                            "expected the same %s in %s and %s, got %s and %s",
                            columns,
                            first,
                            second,
                            both.get(0),
                            both.get(1));
        }
    }

    private static List<Path> files(Path folder, String glob) throws IOException {
        PathMatcher matcher = folder.getFileSystem().getPathMatcher("glob:" + glob);
        try (Stream<Path> paths = Files.walk(folder)) {
            return paths.filter(Files::isRegularFile)
                    .filter(path -> matcher.matches(folder.relativize(path)))
                    .sorted()
                    .toList();
        }
    }

    private static String text(String where, CommandResult result) throws IOException {
        return switch (where) {
            case "out" -> result.out();
            case "err" -> result.err();
            default -> {
                Path path = result.folder().resolve(where);
                yield Files.isRegularFile(path) ? new String(Files.readAllBytes(path), StandardCharsets.UTF_8) : null;
            }
        };
    }
}
