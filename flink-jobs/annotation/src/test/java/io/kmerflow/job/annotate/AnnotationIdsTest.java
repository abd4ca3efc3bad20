package io.kmerflow.job.annotate;

import static org.assertj.core.api.Assertions.assertThat;

import io.kmerflow.job.ingest.DecodedRead;
import io.kmerflow.job.ingest.Origin;
import io.kmerflow.sequence.Read;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class AnnotationIdsTest {
    private static final AnnotationIds IDS = new AnnotationIds("sha256:aa", "precision=fp32\n");

    private static DecodedRead read(String run, String name, int mate, String bases, byte[] qualities) {
        return DecodedRead.of(
                new Read(name, mate, run, null, false, bases.getBytes(StandardCharsets.UTF_8), qualities),
                null,
                Origin.ofTopic("reads", 0, 0, 0));
    }

    @Test
    void theIdIsTheHashThatTheDocumentationDescribes() throws Exception {
        MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(bytes);
        for (byte[] part : List.of(
                "run".getBytes(StandardCharsets.UTF_8),
                "name".getBytes(StandardCharsets.UTF_8),
                new byte[] {1},
                sha256.digest("ACGT".getBytes(StandardCharsets.UTF_8)),
                sha256.digest(new byte[] {1, 2, 3, 4}),
                "sha256:aa".getBytes(StandardCharsets.UTF_8),
                sha256.digest("precision=fp32\n".getBytes(StandardCharsets.UTF_8)))) {
            out.writeInt(part.length);
            out.write(part);
        }
        String expected = HexFormat.of().formatHex(sha256.digest(bytes.toByteArray()), 0, 16);

        assertThat(IDS.of(read("run", "name", 1, "ACGT", new byte[] {1, 2, 3, 4})))
                .isEqualTo(expected);
    }

    @Test
    void whateverDecidesAScoreChangesTheId() {
        byte[] qualities = {1, 2, 3, 4};
        DecodedRead read = read("run", "name", 0, "ACGT", qualities);
        Set<String> ids = Stream.of(
                        IDS.of(read),
                        IDS.of(read("runn", "ame", 0, "ACGT", qualities)),
                        IDS.of(read("run", "name", 1, "ACGT", qualities)),
                        IDS.of(read("run", "name", 0, "ACGA", qualities)),
                        IDS.of(read("run", "name", 0, "ACGT", new byte[] {1, 2, 3, 5})),
                        IDS.of(read("run", "name", 0, "ACGT", null)),
                        new AnnotationIds("sha256:ab", "precision=fp32\n").of(read),
                        new AnnotationIds("sha256:aa", "precision=fp16\n").of(read))
                .collect(Collectors.toSet());

        assertThat(ids).hasSize(8);
    }

    @Test
    void thePlaceDoesNotChangeTheId() {
        DecodedRead again = read("run", "name", 0, "ACGT", null);
        again.origin = Origin.ofFile("b.fastq", 9, 9, 9, 9);

        assertThat(IDS.of(again)).isEqualTo(IDS.of(read("run", "name", 0, "ACGT", null)));
    }
}
