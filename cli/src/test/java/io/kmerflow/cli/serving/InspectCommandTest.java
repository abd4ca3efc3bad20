package io.kmerflow.cli.serving;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.kmerflow.cli.CommandRun;
import io.kmerflow.cli.base.ExitCode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.apache.commons.compress.compressors.bzip2.BZip2CompressorOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tukaani.xz.LZMA2Options;
import org.tukaani.xz.XZOutputStream;

class InspectCommandTest {
    private static final String GOOD = "@a/1\nACGT\n+\n!III\n@b/1\nGG\n+\n#I\n";

    @TempDir
    Path folder;

    private Path file(String name, String text) throws IOException {
        return Files.writeString(folder.resolve(name), text);
    }

    private static JsonNode json(CommandRun run) throws IOException {
        return new ObjectMapper().readTree(run.out());
    }

    @Test
    void aGoodFileIsAcceptedWithWhatIsInIt() throws IOException {
        CommandRun run = CommandRun.of("inspect", "--json", file("r.fq", GOOD));

        assertThat(run.exitCode()).as(run.err()).isEqualTo(ExitCode.FINE);
        JsonNode json = json(run);
        assertThat(json.path("verdict").asText()).isEqualTo("accept");
        assertThat(json.path("records").asInt()).isEqualTo(2);
        assertThat(json.path("errors")).isEmpty();
        assertThat(json.path("qualityEncoding").asText()).isEqualTo("phred33");
        assertThat(json.path("lengths").path("max").asInt()).isEqualTo(4);
        // A name that ends in /1 is a mate only beside the other one.
        assertThat(json.path("headers").path("fields").has("mate")).isFalse();
    }

    @Test
    void aDamagedFileIsRejectedWithThePlace() throws IOException {
        CommandRun run = CommandRun.of("inspect", "--json", file("r.fq", GOOD + "@c\nACGT\n+\nII\n" + GOOD));

        assertThat(run.exitCode()).isEqualTo(ExitCode.REJECTED);
        JsonNode json = json(run);
        assertThat(json.path("verdict").asText()).isEqualTo("reject");
        assertThat(json.path("recovered").asInt()).isEqualTo(2);
        JsonNode error = json.path("errors").path(0);
        assertThat(error.path("record").asInt()).isEqualTo(3);
        assertThat(error.path("line").asInt()).isEqualTo(9);
        assertThat(error.path("byteStart").asInt()).isEqualTo(GOOD.length());
        assertThat(error.path("byteEnd").asInt()).isEqualTo(GOOD.length() + 13);
        assertThat(error.path("reason").asText()).isEqualTo("MALFORMED_RECORD");
    }

    @Test
    void filesThatAreNoMatesAreAPairReject() throws IOException {
        Path first = file("r1.fq", GOOD);
        Path second = file("r2.fq", GOOD.replace("/1", "/2").replace("@b", "@x"));

        CommandRun run = CommandRun.of("inspect", "--json", first, "-2", second);

        assertThat(run.exitCode()).isEqualTo(ExitCode.REJECTED);
        JsonNode json = json(run);
        assertThat(json.path("verdict").asText()).isEqualTo("pair-reject");
        assertThat(json.path("records").asInt()).isEqualTo(1);
        assertThat(json.path("recovered").asInt()).isEqualTo(1);
        assertThat(json.path("errors").path(0).path("line").asInt()).isEqualTo(5);
        assertThat(json.path("mate").path("verdict").asText()).isEqualTo("accept");
    }

    @Test
    void aGivenEncodingIsTakenAndWhatContradictsItIsAnError() throws IOException {
        Path old = file("old.fq", "@a\nACGT\n+\nhhhh\n@b\nAC\n+\n5h\n");

        JsonNode told = json(CommandRun.of("inspect", "--json", "--quality-encoding", "phred64", old));

        assertThat(told.path("qualityEncoding").asText()).isEqualTo("phred64");
        assertThat(told.path("meanQuality").asDouble()).isEqualTo(40, org.assertj.core.data.Offset.offset(1e-9));
        assertThat(told.path("records").asInt()).isOne();
        assertThat(told.path("errors").path(0).path("record").asInt()).isEqualTo(2);
    }

    @Test
    void theTableSaysTheSameInWords() throws IOException {
        CommandRun run = CommandRun.of("inspect", file("r.fq", GOOD + "junk\n"));

        assertThat(run.out())
                .contains(
                        "r.fq: reject", "2 before the first error", "line 9, bytes [30, 35)", "phred33, mean quality");
    }

    @Test
    void bzip2AndXzAreReadAndACutIsNotAccepted() throws IOException {
        ByteArrayOutputStream bzip2 = new ByteArrayOutputStream();
        try (BZip2CompressorOutputStream out = new BZip2CompressorOutputStream(bzip2)) {
            out.write(GOOD.getBytes(StandardCharsets.US_ASCII));
        }
        ByteArrayOutputStream xz = new ByteArrayOutputStream();
        try (XZOutputStream out = new XZOutputStream(xz, new LZMA2Options())) {
            out.write(GOOD.getBytes(StandardCharsets.US_ASCII));
        }
        for (byte[] whole : new byte[][] {bzip2.toByteArray(), xz.toByteArray()}) {
            Path path = Files.write(folder.resolve("r"), whole);
            assertThat(json(CommandRun.of("inspect", "--json", path))
                            .path("records")
                            .asInt())
                    .isEqualTo(2);
            Files.write(path, Arrays.copyOf(whole, whole.length - 5));
            CommandRun cut = CommandRun.of("inspect", "--json", path);
            assertThat(cut.exitCode()).isNotEqualTo(ExitCode.FINE);
        }
    }

    @Test
    void whatCannotBeReadOrMeantIsOneSentence() throws IOException {
        CommandRun missing = CommandRun.of("inspect", folder.resolve("none.fq"));
        assertThat(missing.exitCode()).isEqualTo(ExitCode.FAILED);
        assertThat(missing.err()).contains("none.fq").hasLineCount(1);

        Path reads = file("r.fq", GOOD);
        CommandRun uneven = CommandRun.of("inspect", reads, "-2", file("s.fq", GOOD), file("t.fq", GOOD));
        assertThat(uneven.exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(uneven.err()).contains("as many files of mates").hasLineCount(1);
    }

    @Test
    void interleavedMatesAreCheckedInPairs() throws IOException {
        String pair = "@a/1\nACGT\n+\n!III\n@a/2\nGG\n+\n#I\n";
        CommandRun good = CommandRun.of("inspect", "--json", "--interleaved", file("i.fq", pair));
        assertThat(good.exitCode()).as(good.err()).isEqualTo(ExitCode.FINE);
        assertThat(json(good).path("pairs").asInt()).isOne();
        assertThat(json(good).path("headers").path("fields").path("mate").asInt())
                .isEqualTo(2);

        Path odd = file("odd.fq", pair + "@b/1\nA\n+\nI\n");
        CommandRun rejected = CommandRun.of("inspect", "--json", "--interleaved", odd);
        assertThat(rejected.exitCode()).isEqualTo(ExitCode.REJECTED);
        assertThat(json(rejected).path("verdict").asText()).isEqualTo("pair-reject");
        assertThat(json(rejected).path("errors").path(0).path("line").asInt()).isEqualTo(9);
        assertThat(CommandRun.of("inspect", "--interleaved", odd).out()).contains("pair-reject", "'b'");
        assertThat(CommandRun.of("inspect", "--interleaved", odd, "-2", file("x.fq", pair))
                        .exitCode())
                .isEqualTo(ExitCode.USAGE);
    }

    @Test
    void theSameFileTwiceIsWrongUsageUnderEveryNameItHas() throws IOException {
        Path reads = file("r.fq", GOOD);
        Path hard = Files.createLink(folder.resolve("hard.fq"), reads);
        Path soft = Files.createSymbolicLink(folder.resolve("soft.fq"), reads);
        for (Path other : new Path[] {reads, hard, soft}) {
            for (String command : new String[] {"inspect", "annotate"}) {
                CommandRun run = command.equals("inspect")
                        ? CommandRun.of("inspect", reads, "-2", other)
                        : CommandRun.of("annotate", "-i", reads, "-2", other, "-o", folder.resolve("o.tsv"));
                assertThat(run.exitCode()).as(run.err()).isEqualTo(ExitCode.USAGE);
                assertThat(run.err()).contains("each file once").contains(reads.toString());
            }
        }
    }

    @Test
    void aFolderIsInspectedFileByFile() throws IOException {
        Path runs = Files.createDirectories(folder.resolve("run/pass"));
        Files.writeString(runs.resolve("b.fastq"), GOOD);
        Files.writeString(runs.resolve("a.fastq"), GOOD);
        CommandRun run = CommandRun.of("inspect", folder.resolve("run"));
        assertThat(run.exitCode()).as(run.err()).isEqualTo(ExitCode.FINE);
        assertThat(run.out()).containsSubsequence("a.fastq: accept", "b.fastq: accept");

        CommandRun none = CommandRun.of("inspect", Files.createDirectory(folder.resolve("none")));
        assertThat(none.exitCode()).isEqualTo(ExitCode.FAILED);
        assertThat(none.err()).contains("found none").hasLineCount(1);
    }

    @Test
    void zeroBytesInACompressedFileAreRejectedWithTheReason() throws IOException {
        CommandRun run = CommandRun.of("inspect", file("z.fastq.gz", ""));
        assertThat(run.exitCode()).isEqualTo(ExitCode.REJECTED);
        assertThat(run.out()).contains("0 bytes");
        assertThat(CommandRun.of("inspect", file("z.fastq", "")).exitCode()).isEqualTo(ExitCode.FINE);
    }

    @Test
    void noControlCharacterOfAHeaderReachesATerminal() throws IOException {
        CommandRun run = CommandRun.of(
                "inspect", file("esc.fq", "@a runid=\u001b[31mx\u0000 \u001b]0;t\u0007=1\nAC\n+\n!I\n@\u001b[2J\nA\n"));
        assertThat(run.out()).contains("\\x1b[31mx\\x00").doesNotContain("\u001b", "\u0000", "\u0007");
    }
}
