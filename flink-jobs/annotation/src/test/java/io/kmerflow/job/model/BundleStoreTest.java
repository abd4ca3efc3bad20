package io.kmerflow.job.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kmerflow.bundle.BundleException;
import io.kmerflow.bundle.ModelBundle;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BundleStoreTest {
    @TempDir
    Path folder;

    private ModelBundle bundle;
    private BundleStore store;
    private String uri;

    @BeforeEach
    void aBundleInAStore() throws Exception {
        FaultyFileSystem.fault = FaultyFileSystem.Fault.NONE;
        bundle = TinyBundle.write(folder.resolve("made"), "1", 3, "a", "b");
        store = new BundleStore(folder.resolve("cache"), 1 << 20, 1 << 20);
        uri = BundleStore.upload(folder.resolve("made"), "faulty://" + folder.resolve("remote"), bundle);
        FaultyFileSystem.OPENED.set(0);
    }

    private List<Path> cached() throws IOException {
        try (Stream<Path> files = Files.list(folder.resolve("cache"))) {
            return files.toList();
        }
    }

    @Test
    void fetchesOnceAndVerifies() throws Exception {
        assertThat(uri)
                .startsWith("faulty://")
                .contains("tiny-1-" + bundle.digest().substring(7, 19));
        Path first = store.fetch(uri, bundle.digest());
        int opened = FaultyFileSystem.OPENED.get();
        assertThat(ModelBundle.read(first).digest()).isEqualTo(bundle.digest());
        assertThat(store.fetch(uri, bundle.digest())).isEqualTo(first);
        assertThat(FaultyFileSystem.OPENED.get()).isEqualTo(opened);
        assertThat(cached()).containsExactly(first);
    }

    @Test
    void manyAskAndOneFetches() {
        List<CompletableFuture<Path>> asked = Stream.generate(
                        () -> CompletableFuture.supplyAsync(() -> store.fetch(uri, bundle.digest())))
                .limit(8)
                .toList();
        assertThat(asked.stream().map(CompletableFuture::join)).hasSize(8);
        assertThat(FaultyFileSystem.OPENED.get()).isLessThanOrEqualTo(6);
    }

    @Test
    void whatFailsOrIsCutShortLeavesNothing() throws Exception {
        FaultyFileSystem.fault = FaultyFileSystem.Fault.FAILS;
        assertThatThrownBy(() -> store.fetch(uri, bundle.digest()))
                .isInstanceOf(BundleException.class)
                .hasMessageContaining("Could not fetch the bundle " + uri)
                .hasMessageContaining("connection reset");
        FaultyFileSystem.fault = FaultyFileSystem.Fault.CUTS;
        assertThatThrownBy(() -> store.fetch(uri, bundle.digest())).hasMessageContaining("model.onnx, got 100");
        assertThat(cached()).isEmpty();
        FaultyFileSystem.fault = FaultyFileSystem.Fault.NONE;
        assertThat(store.fetch(uri, bundle.digest())).exists();
    }

    @Test
    void whatStallsIsSeenByNobody() throws Exception {
        FaultyFileSystem.stalled = new CountDownLatch(1);
        FaultyFileSystem.fault = FaultyFileSystem.Fault.STALLS;
        CompletableFuture<Path> slow = CompletableFuture.supplyAsync(() -> store.fetch(uri, bundle.digest()));
        Path place = folder.resolve("cache").resolve(bundle.digest().substring(7));
        while (FaultyFileSystem.OPENED.get() == 0) {
            Thread.onSpinWait();
        }
        assertThat(place).doesNotExist();
        FaultyFileSystem.stalled.countDown();
        assertThat(slow.join()).isEqualTo(place);
        assertThat(ModelBundle.read(place).digest()).isEqualTo(bundle.digest());
    }

    @Test
    void refusesAnotherBundleAndOneThatIsTooLarge() throws Exception {
        String other = "sha256:" + "0".repeat(64);
        assertThatThrownBy(() -> store.fetch(uri, other)).hasMessageContaining("Expected the bundle " + other);
        assertThatThrownBy(() -> store.fetch(uri, "sha256:../x")).hasMessageContaining("Expected a digest");
        BundleStore small = new BundleStore(folder.resolve("cache"), 100, 1 << 20);
        assertThatThrownBy(() -> small.fetch(uri, bundle.digest())).hasMessageContaining("at most 100 bytes");
        assertThatThrownBy(() -> store.fetch("nofs://x/y", bundle.digest()))
                .hasMessageContaining("Could not fetch the bundle nofs://x/y");
        assertThat(cached()).isEmpty();
    }

    @Test
    void theLeastRecentlyUsedGoesWhenThereIsTooMuch() throws Exception {
        ModelBundle second = TinyBundle.write(folder.resolve("second"), "2", 3, "a", "b");
        String secondUri = BundleStore.upload(folder.resolve("second"), "faulty://" + folder.resolve("remote"), second);
        BundleStore tight = new BundleStore(folder.resolve("cache"), 1 << 20, 1);
        Path first = tight.fetch(uri, bundle.digest());
        Files.setLastModifiedTime(first, java.nio.file.attribute.FileTime.fromMillis(0));
        Path kept = tight.fetch(secondUri, second.digest());
        assertThat(first).doesNotExist();
        assertThat(kept).exists();
    }

    @Test
    void aModelIsLoadedFromTheStoreAndOneThatCannotBeIsRefused() throws Exception {
        BundleSessionFactory sessions = new BundleSessionFactory(
                folder.resolve("made").toString(),
                "auto",
                "cpu",
                1,
                io.kmerflow.scoring.SessionMemory.DEFAULT,
                null,
                null);
        ModelRef stored = new ModelRef("tiny", "1", bundle.digest(), uri);
        try (OpenModel model = sessions.open(0, stored, null)) {
            assertThat(model.ref()).isEqualTo(stored);
        }
        ModelRef gone = new ModelRef("tiny", "1", "sha256:" + "1".repeat(64), uri + "-gone");
        assertThatThrownBy(() -> sessions.open(0, gone, null))
                .isInstanceOf(ModelRefusedException.class)
                .hasMessageContaining("Could not fetch the bundle");
    }

    @Test
    void fetchesWhatLiesAtAPlaceAndAgainWhenItHasChanged() throws Exception {
        String place = "faulty://" + folder.resolve("serving");
        copyOf(folder.resolve("made"), folder.resolve("serving"));
        Path first = store.fetch(place);
        assertThat(ModelBundle.read(first).digest()).isEqualTo(bundle.digest());
        int opened = FaultyFileSystem.OPENED.get();
        assertThat(store.fetch(place)).isEqualTo(first);
        assertThat(FaultyFileSystem.OPENED.get()).as("the manifest alone").isEqualTo(opened + 1);

        ModelBundle second = TinyBundle.write(folder.resolve("serving"), "2", 3, "a", "b");
        assertThat(ModelBundle.read(store.fetch(place)).digest()).isEqualTo(second.digest());
    }

    private static void copyOf(Path from, Path to) throws IOException {
        Files.createDirectories(to);
        try (Stream<Path> files = Files.list(from)) {
            for (Path file : files.toList()) {
                Files.copy(file, to.resolve(file.getFileName()));
            }
        }
    }

    private static void zip(Path bundle, Path zip) throws IOException {
        try (ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(zip));
                Stream<Path> files = Files.list(bundle)) {
            for (Path file : files.toList()) {
                out.putNextEntry(new ZipEntry(file.getFileName().toString()));
                Files.copy(file, out);
            }
        }
    }

    @Test
    void aZipIsFetchedOnceAndAgainWhenItHasChanged() throws Exception {
        Path zip = folder.resolve("remote.zip");
        zip(folder.resolve("made"), zip);
        Path first = store.fetch("faulty://" + zip);
        assertThat(ModelBundle.read(first).digest()).isEqualTo(bundle.digest());
        assertThat(store.fetch("faulty://" + zip)).isEqualTo(first);
        assertThat(FaultyFileSystem.OPENED.get()).isEqualTo(1);

        ModelBundle second = TinyBundle.write(folder.resolve("second"), "2", 3, "a", "b");
        zip(folder.resolve("second"), zip);
        Files.setLastModifiedTime(zip, java.nio.file.attribute.FileTime.fromMillis(1_000));
        assertThat(ModelBundle.read(store.fetch("faulty://" + zip)).digest()).isEqualTo(second.digest());
    }

    @Test
    void whatLiesAtAPlaceIsNoBundle() throws Exception {
        assertThatThrownBy(() -> store.fetch("faulty://" + folder.resolve("none")))
                .isInstanceOf(BundleException.class)
                .hasMessageContaining("Could not fetch the bundle faulty://" + folder.resolve("none"));
        Files.writeString(Files.createDirectories(folder.resolve("other")).resolve("bundle.json"), "{\"name\": 1}");
        assertThatThrownBy(() -> store.fetch("faulty://" + folder.resolve("other")))
                .hasMessageContaining("Could not fetch the bundle faulty://" + folder.resolve("other"))
                .hasMessageContaining("Expected a field format in bundle.json, got none");
        Files.writeString(folder.resolve("empty.zip"), "");
        assertThatThrownBy(() -> store.fetch("faulty://" + folder.resolve("empty.zip")))
                .isInstanceOf(BundleException.class);
    }

    @Test
    void namesThePluginThatIsMissing() {
        assertThatThrownBy(() -> BundleStore.local("s3://models/species"))
                .isInstanceOf(BundleException.class)
                .hasMessage(
                        "Could not fetch the bundle s3://models/species: Expected one of Flink's file systems for s3:, got"
                                + " none; put flink-s3-fs-hadoop or flink-s3-fs-presto into a folder of Flink's plugins"
                                + " (FLINK_PLUGINS_DIR)");
        assertThatThrownBy(() -> BundleStore.local("nofs://x/y"))
                .hasMessageContaining("for nofs:, got none; Flink has no plugin for it");
        assertThatThrownBy(() -> BundleStore.local("file:models/x"))
                .hasMessageContaining("Expected the place of a model bundle")
                .hasMessageContaining("got file:models/x");
        assertThat(BundleStore.local("file:///models/x")).isEqualTo(Path.of("/models/x"));
        assertThat(BundleStore.local("models/x")).isEqualTo(Path.of("models/x"));
    }

    @Test
    void tellsStoresFromPaths() {
        assertThat(Stream.of("s3://bucket/x", "hdfs://host/x", "faulty:///x")).allMatch(BundleStore::isRemote);
        assertThat(Stream.of("/models/x", "file:///models/x", "models/x:y", "x"))
                .noneMatch(BundleStore::isRemote);
    }

    @Test
    void rejectsStoresThatEveryMachineTakesForAnotherPlace() {
        for (String store : List.of("models", "/models", "a b", "s3:// models")) {
            assertThatThrownBy(() -> BundleStore.requireStore(store))
                    .isInstanceOf(BundleException.class)
                    .hasMessage(
                            "Expected the URI of a folder, such as s3://models or file:///models, got '" + store + "'");
        }
        BundleStore.requireStore("s3://models/species");
        BundleStore.requireStore("file:/models");
    }
}
