package io.kmerflow.cli.serving;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.kmerflow.cli.CommandRun;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.Test;

/**
 * The FASTQ conformance corpus, which is not committed because its parts have licences of their own: the folder is named
 * by the system property {@code kmerflow.fastqCorpus}, and holds MANIFEST.tsv with the columns file, mate, verdict
 * (accept, reject, pair-reject, depends), records, quality.
 */
class FastqCorpusTest {
    /** Where the manifest leaves the verdict open, ours; docs/decisions/0003 says why. */
    private static final Map<String, String> DECIDED = Map.of(
            "adam/fastq_noqual.fq", "reject 0",
            "cutadapt/withplus.fastq", "reject 0",
            "derived/blank_lines_between.fq", "accept 50",
            "derived/gz_trailing_zeros.fq.gz", "accept 400",
            "ena/rawreads_EP0_GTTCCTT_S1.txt.dup.gz", "accept 4",
            "fastq_utils/nanopore_rna4.fastq.gz", "accept 1",
            "fastq_utils/test_e9.fastq.gz", "accept 2",
            "fastqvalidator/interleaved.fastq", "accept 14",
            "picard/permissive-format/pair1.txt", "reject 2",
            "picard/permissive-format/s_1_1_sequence.txt", "reject 6");

    /** Accepted by the manifest as a pair, though the two files have not one name in common. */
    private static final Set<String> DISAGREED = Set.of("ena/read_pair_number_detection_1.fastq.gz");

    private static final Set<String> UNKNOWN_ENCODING = Set.of("picard/fastq-illumina/s_1_2_sequence.txt");

    private record Case(String file, String mate, String verdict, String records, String quality) {}

    @Test
    void everyCaseIsDecidedAsTheManifestSays() throws IOException {
        String folder = System.getProperty("kmerflow.fastqCorpus");
        assumeTrue(folder != null, "kmerflow.fastqCorpus names no folder");
        List<Case> cases = cases(Path.of(folder));
        assertThat(cases).hasSizeGreaterThan(100);
        SoftAssertions softly = new SoftAssertions();
        for (Case expected : cases) {
            check(softly, Path.of(folder), expected);
        }
        softly.assertAll();
    }

    private static void check(SoftAssertions softly, Path folder, Case expected) throws IOException {
        List<Object> words = new ArrayList<>(List.of("inspect", "--json", folder.resolve(expected.file)));
        if (!expected.mate.equals("-")) {
            words.addAll(List.of("-2", folder.resolve(expected.mate)));
        }
        CommandRun run = CommandRun.of(words.toArray());
        JsonNode json = new ObjectMapper().readTree(run.out());
        String verdict = json.path("verdict").asText();
        String got = verdict + " " + json.path("records").asText();
        String wanted = expected.verdict.equals("depends")
                ? DECIDED.get(expected.file)
                : expected.verdict + " "
                        + (expected.records.equals("-") ? json.path("records").asText() : expected.records);
        wanted = DISAGREED.contains(expected.file) ? "pair-reject 0" : wanted;
        softly.assertThat(got).as("%s %s", expected.file, json.path("errors")).isEqualTo(wanted);
        softly.assertThat(run.exitCode()).as(expected.file).isEqualTo(verdict.equals("accept") ? 0 : 3);
        boolean quality = expected.verdict.equals("accept") && !expected.quality.equals("-");
        if (quality) {
            softly.assertThat(json.path("qualityEncoding").asText())
                    .as("encoding of %s", expected.file)
                    .isEqualTo(UNKNOWN_ENCODING.contains(expected.file) ? "unknown" : expected.quality);
        }
    }

    private static List<Case> cases(Path folder) throws IOException {
        return Files.readAllLines(folder.resolve("MANIFEST.tsv")).stream()
                .skip(1)
                .map(line -> line.split("\t", -1))
                .map(cells -> new Case(cells[0], cells[1], cells[2], cells[3], cells[4]))
                .toList();
    }
}
