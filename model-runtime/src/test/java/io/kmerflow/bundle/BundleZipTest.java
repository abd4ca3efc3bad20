package io.kmerflow.bundle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BundleZipTest {
    private static final Duration OTHERS = Duration.ofSeconds(30);
    private static final Duration POLL = Duration.ofMillis(20);

    @TempDir
    Path folder;

    @TempDir
    Path out;

    private ModelBundle written;
    private Set<Path> before;

    @BeforeEach
    void write() throws IOException {
        written = TestBundles.write(folder);
        before = temporary();
    }

    /** Whatever a test unpacked it must have discarded, or the reader must have. What a test of another JVM has unpacked goes by itself. */
    @AfterEach
    void nothingIsLeftBehind() throws IOException {
        Set<Path> left = temporary();
        left.removeAll(before);
        long deadline = System.nanoTime() + OTHERS.toNanos();
        while (left.stream().anyMatch(Files::exists) && System.nanoTime() < deadline) {
            LockSupport.parkNanos(POLL.toNanos());
        }
        assertThat(left).allSatisfy(path -> assertThat(path).doesNotExist());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "species/", "models/a b/species/", "./"})
    void aZipIsTheSameBundle(String prefix) throws IOException {
        ModelBundle read = ModelBundle.read(zip(entries -> bundle(entries, prefix)));
        assertThat(read.digest()).isEqualTo(written.digest());
        assertThat(read.directory()).isDirectory().isNotEqualTo(folder);
        assertThat(read.cardFile()).hasContent("# Test");

        read.discard();
        assertThat(read.directory()).doesNotExist();
        read.discard(); // a second time does no harm
    }

    @Test
    void otherEntriesAreReadPast() throws IOException {
        Path zip = zip(entries -> {
            entry(entries, "species/", new byte[0]);
            entry(entries, "species/held-out.tsv", new byte[100]);
            entry(entries, "__MACOSX/species/._bundle.json", new byte[100]);
            bundle(entries, "species/");
        });
        ModelBundle read = ModelBundle.read(zip);
        try (Stream<Path> files = Files.list(read.directory())) {
            assertThat(files.map(file -> file.getFileName().toString()))
                    .containsExactlyInAnyOrder(
                            "bundle.json",
                            "model.onnx",
                            "contract.json",
                            "golden.json",
                            "provenance.json",
                            "MODEL_CARD.md");
        }
        read.discard();
    }

    @ParameterizedTest
    @ValueSource(strings = {"../model.onnx", "a/../../x", "/etc/x", "..", "a\\..\\x", "a/..", "x\u001b[2J", "/"})
    void aNameThatLeadsOutOfTheBundleIsRefused(String name) throws IOException {
        Path zip = zip(entries -> {
            bundle(entries, "");
            entry(entries, name, new byte[] {1});
        });
        assertThatThrownBy(() -> ModelBundle.read(zip))
                .isInstanceOf(BundleException.class)
                .hasMessage(String.format(
                        Locale.ROOT,
                        "Expected relative names without .. in the bundle %s, got '%s'",
                        zip,
                        name.replace('\u001b', '?')));
    }

    @Test
    void aNameOfDotsIsNoWayOut() throws IOException {
        ModelBundle read = ModelBundle.read(zip(entries -> bundle(entries, "a..b/...c/")));
        assertThat(read.digest()).isEqualTo(written.digest());
        read.discard();
    }

    /** As {@code zip -r} makes it of a bundle with an int8 form, whose files may come first. */
    @ParameterizedTest
    @ValueSource(strings = {"", "species/"})
    void aZipOfABundleWithFormsIsTheBundleItself(String prefix) throws IOException {
        for (boolean formFirst : new boolean[] {true, false}) {
            ModelBundle read = ModelBundle.read(zip(entries -> {
                if (!formFirst) {
                    bundle(entries, prefix);
                }
                entry(entries, prefix + "int8/model.onnx", new byte[] {1});
                entry(entries, prefix + "int8/MODEL_CARD.md", new byte[] {2});
                if (formFirst) {
                    bundle(entries, prefix);
                }
            }));

            assertThat(read.digest()).isEqualTo(written.digest());
            assertThat(read.cardFile()).hasContent("# Test");
            read.discard();
        }
    }

    @Test
    void aZipOfAFormAloneIsThatForm() throws IOException {
        ModelBundle read = ModelBundle.read(zip(entries -> bundle(entries, "species/int8/")));

        assertThat(read.digest()).isEqualTo(written.digest());
        read.discard();
    }

    @Test
    void twoBundlesInOneZipAreRefused() throws IOException {
        Path zip = zip(entries -> {
            bundle(entries, "a/");
            entry(entries, "b/model.onnx", TestBundles.GRAPH);
        });
        assertThatThrownBy(() -> ModelBundle.read(zip))
                .hasMessage(String.format(
                        Locale.ROOT, "Expected each file of one bundle once in %s, got a second model.onnx", zip));
    }

    @Test
    void oneFileTwiceIsRefused() throws IOException {
        // The JDK writes no such zip: "model.onny" is renamed afterwards.
        Path zip = zip(entries -> {
            bundle(entries, "");
            entry(entries, "model.onny", TestBundles.GRAPH);
        });
        byte[] bytes = Files.readAllBytes(zip);
        String text = new String(bytes, StandardCharsets.ISO_8859_1).replace("model.onny", "model.onnx");
        Files.write(zip, text.getBytes(StandardCharsets.ISO_8859_1));
        assertThatThrownBy(() -> ModelBundle.read(zip)).hasMessageContaining("got a second model.onnx");
    }

    @Test
    void aFileThatUnpacksToMoreThanItMayIsRefused() throws IOException {
        Path zip = zip(entries -> zeros(entries, "bundle.json", (1 << 20) + 1));
        assertThatThrownBy(() -> ModelBundle.read(zip))
                .isInstanceOf(BundleException.class)
                .hasMessage(String.format(
                        Locale.ROOT,
                        "Expected at most 1,048,576 bytes in bundle.json of the bundle %s, got more",
                        zip));
    }

    @Test
    void aFileThatIsAsLargeAsItMayBeIsUnpacked() throws IOException {
        Path zip = zip(entries -> zeros(entries, "bundle.json", 1 << 20));
        assertThatThrownBy(() -> ModelBundle.read(zip)).hasMessageContaining("with model.onnx, but " + zip);
    }

    /** 17 MB of zeros take 17 KB. */
    @ParameterizedTest
    @ValueSource(strings = {"model.onnx", "other"})
    void aZipThatUnpacksAHundredfoldIsRefused(String name) throws IOException {
        Path zip = zip(entries -> zeros(entries, name, (16 << 20) + 1));
        assertThatThrownBy(() -> ModelBundle.read(zip))
                .isInstanceOf(BundleException.class)
                .hasMessage(String.format(
                        Locale.ROOT,
                        "Expected the bundle %s to hold at most 16,777,216 bytes when unpacked, got more",
                        zip));
    }

    @Test
    void allEntriesCountTogether() throws IOException {
        Path zip = zip(entries -> {
            for (int i = 0; i < 17; i++) {
                zeros(entries, "other" + i, 1 << 20);
            }
        });
        assertThatThrownBy(() -> ModelBundle.read(zip)).hasMessageContaining("16,777,216 bytes when unpacked");
    }

    @Test
    void aZipThatIsLargeItselfMayUnpackToMore() throws IOException {
        byte[] noise = new byte[300_000]; // does not compress: 100 times 300 KB are 30 MB
        new java.util.Random(1).nextBytes(noise);
        Path zip = zip(entries -> {
            entry(entries, "noise", noise);
            zeros(entries, "other", 20 << 20);
            bundle(entries, "");
        });
        ModelBundle read = ModelBundle.read(zip);
        assertThat(read.digest()).isEqualTo(written.digest());
        read.discard();
    }

    @Test
    void tooManyEntriesAreRefused() throws IOException {
        Path most = zip(entries -> {
            for (int i = 0; i < 1_000 - 6; i++) {
                entry(entries, "other" + i, new byte[0]);
            }
            bundle(entries, "");
        });
        ModelBundle.read(most).discard();
        Path more = zip(entries -> {
            for (int i = 0; i < 1_001; i++) {
                entry(entries, "other" + i, new byte[0]);
            }
        });
        assertThatThrownBy(() -> ModelBundle.read(more))
                .hasMessage(
                        String.format(Locale.ROOT, "Expected at most 1000 entries in the bundle %s, got more", more));
    }

    @ParameterizedTest
    @ValueSource(strings = {"bundle.json", "model.onnx", "contract.json", "golden.json"})
    void aZipThatLacksAFileIsRefused(String name) throws IOException {
        Files.delete(folder.resolve(name));
        Path zip = zip(entries -> bundle(entries, "species/"));
        assertThatThrownBy(() -> ModelBundle.read(zip))
                .hasMessage(String.format(Locale.ROOT, "Expected a model bundle with %s, but %s has none", name, zip));
    }

    @Test
    void aZipOfAChangedBundleIsRefused() throws IOException {
        Files.write(folder.resolve("model.onnx"), new byte[] {0x08, 0x08});
        Path zip = zip(entries -> bundle(entries, ""));
        assertThatThrownBy(() -> ModelBundle.read(zip)).hasMessageContaining("a file of the bundle was changed");
    }

    @Test
    void aZipThatEndsEarlyOrIsDamagedIsRefused() throws IOException {
        byte[] whole = Files.readAllBytes(zip(entries -> bundle(entries, "")));
        Path cut = Files.write(out.resolve("cut.zip"), java.util.Arrays.copyOf(whole, 150));
        assertThatThrownBy(() -> ModelBundle.read(cut))
                .isInstanceOf(BundleException.class)
                .hasMessageStartingWith("Could not unpack the bundle " + cut);

        byte[] damaged = whole.clone();
        damaged[60] ^= 0x55; // within the first entry's data
        Path changed = Files.write(out.resolve("changed.zip"), damaged);
        assertThatThrownBy(() -> ModelBundle.read(changed)).isInstanceOf(BundleException.class);
    }

    @Test
    void aNameThatIsNotUtf8IsRefused() throws IOException {
        Path zip = zip(entries -> entry(entries, "\u00e4", new byte[1]));
        byte[] bytes = Files.readAllBytes(zip);
        for (int i = 0; i < bytes.length - 1; i++) {
            if (bytes[i] == (byte) 0xC3 && bytes[i + 1] == (byte) 0xA4) {
                bytes[i] = (byte) 0xFF;
            }
        }
        Files.write(zip, bytes);
        assertThatThrownBy(() -> ModelBundle.read(zip))
                .isInstanceOf(BundleException.class)
                .hasMessageStartingWith("Could not unpack the bundle " + zip);
    }

    @Test
    void aFileThatIsNoZipIsRefused() throws IOException {
        for (byte[] content : new byte[][] {{}, "hello".getBytes(StandardCharsets.US_ASCII)}) {
            Path file = Files.write(out.resolve("text"), content);
            assertThatThrownBy(() -> ModelBundle.read(file))
                    .hasMessage(String.format(
                            Locale.ROOT, "Expected a model bundle, a folder or a zip of one, but %s is neither", file));
        }
    }

    private interface Content {
        void write(ZipOutputStream entries) throws IOException;
    }

    private Path zip(Content content) throws IOException {
        Path zip = Files.createTempFile(out, "bundle", ".zip");
        try (OutputStream file = Files.newOutputStream(zip);
                ZipOutputStream entries = new ZipOutputStream(file)) {
            content.write(entries);
        }
        return zip;
    }

    private void bundle(ZipOutputStream entries, String prefix) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.sorted().toList()) {
                entry(entries, prefix + file.getFileName(), Files.readAllBytes(file));
            }
        }
    }

    private static void entry(ZipOutputStream entries, String name, byte[] content) throws IOException {
        entries.putNextEntry(new ZipEntry(name));
        entries.write(content);
        entries.closeEntry();
    }

    private static void zeros(ZipOutputStream entries, String name, int bytes) throws IOException {
        entry(entries, name, new byte[bytes]);
    }

    private static Set<Path> temporary() throws IOException {
        try (Stream<Path> files = Files.list(Path.of(System.getProperty("java.io.tmpdir")))) {
            return files.filter(file -> file.getFileName().toString().matches("kmerflow-bundle\\d+.*"))
                    .collect(Collectors.toCollection(TreeSet::new));
        }
    }
}
