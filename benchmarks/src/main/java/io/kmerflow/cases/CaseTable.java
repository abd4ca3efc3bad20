package io.kmerflow.cases;

import io.kmerflow.cases.Check.Step;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/** Reads the table of what is right; docs/cases.md describes its lines. */
final class CaseTable {
    private final Map<String, Rows> defined = new LinkedHashMap<>();
    private final List<Check> checks = new ArrayList<>();
    private final List<String> lines;
    private int at;
    private String caseName;
    private String title;
    private String later;
    private int checkLine;
    private List<Step> steps = new ArrayList<>();

    private record Rows(List<String> columns, List<List<String>> rows) {}

    private CaseTable(List<String> lines) {
        this.lines = lines;
    }

    static List<Check> read(Path file) throws IOException {
        return parse(Files.readString(file, StandardCharsets.UTF_8));
    }

    /** @throws IllegalArgumentException with the line, if the table is not one */
    static List<Check> parse(String text) {
        return new CaseTable(text.lines().toList()).parse();
    }

    private List<Check> parse() {
        while (at < lines.size()) {
            String line = lines.get(at++).strip();
            if (!line.isEmpty() && !line.startsWith("#")) {
                int blank = line.indexOf(' ');
                String word = blank < 0 ? line : line.substring(0, blank);
                line(word, blank < 0 ? "" : line.substring(blank).strip());
            }
        }
        endCheck();
        return checks;
    }

    private void line(String word, String rest) {
        switch (word) {
            case "define" -> {
                List<String> cells = Cells.split(rest);
                List<String> columns = cells.subList(1, cells.size());
                defined.put(cells.get(0), new Rows(columns, rows(columns.size())));
            }
            case "case" -> {
                endCheck();
                caseName = rest;
            }
            case "check" -> {
                endCheck();
                require(caseName != null, "a case before a check");
                title = rest;
                checkLine = at;
            }
            case "later" -> later = rest;
            case "$" -> {
                require(title != null, "a check before a command");
                steps.add(new Step(rest, new ArrayList<>()));
                answer(at < lines.size() ? lines.get(at++).strip() : "");
            }
            case "or" -> {
                require(!steps.isEmpty(), "a command before 'or'");
                answer(rest);
            }
            default -> {
                require(!steps.isEmpty(), "a command before '" + word + "'");
                List<List<Expectation>> answers = steps.get(steps.size() - 1).answers();
                answers.get(answers.size() - 1).add(expectation(word, rest));
            }
        }
    }

    private void answer(String exit) {
        require(exit.matches("exit [0-9]+"), "the exit code behind a command");
        List<Expectation> expectations = new ArrayList<>();
        expectations.add(new Expectation.ExitCode(Integer.parseInt(exit.substring("exit ".length()))));
        expectations.add(new Expectation.Text("err", STACK_TRACE, false));
        steps.get(steps.size() - 1).answers().add(expectations);
    }

    /** No command ever answers with a stack trace. */
    private static final Pattern STACK_TRACE =
            Pattern.compile("^\\s+at [\\w.$/]+\\(|Exception in thread|Exception:", Pattern.MULTILINE);

    private Expectation expectation(String word, String rest) {
        List<String> cells = Cells.split(rest);
        switch (word) {
            case "out", "err" -> {
                return text(word, rest);
            }
            case "file" -> {
                return text(
                        cells.get(0),
                        rest.substring(rest.indexOf(cells.get(0)) + cells.get(0).length())
                                .strip());
            }
            case "files" -> {
                return new Expectation.FilesLeft(cells);
            }
            case "same" -> {
                require(cells.size() > 2, "two tables and their columns behind 'same'");
                return new Expectation.Same(cells.get(0), cells.get(1), cells.subList(2, cells.size()));
            }
            case "table" -> {
                return rowsOf(RowSource.TABLE, cells);
            }
            case "json" -> {
                return rowsOf(RowSource.JSON, cells);
            }
            case "alignments" -> {
                return rowsOf(RowSource.ALIGNMENTS, cells);
            }
            default -> throw wrong("define, case, check, later, $ or an expectation", word);
        }
    }

    private Expectation text(String where, String rest) {
        String[] parts = rest.split(" ", 2);
        switch (parts[0]) {
            case "~", "!~" -> {
                try {
                    Pattern pattern = Pattern.compile(parts[1].strip(), Pattern.DOTALL | Pattern.MULTILINE);
                    return new Expectation.Text(where, pattern, parts[0].equals("~"));
                } catch (PatternSyntaxException e) {
                    throw wrong("a regular expression", e.getMessage());
                }
            }
            case "lines" -> {
                return new Expectation.Lines(where, Integer.parseInt(parts[1]));
            }
            default -> throw wrong("~, !~ or lines behind " + where, rest);
        }
    }

    private Expectation rowsOf(RowSource source, List<String> cells) {
        require(cells.size() > 1, "a file and its columns");
        Rows rows = defined.get(cells.get(1));
        if (rows == null) {
            List<String> columns = cells.subList(1, cells.size());
            rows = new Rows(columns, rows(columns.size()));
        }
        return new Expectation.Rows(source, cells.get(0), rows.columns, rows.rows);
    }

    private List<List<String>> rows(int columns) {
        List<List<String>> rows = new ArrayList<>();
        while (at < lines.size() && lines.get(at).strip().startsWith("| ")) {
            List<String> row = Cells.split(lines.get(at++).strip().substring(2));
            require(row.size() == columns, columns + " values in the row");
            rows.add(row);
        }
        return rows;
    }

    private void endCheck() {
        if (title != null) {
            require(!steps.isEmpty(), "a command in the check '" + title + "'");
            checks.add(new Check(caseName, title, checkLine, later, steps));
        }
        title = null;
        later = null;
        steps = new ArrayList<>();
    }

    private void require(boolean holds, String expected) {
        if (!holds) {
            throw wrong(expected, lines.get(Math.max(0, Math.min(at, lines.size()) - 1)));
        }
    }

    private IllegalArgumentException wrong(String expected, String got) {
        return new IllegalArgumentException(
                String.format(Locale.ROOT, "Expected %s in line %d, got '%s'", expected, at, got));
    }
}
