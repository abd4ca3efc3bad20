package io.kmerflow.corpus.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kmerflow.schema.CorpusRead;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.apache.avro.file.DataFileWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CorpusFolderTest {
    @TempDir
    Path folder;

    private static CorpusRead read(String id, String label) {
        return CorpusRead.newBuilder()
                .setReadId(id)
                .setRunId("run")
                .setBases(ByteBuffer.wrap("ACGTTG".getBytes(StandardCharsets.US_ASCII)))
                .setLabel(label)
                .setModelDigest("sha256:a")
                .build();
    }

    private void write(String name, CorpusRead... reads) throws IOException {
        Path file = folder.resolve("corpus").resolve(name);
        try (OutputStream out = Files.newOutputStream(file);
                DataFileWriter<CorpusRead> writer = CorpusFiles.writer(out)) {
            for (CorpusRead read : reads) {
                writer.append(read);
            }
        }
    }

    private CorpusFolder corpus() throws IOException {
        CorpusFolder corpus = CorpusFolder.create(folder.resolve("corpus"));
        write("reads-1.avro", read("a", "x"), read("b", "x"), read("c", null));
        write("reads-2.avro", read("d", "y"));
        write(".reads-3.avro.inprogress", read("e", "y"));
        Contents contents = corpus.finished(4);
        corpus.complete(new Manifest(
                Manifest.FORMAT,
                "test",
                new TreeMap<>(),
                new TreeMap<>(),
                new TreeMap<>(Map.of("reads", 8L)),
                new TreeMap<>(),
                new TreeMap<>(),
                contents.kept(),
                0.5,
                contents.models(),
                contents.digest(),
                null,
                null,
                null));
        return corpus;
    }

    private static List<String> names(CorpusFolder corpus) throws IOException {
        List<String> names = new ArrayList<>();
        corpus.read(read -> names.add(read.getReadId()));
        return names;
    }

    @Test
    void finishedCorpusHasNoFileOfAFailedAttempt() throws IOException {
        CorpusFolder corpus = corpus();
        assertThat(names(corpus)).containsExactly("a", "b", "c", "d");
        assertThat(folder.resolve("corpus/.reads-3.avro.inprogress")).doesNotExist();
        assertThat(corpus.manifest().kept().byLabel()).isEqualTo(Map.of("x", 2L, "y", 1L));
        assertThat(CorpusFolder.open(folder.resolve("corpus")).manifest()).isEqualTo(corpus.manifest());
    }

    @Test
    void anotherNumberOfReadsThanWereWrittenIsRefused() throws IOException {
        CorpusFolder corpus = corpus();
        assertThatThrownBy(() -> corpus.finished(5))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("Expected 5 reads")
                .hasMessageContaining("got 4");
    }

    @Test
    void forgottenReadsAreInNoFileAndTheManifestIsThatOfTheRest() throws IOException {
        CorpusFolder corpus = corpus();
        Manifest before = corpus.manifest();

        long removed =
                corpus.forget(read -> read.readId().equals("b") || read.readId().equals("d"));

        assertThat(removed).isEqualTo(2);
        assertThat(names(corpus)).containsExactly("a", "c");
        Manifest after = corpus.manifest();
        assertThat(after.kept().reads()).isEqualTo(2);
        assertThat(after.kept().bases()).isEqualTo(12);
        assertThat(after.kept().byLabel()).isEqualTo(Map.of("x", 1L));
        assertThat(after.models()).isEqualTo(Map.of("sha256:a", 2L));
        assertThat(after.keptShare()).isEqualTo(0.25);
        assertThat(after.forgotten()).isEqualTo(2);
        assertThat(after.readsDigest()).isEqualTo(corpus.finished(2).digest()).isNotEqualTo(before.readsDigest());
        assertThat(after.versions()).containsExactly(before.readsDigest(), after.readsDigest());
        for (Path file : corpus.files()) {
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                    .isEqualTo("rw-------");
            assertThat(Files.readString(file, StandardCharsets.ISO_8859_1)).contains("CorpusRead");
        }
        assertThat(corpus.forget(read -> read.readId().equals("b"))).isZero();
        assertThat(corpus.manifest()).isEqualTo(after);
        assertThat(corpus.forget(read -> read.readId().equals("a"))).isOne();
        assertThat(corpus.manifest().forgotten()).isEqualTo(3);
        assertThat(corpus.manifest().versions()).hasSize(3).startsWith(before.readsDigest(), after.readsDigest());
    }

    @Test
    void modelsAreFoundByTheVersionOfTheCorpusThatTheirProvenanceNames() throws IOException {
        Files.createDirectories(folder.resolve("models/one"));
        Files.createDirectories(folder.resolve("models/deep/two"));
        Files.writeString(folder.resolve("models/one/provenance.json"), "{\"corpora\":{\"c\":\"sha256:12\"}}");
        Files.writeString(folder.resolve("models/deep/two/contract.json"), "{\"corpora\":{\"c\":\"sha256:34\"}}");
        Files.writeString(folder.resolve("models/notes.txt"), "sha256:12");
        Files.write(folder.resolve("models/latin.json"), new byte[] {'"', (byte) 0xE9, '"'});
        Files.writeString(folder.resolve("models/broken.zip"), "sha256:12");
        Files.createDirectories(folder.resolve("models/itself"));
        Files.writeString(folder.resolve("models/itself/manifest.json"), "{\"readsDigest\": \"sha256:12\"}");
        Files.createDirectories(folder.resolve("models/part"));
        Files.writeString(folder.resolve("models/part/manifest.json"), "{\"settings\": {\"splitOf\" : \"sha256:12\"}}");
        try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(folder.resolve("models/three.zip")))) {
            zip.putNextEntry(new ZipEntry("provenance.json"));
            zip.write("{\"corpora\":{\"c\":\"sha256:12\"}}".getBytes(StandardCharsets.UTF_8));
        }

        List<Path> models = List.of(folder.resolve("models"), folder.resolve("absent"));
        assertThat(ModelSearch.trainedOn(List.of("sha256:12", "sha256:56"), models))
                .containsExactly(
                        folder.resolve("models/one"),
                        folder.resolve("models/part"),
                        folder.resolve("models/three.zip"));
        assertThat(ModelSearch.trainedOn(List.of(), models)).isEmpty();
    }

    @Test
    void rejectsFoldersWithoutAManifestAndManifestsOfAnotherFormat() throws IOException {
        assertThatThrownBy(() -> CorpusFolder.open(folder))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("Expected a corpus with a manifest.json in " + folder);
        Path file = Files.writeString(folder.resolve("manifest.json"), "{\"format\":2}");
        assertThatThrownBy(() -> Manifest.read(file))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("Expected a manifest of format 1")
                .hasMessageContaining("got 2");
        Files.writeString(file, "{");
        assertThatThrownBy(() -> Manifest.read(file)).isInstanceOf(IllegalArgumentException.class);
    }
}
