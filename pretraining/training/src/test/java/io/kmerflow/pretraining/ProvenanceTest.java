package io.kmerflow.pretraining;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProvenanceTest {
    /** {@code printf abc | sha256sum}. */
    private static final String ABC = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

    @TempDir
    Path folder;

    private Path file(String name, String text) throws IOException {
        Path file = folder.resolve(name);
        Files.createDirectories(file.getParent());
        return Files.writeString(file, text);
    }

    @Test
    void filesOfOneNameAreToldApartByTheirFoldersAndOthersNeedNone() throws IOException {
        Map<String, String> digests = Provenance.digests(List.of(
                file("genomes/one.fa", "abc"),
                file("tf/2/train.csv", "2"),
                file("tf/4/train.csv", "4"),
                file("mouse/4/train.csv", "mouse")));
        assertThat(digests).containsOnlyKeys("one.fa", "2/train.csv", "tf/4/train.csv", "mouse/4/train.csv");
        assertThat(digests.values()).doesNotHaveDuplicates();
        assertThat(digests).containsEntry("one.fa", ABC);
    }

    @Test
    void aFileThatIsReadTwiceIsThereOnce() throws IOException {
        Path table = file("table.csv", "abc");
        assertThat(Provenance.digests(List.of(table, folder.resolve("genomes/../table.csv"))))
                .containsExactly(Map.entry("table.csv", ABC));
    }
}
