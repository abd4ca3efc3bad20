package io.kmerflow.cli.serving;

import static org.assertj.core.api.Assertions.assertThat;

import io.kmerflow.cli.CommandRun;
import io.kmerflow.cli.SourceTree;
import io.kmerflow.cli.base.ExitCode;
import io.kmerflow.cli.base.Home;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.flink.util.FileUtils;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** The scripts of deploy/sql in Flink's SQL client, on a cluster of processes with the job jar in its lib folder. */
@ExtendWith(SourceTree.class)
class SqlClusterITCase {
    private static final Pattern ROW = Pattern.compile("(?m)^\\|\\s*(\\S+) \\|\\s*(\\S.*?) \\|\\s*(\\d+) \\|$");

    private static final Pattern LOGS = Pattern.compile("Flink's SQL client printed an error; logs are in (\\S+)");

    @TempDir
    private Path folder;

    @Test
    void countsAreThoseOfAnnotate() throws Exception {
        Path counts = folder.resolve("counts.tsv");
        List<Object> annotate = new ArrayList<>(
                List.of("annotate", "-o", folder.resolve("calls.tsv"), "--counts", counts, "--device", "cpu", "-i"));
        SqlCommand.SAMPLES.forEach(name -> annotate.add(Home.samples().resolve(name)));
        CommandRun annotated = CommandRun.of(annotate.toArray());
        assertThat(annotated.exitCode()).as(annotated.err()).isEqualTo(ExitCode.FINE);

        CommandRun sql = CommandRun.of("sql");

        assertThat(sql.exitCode()).as(sql.out() + sql.err()).isEqualTo(ExitCode.FINE);
        Map<String, Long> bySampleAndCall = new TreeMap<>();
        for (MatchResult row : ROW.matcher(sql.out()).results().toList()) {
            String sample = row.group(1).equals("<NULL>") ? "" : row.group(1);
            bySampleAndCall.put(sample + " " + row.group(2), Long.parseLong(row.group(3)));
        }
        assertThat(bySampleAndCall).as(sql.out()).isEqualTo(ofAnnotate(counts)).hasSizeGreaterThan(5);
    }

    /** Barcodes together. */
    private static Map<String, Long> ofAnnotate(Path counts) throws IOException {
        Map<String, Long> reads = new TreeMap<>();
        List<String> lines = Files.readAllLines(counts);
        assertThat(lines.get(0)).isEqualTo("sample\tbarcode\tcall\tstatus\treads\tbases");
        for (String line : lines.subList(1, lines.size())) {
            String[] fields = line.split("\t");
            String call = fields[2].isEmpty() ? fields[3] : fields[2];
            reads.merge(fields[0] + " " + call, Long.parseLong(fields[4]), Long::sum);
        }
        return reads;
    }

    @Test
    void aStatementThatFailsIsShownAndIsAFailure() throws Exception {
        Path script = Files.writeString(folder.resolve("wrong.sql"), "SELECT colour FROM annotations;\n");

        CommandRun sql = CommandRun.of("sql", script);

        assertThat(sql.exitCode()).isEqualTo(ExitCode.FAILED);
        assertThat(sql.out()).contains("Column 'colour' not found");
        Matcher logs = LOGS.matcher(sql.err());
        assertThat(logs.find()).as(sql.err()).isTrue();
        assertThat(Path.of(logs.group(1)).resolve("taskmanager-0.log")).isNotEmptyFile();
        FileUtils.deleteDirectory(Path.of(logs.group(1)).getParent().toFile());
    }

    @Test
    void whatCannotBeRunIsOneSentenceBeforeAnythingStarts() throws Exception {
        assertSentence(
                "Expected a script of SQL statements at " + folder.resolve("none.sql"), folder.resolve("none.sql"));
        assertSentence("it is no file", folder);
        Path latin = Files.write(folder.resolve("latin.sql"), new byte[] {'-', '-', (byte) 0xe4, '\n'});
        assertSentence("Expected a script in UTF-8", latin);
        assertSentence("Expected a model bundle at /nowhere", "--model", "/nowhere");
        assertSentence("no Kafka broker answers at 127.0.0.1:1", "--bootstrap-servers", "127.0.0.1:1");
    }

    private static void assertSentence(String sentence, Object... words) {
        List<Object> all = new ArrayList<>(List.of("sql"));
        all.addAll(List.of(words));
        CommandRun run = CommandRun.of(all.toArray());
        assertThat(run.exitCode()).isEqualTo(ExitCode.FAILED);
        assertThat(run.err()).contains(sentence).hasLineCount(1);
    }
}
