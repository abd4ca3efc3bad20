package io.kmerflow.bundle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BundleFormsTest {
    @TempDir
    private Path folder;

    @BeforeEach
    void write() throws IOException {
        TestBundles.write(folder);
    }

    private Path form(String precision, String version) throws IOException {
        Path form = Files.createDirectory(folder.resolve(precision));
        Files.write(form.resolve("model.onnx"), TestBundles.GRAPH);
        ModelBundle whole = ModelBundle.read(folder);
        ModelBundle.complete(form, "test", version, precision, whole.contract(), whole.golden(), "{}", "# Test");
        return form;
    }

    @Test
    void aBundleWithoutFormsIsTakenAsItIs() {
        assertThat(BundleForms.choose(folder, "auto", false)).isEqualTo(folder);
        assertThat(BundleForms.choose(folder, "auto", true)).isEqualTo(folder);
        assertThat(BundleForms.choose(folder, "fp32", false)).isEqualTo(folder);
    }

    @Test
    void autoIsInt8OnACpuAndTheBundleItselfOnAGpu() throws IOException {
        Path int8 = form("int8", "7");
        assertThat(BundleForms.choose(folder, "auto", false)).isEqualTo(int8);
        assertThat(BundleForms.choose(folder, "auto", true)).isEqualTo(folder);
        assertThat(BundleForms.choose(folder, "fp32", false)).isEqualTo(folder);
        assertThat(BundleForms.choose(folder, "int8", true)).isEqualTo(int8);
    }

    @Test
    void aFormThatIsNotThereIsNamedWithTheCommandThatMakesIt() {
        assertThatThrownBy(() -> BundleForms.choose(folder, "int8", false))
                .isInstanceOf(BundleException.class)
                .hasMessage(String.format(
                        Locale.ROOT,
                        "Expected int8 in %s, which has fp32 alone; 'kmerflow export --bundle %s --precision int8' makes it",
                        folder,
                        folder));
        assertThatThrownBy(() -> BundleForms.choose(folder, "int4", false))
                .hasMessage("Expected precision fp32, fp16 or int8, got 'int4'");
    }

    @Test
    void anotherModelInPlaceOfAFormIsRefused() throws IOException {
        form("int8", "8");
        assertThatThrownBy(() -> BundleForms.choose(folder, "auto", false))
                .isInstanceOf(BundleException.class)
                .hasMessageContaining("Expected test 7 in int8 with the same labels in")
                .hasMessageContaining("got test 8 in int8");
        assertThat(BundleForms.choose(folder, "fp32", false)).isEqualTo(folder);
    }
}
