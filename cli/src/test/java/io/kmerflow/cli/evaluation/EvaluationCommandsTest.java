package io.kmerflow.cli.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.kmerflow.cli.CommandRun;
import io.kmerflow.cli.SourceTree;
import io.kmerflow.cli.base.ExitCode;
import io.kmerflow.sequence.Nucleotide;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import org.apache.commons.compress.compressors.zstandard.ZstdCompressorOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EvaluationCommandsTest {
    @TempDir
    Path folder;

    private Path file(String name, String... lines) throws IOException {
        return Files.writeString(folder.resolve(name), String.join("\n", lines) + "\n");
    }

    private static String annotation(String read, int bases, String label, double score) {
        return String.format(
                Locale.ROOT,
                "{\"readId\":\"%s\",\"mate\":0,\"readLength\":%d,\"readCall\":{\"label\":%s,\"score\":%s}}",
                read,
                bases,
                label == null ? "null" : '"' + label + '"',
                score);
    }

    private static String scored(String read, double first, double second) {
        return String.format(
                Locale.ROOT,
                "{\"readId\":\"%s\",\"mate\":0,\"readCall\":{\"label\":%s},\"labelScores\":[%s,%s,0,0,0,0]}",
                read,
                first > 0.5 ? "\"a\"" : "null",
                first,
                second);
    }

    @Test
    void knownAndUnknownReadsAreToldApartByTheHighestScoreOfAKnownLabel() throws Exception {
        Path known = file(
                "known.jsonl",
                scored("k1", 0.9, 0.1),
                scored("k2", 0.2, 0.8),
                scored("k3", 0.6, 0.4),
                "{\"readId\":\"short\"}");
        Path unknown = file("unknown.jsonl", scored("u1", 0.7, 0.1), scored("u2", 0.3, 0.1));
        Path truth = file(
                "unknown.tsv", "read\tsource\tsequence\tstart\tend", "u1\tMus\tc\t0\t100", "u2\tRattus\tc\t0\t100");
        CommandRun run = CommandRun.of(
                "evaluate",
                "unknown",
                "--model",
                SourceTree.ROOT.resolve("models/species-2.1"),
                "--known",
                known,
                "--unknown",
                unknown,
                "--truth",
                truth,
                "--keep",
                "0.6",
                "--json");
        assertThat(run.exitCode()).as(run.err()).isEqualTo(ExitCode.FINE);
        JsonNode report = new ObjectMapper().readTree(run.out());
        assertThat(report.path("known_reads").asInt()).isEqualTo(3);
        assertThat(report.path("left_out_reads").asInt()).isEqualTo(1);
        assertThat(report.path("auroc").asDouble()).as("5 of 6 pairs").isCloseTo(5 / 6.0, within(1e-9));
        assertThat(report.path("keeping_threshold").asDouble())
                .as("keeps 2 of 3")
                .isCloseTo(0.8, within(1e-9));
        assertThat(report.path("keeping_unknown_called").asDouble()).isZero();
        assertThat(report.path("unknown_called").asDouble()).as("in the run").isEqualTo(0.5);
        assertThat(report.at("/unknown_called_by_source/Mus").asDouble()).isEqualTo(1);
        assertThat(report.at("/unknown_called_by_source/Rattus").asDouble()).isZero();
    }

    @Test
    void readsAreCountedByLengthAndIdentityAndScoresAreComparedWithTruth() throws Exception {
        Path truth = file(
                "truth.tsv",
                "read\tsource\tsequence\tstart\tend\tidentity",
                "r1\tone\tc\t0\t100\t0.99",
                "r2\tone\tc\t0\t100\t0.91",
                "r3\ttwo\tc\t0\t300\t0.91",
                "r4\ttwo\tc\t0\t300\t0.80");
        Path annotations = file(
                "calls.jsonl",
                annotation("r1", 100, "one", 0.9),
                annotation("r2", 100, "two", 0.6),
                annotation("r3", 300, "two", 0.8),
                annotation("r4", 300, "two", 0.7));
        CommandRun run = CommandRun.of(
                "evaluate",
                "reads",
                "--annotations",
                annotations,
                "--truth",
                truth,
                "--length-bins",
                "150",
                "--identity-bins",
                "0.9,0.95",
                "--json");
        assertThat(run.exitCode()).as(run.err()).isEqualTo(ExitCode.FINE);
        JsonNode rows = new ObjectMapper().readTree(run.out());
        assertThat(rows.at("/all <= 150/accuracy").asDouble()).isEqualTo(0.5);
        assertThat(rows.at("/all > 150/accuracy").asDouble()).isEqualTo(1);
        assertThat(rows.at("/all identity <= 90%/reads").asInt()).isEqualTo(1);
        assertThat(rows.at("/all identity 90%-95%/accuracy").asDouble()).isEqualTo(0.5);
        // Scores .9 .6 .8 .7 lie in bins of their own; right, wrong, right, right.
        assertThat(rows.at("/all any length/expectedCalibrationError").asDouble())
                .isCloseTo((0.1 + 0.6 + 0.2 + 0.3) / 4, within(1e-9));
        JsonNode half = rows.at("/all any length/riskCoverage/6");
        assertThat(half.path("coverage").asDouble()).isEqualTo(0.5);
        assertThat(half.path("minScore").asDouble()).isEqualTo(0.8);
        assertThat(half.path("risk").asDouble()).isEqualTo(0);
        assertThat(rows.at("/all any length/riskCoverage/0/risk").asDouble()).isEqualTo(0.25);
    }

    @Test
    void callsOfTwoRunsAreCountedAndCompared() throws Exception {
        Path one = file("one.jsonl", annotation("a", 50, "x", 0.9), annotation("b", 50, "y", 0.4));
        Path two = file("two.jsonl", annotation("b", 50, "y", 0.8), annotation("a", 50, "y", 0.9));
        CommandRun run = CommandRun.of("evaluate", "calls", one, two, "--min-score", "0.5", "--json");
        assertThat(run.exitCode()).as(run.err()).isEqualTo(ExitCode.FINE);
        JsonNode rows = new ObjectMapper().readTree(run.out());
        assertThat(rows.at("/one.jsonl/calledShare").asDouble()).isEqualTo(0.5);
        assertThat(rows.at("/two.jsonl/calledShare").asDouble()).isEqualTo(1);
        assertThat(rows.at("/two.jsonl/sameLabelAsFirst").asDouble()).isEqualTo(0.5);
    }

    @Test
    void drawnReadsWithoutErrorsLieWhereTheTruthSays() throws Exception {
        Random random = new Random(5);
        StringBuilder genome = new StringBuilder();
        for (int i = 0; i < 5_000; i++) {
            genome.append("ACGT".charAt(random.nextInt(4)));
        }
        file("small.fa", ">c1 text", genome.toString());
        Path heldOut = file("held-out.tsv", "genome\tcontig\tstart\tend", "small\tc1\t1000\t3000");
        String[] draw = {
            "evaluate",
            "draw",
            "--genome",
            "my genome=" + folder.resolve("small.fa"),
            "--count",
            "40",
            "--bases",
            "50-90",
            "--held-out",
            heldOut.toString(),
            "--out",
            folder.resolve("reads.fa").toString(),
            "--truth",
            folder.resolve("truth.tsv").toString()
        };
        CommandRun run = CommandRun.of((Object[]) draw);
        assertThat(run.exitCode()).as(run.err()).isEqualTo(ExitCode.FINE);
        List<String> reads = Files.readAllLines(folder.resolve("reads.fa"));
        List<String> truth = Files.readAllLines(folder.resolve("truth.tsv"));
        assertThat(reads).hasSize(80);
        assertThat(truth).hasSize(41);
        boolean[] strands = new boolean[2];
        for (int i = 0; i < 40; i++) {
            String[] cells = truth.get(i + 1).split("\t");
            assertThat(reads.get(2 * i)).isEqualTo(">" + cells[0]);
            int start = Integer.parseInt(cells[3]);
            int end = Integer.parseInt(cells[4]);
            assertThat(start).isGreaterThanOrEqualTo(1000);
            assertThat(end).isLessThanOrEqualTo(3000);
            byte[] source = genome.substring(start, end).getBytes(StandardCharsets.US_ASCII);
            boolean reverse = cells[5].equals("-");
            strands[reverse ? 1 : 0] = true;
            String text =
                    new String(reverse ? Nucleotide.reverseComplement(source) : source, StandardCharsets.US_ASCII);
            assertThat(reads.get(2 * i + 1)).hasSizeBetween(50, 90);
            assertThat(text).startsWith(reads.get(2 * i + 1));
        }
        assertThat(strands).containsExactly(true, true);
        byte[] before = Files.readAllBytes(folder.resolve("reads.fa"));
        CommandRun.of((Object[]) draw);
        assertThat(Files.readAllBytes(folder.resolve("reads.fa"))).isEqualTo(before);

        draw[7] = "90-50";
        CommandRun wrong = CommandRun.of((Object[]) draw);
        assertThat(wrong.exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(wrong.err()).contains("--bases").contains("90-50");
    }

    private CommandRun select(Path input) throws IOException {
        return CommandRun.of(
                "evaluate",
                "select",
                "--model",
                SourceTree.ROOT.resolve("models/species-2.1"),
                "--truth",
                file(
                        "truth.tsv",
                        "read\tsource\tsequence\tstart\tend",
                        "r1\tHomo sapiens\tc\t1000\t1008",
                        "r2\tHomo sapiens\tc\t1000\t1008",
                        "r3\tHomo sapiens\tc\t9000\t9008"),
                "--held-out",
                file("held-out.tsv", "genome\tcontig\tstart\tend", "hs\tc\t500\t3000"),
                "--input",
                input,
                "--out",
                folder.resolve("out.csv"));
    }

    private byte[] compressed(String text) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (OutputStream out = new ZstdCompressorOutputStream(bytes)) {
            out.write(text.getBytes(StandardCharsets.US_ASCII));
        }
        return bytes.toByteArray();
    }

    @Test
    void readsOfEveryKindOfFileAreSelected() throws Exception {
        String fastq = "@r1\nACGTACGT\n+\nIIIIIIII\n@r2\nTTTTCCCC\n+\nIIIIIIII\n@r3\nGGGGAAAA\n+\nIIIIIIII\n";
        String sam = "@SQ\tSN:c\tLN:9999\n"
                + "r1\t0\tc\t1\t60\t8M\t*\t0\t0\tACGTACGT\tIIIIIIII\n"
                + "r1\t256\tc\t9\t60\t8M\t*\t0\t0\tACGTACGT\tIIIIIIII\n"
                + "r2\t16\tc\t1\t60\t8M\t*\t0\t0\tGGGGAAAA\tIIIIIIII\n";
        Path pipe = folder.resolve("pipe");
        assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor())
                .isZero();
        Process writer =
                new ProcessBuilder("sh", "-c", "cat " + file("plain.fq", fastq.strip()) + " > " + pipe).start();
        for (Path input : List.of(
                folder.resolve("plain.fq"),
                Files.write(folder.resolve("reads.fastq.zst"), compressed(fastq)),
                Files.writeString(folder.resolve("reads.sam"), sam),
                Files.write(folder.resolve("reads.sam.zst"), compressed(sam)),
                pipe)) {
            CommandRun run = select(input);
            assertThat(run.exitCode()).as("%s: %s", input, run.err()).isEqualTo(ExitCode.FINE);
            assertThat(Files.readAllLines(folder.resolve("out.csv")))
                    .as("%s", input)
                    .containsExactly("sequence,label", "ACGTACGT,5", "TTTTCCCC,5");
        }
        assertThat(writer.waitFor()).isZero();
    }

    @Test
    void aFileWithAFaultIsNotSelectedFrom() throws Exception {
        Path cut = Files.writeString(folder.resolve("cut.fq"), "@r1\nACGTACGT\n+\nIIIIIIII\n@r2\nTTTT\n+\nII\n");
        CommandRun run = select(cut);
        assertThat(run.exitCode()).isEqualTo(ExitCode.FAILED);
        assertThat(run.err())
                .startsWith("kmerflow: Expected a whole file of reads, got a fault at record 2 of " + cut + ": ")
                .hasLineCount(1);
        assertThat(folder.resolve("out.csv")).doesNotExist();
    }
}
