package io.kmerflow.cli.serving;

import static org.assertj.core.api.Assertions.assertThat;

import io.kmerflow.cli.CommandRun;
import io.kmerflow.cli.SourceTree;
import io.kmerflow.cli.base.ExitCode;
import io.kmerflow.cli.base.Home;
import io.kmerflow.cluster.ClusterFiles;
import io.kmerflow.cluster.FlinkCluster;
import io.kmerflow.kafka.EmbeddedKafka;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** The scripts of deploy/sql in Flink's SQL client, on a cluster of processes with the job jar in its lib folder. */
@ExtendWith(SourceTree.class)
class SqlClusterITCase {
    private static final Pattern ROW = Pattern.compile("(?m)^\\|\\s*(\\S+) \\|\\s*(\\S.*?) \\|\\s*(\\d+) \\|$");

    @TempDir
    private Path folder;

    private static void fine(Object... args) {
        CommandRun run = CommandRun.of(args);
        assertThat(run.exitCode()).as(run.err()).isEqualTo(ExitCode.FINE);
    }

    @Test
    void countsAreThoseOfAnnotate() throws Exception {
        Path nanopore = Home.samples().resolve("nanopore.fastq.gz");
        Path illumina = Home.samples().resolve("illumina_R1.fastq.gz");
        Path counts = folder.resolve("counts.tsv");
        fine(
                "annotate",
                "-i",
                nanopore,
                illumina,
                "-o",
                folder.resolve("calls.tsv"),
                "--counts",
                counts,
                "--device",
                "cpu");
        try (EmbeddedKafka kafka = EmbeddedKafka.start();
                FlinkCluster cluster = new FlinkCluster(
                        ClusterFiles.withSql(Home.directory()),
                        folder.resolve("flink"),
                        Files.createDirectory(folder.resolve("logs")))) {
            cluster.startJobManager();
            cluster.startTaskManagers(1);
            fine("ingest", "--bootstrap-servers", kafka.bootstrapServers(), "-i", nanopore, illumina);

            String printed = cluster.runSql(script(kafka.bootstrapServers()));

            Map<String, Long> bySampleAndCall = new TreeMap<>();
            for (MatchResult row : ROW.matcher(printed).results().toList()) {
                bySampleAndCall.put(row.group(1) + " " + row.group(2), Long.parseLong(row.group(3)));
            }
            assertThat(bySampleAndCall)
                    .as(printed)
                    .isEqualTo(ofAnnotate(counts))
                    .hasSizeGreaterThan(10);
        }
    }

    private Path script(String servers) throws IOException {
        Path scripts = Home.directory().resolve("deploy/sql");
        String text = Files.readString(scripts.resolve("tables.sql")) + Files.readString(scripts.resolve("counts.sql"));
        return Files.writeString(
                folder.resolve("script.sql"),
                text.replace("localhost:9092", servers)
                        .replace(
                                "/opt/kmerflow/models/species",
                                Home.defaultModel().toRealPath().toString()));
    }

    /** Barcodes together, and reads without a call under their status, which SQL has alone. */
    private static Map<String, Long> ofAnnotate(Path counts) throws IOException {
        Map<String, Long> reads = new TreeMap<>();
        List<String> lines = Files.readAllLines(counts);
        assertThat(lines.get(0)).isEqualTo("sample\tbarcode\tcall\tstatus\treads\tbases");
        for (String line : lines.subList(1, lines.size())) {
            String[] fields = line.split("\t");
            String call = fields[3].equals("scored") ? fields[2] : fields[3].toUpperCase(Locale.ROOT);
            reads.merge(fields[0] + " " + call, Long.parseLong(fields[4]), Long::sum);
        }
        return reads;
    }
}
