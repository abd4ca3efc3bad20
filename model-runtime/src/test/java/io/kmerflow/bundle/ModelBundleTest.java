package io.kmerflow.bundle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ModelBundleTest {
    @TempDir
    Path folder;

    private ModelBundle written;

    @BeforeEach
    void write() throws IOException {
        Files.write(folder.resolve("model.onnx"), new byte[] {1, 2, 3});
        written = ModelBundle.complete(
                folder,
                "test",
                "7",
                "fp32",
                TestBundles.contract(),
                List.of(new GoldenRead("ACGTN", new float[] {0.25f, -1.5f})),
                "{}",
                "# Test");
    }

    @Test
    void comesBackAsItWasWritten() {
        ModelBundle read = ModelBundle.read(folder);
        assertThat(read.contract()).isEqualTo(TestBundles.contract());
        assertThat(read.digest()).isEqualTo(written.digest()).matches("sha256:[0-9a-f]{64}");
        assertThat(read.version()).isEqualTo("7");
        assertThat(read.golden().get(0).logits()).containsExactly(0.25f, -1.5f);
    }

    @Test
    void anUnknownPrecisionIsRefused() throws IOException {
        Path manifest = folder.resolve("bundle.json");
        Files.writeString(manifest, Files.readString(manifest).replace("fp32", "int4"));
        assertThatThrownBy(() -> ModelBundle.read(folder))
                .hasMessage("Expected precision fp32, fp16 or int8, got 'int4'");
    }

    @Test
    void aPrecisionOfWiderToleranceIsRefused() throws IOException {
        Path manifest = folder.resolve("bundle.json");
        Files.writeString(manifest, Files.readString(manifest).replace("fp32", "int8"));
        assertThatThrownBy(() -> ModelBundle.read(folder)).hasMessageContaining("a file of the bundle was changed");
    }

    @Test
    void aBundleOfTheFirstFormatHasItsOldDigest() throws IOException {
        String old = BundleDigest.of(folder, null);
        Path manifest = folder.resolve("bundle.json");
        Files.writeString(
                manifest,
                Files.readString(manifest)
                        .replace("\"format\" : 2", "\"format\" : 1")
                        .replace(written.digest(), old));

        assertThat(ModelBundle.read(folder).digest()).isEqualTo(old).isNotEqualTo(written.digest());
        Files.writeString(manifest, Files.readString(manifest).replace("\"format\" : 1", "\"format\" : 3"));
        assertThatThrownBy(() -> ModelBundle.read(folder)).hasMessageContaining("Expected bundle format 1 to 2, got 3");
    }

    @Test
    void aZipIsTheSameBundle() throws IOException {
        Path zip = folder.resolve("bundle.zip");
        try (OutputStream out = Files.newOutputStream(zip);
                ZipOutputStream entries = new ZipOutputStream(out);
                Stream<Path> files = Files.list(folder)) {
            for (Path file : files.filter(file -> !file.equals(zip)).toList()) {
                entries.putNextEntry(new ZipEntry("species/" + file.getFileName()));
                Files.copy(file, entries);
            }
        }
        assertThat(ModelBundle.read(zip).digest()).isEqualTo(written.digest());
    }

    @Test
    void aChangedGraphIsRefused() throws IOException {
        Files.write(folder.resolve("model.onnx"), new byte[] {1, 2, 4});
        assertThatThrownBy(() -> ModelBundle.read(folder))
                .isInstanceOf(BundleException.class)
                .hasMessageContaining("a file of the bundle was changed");
    }

    @Test
    void aChangedThresholdIsRefused() throws IOException {
        Path contract = folder.resolve("contract.json");
        Files.writeString(contract, Files.readString(contract).replace("\"threshold\" : 0.5", "\"threshold\" : 0.1"));
        assertThatThrownBy(() -> ModelBundle.read(folder)).hasMessageContaining("a file of the bundle was changed");
    }

    @ParameterizedTest
    @ValueSource(strings = {"bundle.json", "model.onnx", "contract.json", "golden.json"})
    void aMissingFileIsNamed(String name) throws IOException {
        Files.delete(folder.resolve(name));
        assertThatThrownBy(() -> ModelBundle.read(folder))
                .isInstanceOf(BundleException.class)
                .hasMessageContaining("Expected a model bundle with " + name);
    }

    @Test
    void brokenJsonAFileThatIsNoZipAndNothingAtAllAreRefused() throws IOException {
        Path text = Files.writeString(folder.resolve("readme.txt"), "hello");
        assertThatThrownBy(() -> ModelBundle.read(text))
                .isInstanceOf(BundleException.class)
                .hasMessageContaining("zip");
        assertThatThrownBy(() -> ModelBundle.read(folder.resolve("none")))
                .hasMessageContaining("there is no file or folder");
        Files.writeString(folder.resolve("golden.json"), "[{");
        assertThatThrownBy(() -> ModelBundle.read(folder)).hasMessageContaining("Expected valid JSON");
    }
}
