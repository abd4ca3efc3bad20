package io.kmerflow.cli.evaluation;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.kmerflow.cli.CommandRun;
import io.kmerflow.cli.base.ExitCode;
import io.kmerflow.cli.evaluation.TruthBed.TrueRead;
import io.kmerflow.pretraining.annotation.CodingMap.State;
import io.kmerflow.sequence.Nucleotide;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SegmentsCommandTest {
    @TempDir
    Path folder;

    /** A genome in which a base tells what it is: A forward coding, C reverse coding, G unclear, T neither. */
    @BeforeEach
    void writeGenome() throws IOException {
        String genome = "T".repeat(2_000)
                + "A".repeat(900)
                + "T".repeat(80)
                + "C".repeat(700)
                + "G".repeat(320)
                + "A".repeat(1_000)
                + "T".repeat(2_000);
        file("spelled.fa", ">chr one", genome);
        file(
                "spelled.gff3",
                "##gff-version 3",
                "chr\tx\tCDS\t2001\t2900\t.\t+\t0\t.",
                "chr\tx\tCDS\t2981\t4000\t.\t-\t0\t.",
                "chr\tx\tCDS\t3681\t5000\t.\t+\t0\t.");
    }

    private Path file(String name, String... lines) throws IOException {
        return Files.writeString(folder.resolve(name), String.join("\n", lines) + "\n");
    }

    private CommandRun draw(String errorRate, Object... more) throws Exception {
        Object[] start = {
            "evaluate",
            "draw",
            "--genome",
            "s=" + folder.resolve("spelled.fa"),
            "--count",
            "60",
            "--bases",
            "500-1500",
            "--error-rate",
            errorRate,
            "--out",
            folder.resolve("reads.fa"),
            "--features",
            "s=" + folder.resolve("spelled.gff3")
        };
        Object[] all = Arrays.copyOf(start, start.length + more.length);
        System.arraycopy(more, 0, all, start.length, more.length);
        return CommandRun.of(all);
    }

    private int wrongStates() throws IOException {
        Map<String, TrueRead> truth = TruthBed.read(folder.resolve("truth.bed"));
        List<String> lines = Files.readAllLines(folder.resolve("reads.fa"));
        assertThat(truth).hasSize(60);
        int wrong = 0;
        for (int i = 0; i < lines.size(); i += 2) {
            byte[] bases = lines.get(i + 1).getBytes(StandardCharsets.US_ASCII);
            State[] states = truth.get(lines.get(i).substring(1)).states();
            assertThat(states).hasSize(bases.length);
            // Which strand it was read from is told by its non-coding bases, T or A; the truth must fit one of the two.
            int forward = 0;
            int reverse = 0;
            byte[] turned = Nucleotide.reverseComplement(bases);
            for (int base = 0; base < bases.length; base++) {
                int state = states[base].ordinal(); // NON_CODING, FORWARD, REVERSE, UNCLEAR
                forward += bases[base] == "TACG".charAt(state) ? 0 : 1;
                reverse += turned[bases.length - 1 - base] == "TCAG".charAt(state) ? 0 : 1;
            }
            wrong += Math.min(forward, reverse);
        }
        return wrong;
    }

    @Test
    void drawnReadsCarryTheirAnnotationOnEitherStrandAndOverErrors() throws Exception {
        CommandRun exact = draw("0", "--segments", folder.resolve("truth.bed"));
        assertThat(exact.exitCode()).as(exact.err()).isEqualTo(ExitCode.FINE);
        assertThat(wrongStates()).isZero();
        CommandRun noisy = draw("0.1", "--segments", folder.resolve("truth.bed"));
        assertThat(noisy.exitCode()).as(noisy.err()).isEqualTo(ExitCode.FINE);
        // 60 reads of 1,000 bases on average: substitutions and three of four insertions differ, 0.023 + 0.023 of the
        // bases.
        assertThat(wrongStates() / 60_000.0).isBetween(0.03, 0.06);
        assertThat(Files.readString(folder.resolve("truth.bed"))).contains("\tcoding\t0\t+\ts", "\tunclear\t0\t.\ts");
    }

    @Test
    void segmentsNeedFeaturesOfEveryGenome() throws Exception {
        CommandRun none = draw("0");
        assertThat(none.exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(none.err()).contains("Expected --segments and --features of every genome, or neither");
        CommandRun other =
                draw("0", "--segments", folder.resolve("t.bed"), "--genome", "t=" + folder.resolve("spelled.fa"));
        assertThat(other.exitCode()).isEqualTo(ExitCode.USAGE);
        file("spelled.gff3", "other\tx\tCDS\t1\t9\t.\t+\t0\t.");
        CommandRun unknown = draw("0", "--segments", folder.resolve("t.bed"));
        assertThat(unknown.exitCode()).isEqualTo(ExitCode.FAILED);
        assertThat(unknown.err()).contains("Expected a sequence named one of [other]");
        assertThat(folder.resolve("t.bed")).doesNotExist();
    }

    @Test
    void callsOfGff3AndBedAreComparedBySource() throws Exception {
        Path truth = file(
                "truth.bed",
                "r1\t0\t1000\tread\t0\t.\tone",
                "r1\t100\t400\tcoding\t0\t+\tone",
                "r2\t0\t500\tread\t0\t.\ttwo",
                "r2\t200\t500\tcoding\t0\t-\ttwo",
                "r3\t0\t100\tread\t0\t.\ttwo");
        Path gff = file(
                "calls.gff3",
                "##gff-version 3",
                "r1\tp\tCDS\t101\t400\t.\t+\t0\tID=1",
                "r1\tp\tgene\t1\t1000\t.\t-\t.\tID=2",
                "r2\tk\tSO:0000316\t351\t500\t0.5\t-\t.\tID=3");
        CommandRun run = CommandRun.of("evaluate", "segments", "--truth", truth, "--calls", gff, "--json");
        assertThat(run.exitCode()).as(run.err()).isEqualTo(ExitCode.FINE);
        JsonNode rows = new ObjectMapper().readTree(run.out());
        assertThat(rows.at("/one/baseF1").asDouble()).isEqualTo(1);
        assertThat(rows.at("/two/reads").asInt()).isEqualTo(2);
        assertThat(rows.at("/two/baseRecall").asDouble()).isEqualTo(0.5);
        assertThat(rows.at("/two/basePrecision").asDouble()).isEqualTo(1);
        assertThat(rows.at("/all/baseRecall").asDouble()).isEqualTo(0.75);
        assertThat(rows.at("/all/ends").asInt())
                .as("100 and 400 of r1, 200 of r2")
                .isEqualTo(3);
        assertThat(rows.at("/all/endDistance90").asDouble()).isEqualTo(150);

        Path bed = file("calls.bed", "r1\t100\t400\tcds\t0\t+", "r2\t350\t500\tcds\t0\t-\tmore");
        CommandRun table = CommandRun.of("evaluate", "segments", "--truth", truth, "--calls", bed);
        assertThat(table.out().lines().filter(line -> line.startsWith("all")))
                .singleElement()
                .asString()
                .contains("1.0000  0.7500  0.8571  1.0000 | 1.0000 |  1.0000  1.0000 |  1.0000       0     150");
    }

    @Test
    void callsOnReadsWithoutTruthAreLeftOut() throws Exception {
        Path truth = file("truth.bed", "r1\t0\t100\tread\t0\t.\tone", "r1\t0\t100\tcoding\t0\t+\tone");
        Path calls = file("calls.bed", "r1\t0\t100\tx\t0\t+", "elsewhere\t0\t9999\tx\t0\t+");
        CommandRun run = CommandRun.of("evaluate", "segments", "--truth", truth, "--calls", calls);
        assertThat(run.out())
                .contains("1.0000  1.0000  1.0000     NaN |", "calls on 1 reads without truth are not counted");
        CommandRun json = CommandRun.of("evaluate", "segments", "--truth", truth, "--calls", calls, "--json");
        JsonNode report = new ObjectMapper().readTree(json.out());
        assertThat(report.path("readsWithoutTruth").asInt()).isEqualTo(1);
        assertThat(report.at("/one/basePrecision").asDouble()).isEqualTo(1);
    }

    @Test
    void alignedReadsGetTheAnnotationOfTheirPlace() throws Exception {
        // The genome: 2,000 T, 900 A forward coding, 80 T, 700 C reverse coding, 320 unclear, 1,000 forward coding.
        Path sam = file(
                "reads.sam",
                "@SQ\tSN:chr\tLN:7000",
                "f\t0\tchr\t1991\t60\t5S20M2I3D10M4H\t*\t0\t0\t" + "A".repeat(37) + "\t*\tNM:i:5",
                "r\t16\tchr\t2891\t60\t30M1I100M\t*\t0\t0\t*\t*",
                "u\t4\t*\t0\t0\t*\t*\t0\t0\tACGT\t*",
                "f\t2048\tchr\t1\t60\t4M\t*\t0\t0\tACGT\t*",
                "f\t256\tchr\t1\t60\t4M\t*\t0\t0\tACGT\t*");
        Path bed = folder.resolve("aligned.bed");
        CommandRun run = CommandRun.of(
                "evaluate",
                "aligned-segments",
                "--alignments",
                sam,
                "--genome",
                folder.resolve("spelled.fa"),
                "--features",
                folder.resolve("spelled.gff3"),
                "--source",
                "real",
                "--out",
                bed);
        assertThat(run.exitCode()).as(run.err()).isEqualTo(ExitCode.FINE);
        assertThat(run.err()).contains("2 aligned reads -> ");
        assertThat(Files.readAllLines(bed))
                .containsExactly(
                        "f\t0\t41\tread\t0\t.\treal",
                        "f\t0\t5\tunclear\t0\t.\treal",
                        "f\t15\t37\tcoding\t0\t+\treal",
                        "f\t37\t41\tunclear\t0\t.\treal",
                        "r\t0\t131\tread\t0\t.\treal",
                        // 2891 to 3020 is 0-based 2890 to 3020; turned, the first 40 bases are 3020 down to 2980, which
                        // code.
                        "r\t0\t40\tcoding\t0\t+\treal",
                        "r\t121\t131\tcoding\t0\t-\treal");
        Path broken = file("broken.sam", "f\t0\tchr\t1\t60\t5Q\t*\t0\t0\t*\t*");
        CommandRun fault = CommandRun.of(
                "evaluate",
                "aligned-segments",
                "--alignments",
                broken,
                "--genome",
                folder.resolve("spelled.fa"),
                "--features",
                folder.resolve("spelled.gff3"),
                "--out",
                folder.resolve("no.bed"));
        assertThat(fault.exitCode()).isEqualTo(ExitCode.FAILED);
        assertThat(fault.err()).contains("line 1: expected a CIGAR, got 5Q");
        assertThat(folder.resolve("no.bed")).doesNotExist();
    }

    @Test
    void theKmerControlIsTrainedAsConfiguredAndCallsWithStrand() throws Exception {
        String gap = "AT".repeat(400);
        file("genes.fa", ">chr", gap + "GCA".repeat(300) + gap + "TGC".repeat(200) + gap);
        file("genes.gff3", "chr\tx\tCDS\t801\t1700\t.\t+\t0\t.", "chr\tx\tCDS\t2501\t3100\t.\t-\t0\t.");
        file(
                "run.yaml",
                "labels:",
                "  - {name: coding forward, ontologyId: \"SO:0000316\"}",
                "  - {name: coding reverse, ontologyId: \"SO:0000316\"}",
                "  - {name: non-coding, background: true}",
                "annotated:",
                "  genomes: [{features: genes.gff3, fasta: genes.fa}]",
                "  validationGenomes: [{features: genes.gff3, fasta: genes.fa}]",
                "window: {bases: 120, strideBases: 40, minReadBases: 60, aggregation: MIDDLE_SEGMENTS}",
                "validationPerLabel: 100");
        file(
                "own.fa",
                ">f",
                "AT".repeat(200) + "GCA".repeat(200) + "AT".repeat(200),
                ">r",
                "AT".repeat(150) + "TGC".repeat(100),
                ">short",
                "GCA".repeat(15));
        Path bed = folder.resolve("control.bed");
        CommandRun run = CommandRun.of(
                "evaluate",
                "kmer-segments",
                "--config",
                folder.resolve("run.yaml"),
                "--reads",
                folder.resolve("own.fa"),
                "--out",
                bed,
                "--control-k",
                "3",
                "--control-windows",
                "3000");
        assertThat(run.exitCode()).as(run.err()).isEqualTo(ExitCode.FINE);
        assertThat(run.err()).contains("2 segments -> ");
        List<String> rows = Files.readAllLines(bed);
        assertThat(rows).hasSize(2);
        String[] forward = rows.get(0).split("\t");
        assertThat(forward).startsWith("f").endsWith("+").contains("coding forward");
        assertThat(Integer.parseInt(forward[1])).isBetween(360, 440);
        assertThat(Integer.parseInt(forward[2])).isBetween(960, 1_040);
        String[] reverse = rows.get(1).split("\t");
        assertThat(reverse).startsWith("r").endsWith("-").contains("600", "coding reverse");
    }

    @Test
    void faultsAreNamed() throws Exception {
        Path truth = file("truth.bed", "r1\t0\t100\tread\t0\t.\tone");
        assertFault(truth, file("a.bed", "r2\t0\t10\tx\t0\t+"), "found none among those of 1 reads");
        assertFault(
                truth, file("b.bed", "r1\t50\t101\tx\t0\t+"), "within the 100 bases of r1, got one that ends at 101");
        assertFault(truth, file("c.bed", "r1\t0\t10\tx\t0\t."), "line 1: expected strand + or -, got .");
        assertFault(truth, file("d.bed", "r1\t0\t10"), "line 1: expected 6 columns, got 3");
        assertFault(
                file("bad.bed", "r1\t0\t10\tcoding\t0\t+\tone"),
                file("e.bed"),
                "a line named read that covers the others of r1");
        assertFault(
                file("twice.bed", "r1\t0\t9\tread\t0\t.\ta", "r1\t0\t9\tread\t0\t.\ta"),
                file("f.bed"),
                "line 2: expected every read once, got r1 twice");
    }

    private static void assertFault(Path truth, Path calls, String words) throws Exception {
        CommandRun run = CommandRun.of("evaluate", "segments", "--truth", truth, "--calls", calls);
        assertThat(run.exitCode()).isEqualTo(ExitCode.FAILED);
        assertThat(run.err()).contains(words);
    }
}
