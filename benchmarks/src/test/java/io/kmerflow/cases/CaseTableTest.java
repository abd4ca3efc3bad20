package io.kmerflow.cases;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CaseTableTest {
    private static final String TABLE = "read_id\tlabel\tscore\nq0\tHomo sapiens\t0.91\nq1\t\t0.5\n";

    @TempDir
    Path folder;

    /** What is wrong with an answer of exit 0, an empty standard error and the standard output "4 reads". */
    private String wrong(String... lines) throws IOException {
        List<Check> checks = CaseTable.parse("case c\ncheck t\n$ command\nexit 0\n" + String.join("\n", lines));
        assertThat(checks).hasSize(1);
        CommandResult result = new CommandResult(0, "4 reads\n", "", folder);
        for (Expectation expectation : checks.get(0).steps().get(0).answers().get(0)) {
            String wrong = expectation.wrong(result);
            if (wrong != null) {
                return wrong;
            }
        }
        return null;
    }

    @Test
    void theTableOfTheProjectIsOne() throws IOException {
        List<Check> checks = CaseTable.read(Path.of("cases/cases.txt"));

        assertThat(checks).hasSizeGreaterThan(100);
        assertThat(checks.stream().map(Check::caseName).distinct()).contains("base", "csv", "pipes");
    }

    @Test
    void rowsOfTheRightValuesInTheRightOrderAreRight() throws IOException {
        Files.writeString(folder.resolve("o.tsv"), TABLE);

        assertThat(wrong("table o.tsv read_id label score", "| q0 \"Homo sapiens\" 0.9±0.02", "| q1 - ~0[.]5"))
                .isNull();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '#', textBlock = """
            | q0 "Homo sapiens" ;| q2 -      # expected read_id = q2 in row 2 of o.tsv, got 'q1'
            | q1 - ;| q0 "Homo sapiens"      # expected read_id = q1 in row 1 of o.tsv, got 'q0'
            | q0 "Homo sapiens" ;| q1 x      # expected label = x in row 2 of o.tsv, got ''
            | q0 - ;| q1 -                   # expected label = - in row 1 of o.tsv, got 'Homo sapiens'
            | q0 ~Homo ;| q1 -               # expected label = ~Homo in row 1 of o.tsv, got 'Homo sapiens'
            | q0 "Homo sapiens"              # expected 1 rows in o.tsv, got 2
            | q0 "Homo sapiens" ;| q1 - ;| q2 - # expected 3 rows in o.tsv, got 2
            """)
    void rowsThatDifferAreWrong(String rows, String wrong) throws IOException {
        Files.writeString(folder.resolve("o.tsv"), TABLE);

        assertThat(wrong(("table o.tsv read_id label;" + rows).split(";"))).isEqualTo(wrong);
    }

    @Test
    void numbersAreComparedWithinTheirTolerance() {
        assertThat(Cells.fits("0.5±0.1", "0.59")).isTrue();
        assertThat(Cells.fits("0.5±0.1", "0.61")).isFalse();
        assertThat(Cells.fits("0.5±0.1", "")).isFalse();
        assertThat(Cells.fits("-", "")).isTrue();
        assertThat(Cells.fits("-", "x")).isFalse();
    }

    @Test
    void aRowOfTooFewColumnsIsWrong() throws IOException {
        Files.writeString(folder.resolve("o.tsv"), TABLE + "q2\tx\n");

        assertThatThrownBy(() -> wrong("table o.tsv read_id", "| q0", "| q1", "| q2"))
                .isInstanceOf(IOException.class)
                .hasMessage("expected 3 columns in row 3 of o.tsv, got 2");
    }

    @Test
    void aCarriageReturnIsPartOfTheValueBeforeIt() throws IOException {
        Files.writeString(folder.resolve("o.tsv"), "read_id\nq0\r\n");

        assertThat(wrong("table o.tsv read_id", "| q0")).contains("got 'q0\\x0d'");
    }

    @Test
    void jsonIsReadByPathAndCompressedFilesToo() throws IOException {
        try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(folder.resolve("o.jsonl.gz")))) {
            out.write("{\"a\":{\"b\":[1,{\"c\":\"x\"}]},\"n\":null}\n".getBytes(StandardCharsets.UTF_8));
        }
        assertThat(wrong("json o.jsonl.gz a.b.0 a.b.1.c n none", "| 1 x - -")).isNull();
        assertThat(wrong("json o.jsonl.gz a.b.1.c", "| y"))
                .isEqualTo("expected a.b.1.c = y in row 1 of o.jsonl.gz, got 'x'");
    }

    @Test
    void everyFileLeftCounts() throws IOException {
        Files.writeString(folder.resolve("o.tsv"), TABLE);
        Files.createDirectory(folder.resolve("s"));
        Files.writeString(folder.resolve("s/left.part"), "");

        assertThat(wrong("files o.tsv s/left.part")).isNull();
        assertThat(wrong("files o.tsv")).isEqualTo("expected the files [o.tsv], got [o.tsv, s/left.part]");
        assertThat(wrong("file none.tsv ~ x")).isEqualTo("expected the file none.tsv, got none");
        assertThat(wrong("table none.tsv x")).isEqualTo("expected the file none.tsv, got none");
    }

    @Test
    void textIsSearchedForWhatMustAndMustNotBeThere() throws IOException {
        assertThat(wrong("out ~ 4 reads", "out !~ 5", "out lines 1", "err lines 0"))
                .isNull();
        assertThat(wrong("out ~ 5")).isEqualTo("expected out with /5/, got: '4 reads | '");
        assertThat(wrong("out !~ 4")).isEqualTo("expected out without /4/, got: '4 reads | '");
        assertThat(wrong("out lines 2")).startsWith("expected 2 lines in out, got 1");
    }

    @Test
    void tablesThatShouldAgreeMustHaveRows() throws IOException {
        Files.writeString(folder.resolve("a.tsv"), TABLE);
        Files.writeString(folder.resolve("b.tsv"), TABLE.replace("0.91", "0.92"));
        Files.writeString(folder.resolve("none.tsv"), "read_id\n");

        assertThat(wrong("same a.tsv b.tsv read_id label")).isNull();
        assertThat(wrong("same a.tsv b.tsv read_id score")).startsWith("expected the same [read_id, score]");
        assertThat(wrong("same none.tsv none.tsv read_id")).isEqualTo("expected rows in none.tsv, got none");
    }

    @Test
    void anotherExitCodeOrAStackTraceIsWrong() throws IOException {
        List<Expectation> answer = CaseTable.parse("case c\ncheck t\n$ command\nexit 3")
                .get(0)
                .steps()
                .get(0)
                .answers()
                .get(0);

        assertThat(answer.get(0).wrong(new CommandResult(0, "", "", folder))).isEqualTo("expected exit code 3, got 0");
        assertThat(answer.get(1)
                        .wrong(new CommandResult(3, "", "java.io.IOException: no\n\tat a.B.c(B.java:3)\n", folder)))
                .contains("expected err without");
        assertThat(answer.get(1).wrong(new CommandResult(3, "", "kmerflow: Expected this, got that\n", folder)))
                .isNull();
    }

    @Test
    void anAlternativeIsAnAnswerOfItsOwn() {
        Check check = CaseTable.parse(
                        "case c\ncheck t\nlater soon\n$ one\nexit 0\nout ~ x\nor exit 2\nerr ~ y\n$ two\nexit 1")
                .get(0);

        assertThat(check.later()).isEqualTo("soon");
        assertThat(check.steps()).hasSize(2);
        assertThat(check.steps().get(0).answers()).hasSize(2);
        assertThat(check.steps().get(0).answers().get(1).get(0)).isEqualTo(new Expectation.ExitCode(2));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '#', textBlock = """
            check t                                  # Expected a case before a check in line 1, got 'check t'
            case c;check t;$ x                       # Expected the exit code behind a command in line 3, got '$ x'
            case c;check t;out ~ x                   # Expected a command before 'out' in line 3, got 'out ~ x'
            case c;check t;$ x;exit 0;ou ~ x         # Expected define, case, check, later, $ or an expectation in line 5, got 'ou'
            case c;check t;$ x;exit 0;table o a b;| 1 # Expected 2 values in the row in line 6, got '| 1'
            case c;check t;$ x;exit 0;out ~ (        # Expected a regular expression in line 5
            case c;check t                           # Expected a command in the check 't' in line 2
            """)
    void aTableThatIsNoneIsRefusedWithTheLine(String table, String message) {
        assertThatThrownBy(() -> CaseTable.parse(table.replace(';', '\n')))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(message);
    }
}
