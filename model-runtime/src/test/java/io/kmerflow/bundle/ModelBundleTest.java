package io.kmerflow.bundle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import io.kmerflow.contract.Certainty;
import io.kmerflow.contract.ModelContract;
import io.kmerflow.sequence.Strand;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ModelBundleTest {
    @TempDir
    Path folder;

    private ModelBundle written;

    @BeforeEach
    void write() throws IOException {
        written = TestBundles.write(folder);
    }

    @Test
    void comesBackAsItWasWritten() {
        ModelBundle read = ModelBundle.read(folder);
        assertThat(read.contract()).isEqualTo(TestBundles.contract());
        assertThat(read.digest()).isEqualTo(written.digest()).matches("sha256:[0-9a-f]{64}");
        assertThat(read.version()).isEqualTo("7");
        assertThat(read.golden().get(0).logits()).containsExactly(0.25f, -1.5f);
    }

    /** Computed with Python's hashlib from the description in BundleDigest. */
    @Test
    void theDigestIsThatOfTheDescription() {
        assertThat(written.digest())
                .isEqualTo("sha256:0fe63b609b50a66827aa6fa552ccff7ff2b00144c1dbd1679eae14ff348a9983");
    }

    @ParameterizedTest
    @CsvSource({
        "1, sha256:fce2b71af159b7817bc2bbf008540fcc65d5e3348fdc76bad8c52ff0d627e557",
        "2, sha256:4294030a9bfc1502b6c6a25107cc674a482d6da912215b5a747085ac11e4a689"
    })
    void aBundleOfAnOlderFormatHasItsOldDigest(int format, String digest) throws IOException {
        replace("bundle.json", "\"format\" : 3", "\"format\" : " + format);
        replace("bundle.json", written.digest(), digest);
        replace("golden.json", ",\n  \"label\" : \"a\"", "");

        ModelBundle read = ModelBundle.read(folder);

        assertThat(read.digest()).isEqualTo(digest);
        assertThat(read.golden().get(0).label()).isNull();
    }

    /** Annotation ids depend on it: the digest is that of release 0.1. */
    @Test
    void theModelOfTheFirstReleaseKeepsItsDigestAndNamesEveryLabel() {
        ModelBundle species = ModelBundle.read(Path.of("..", "models", "species-2.1"));
        assertThat(species.digest())
                .isEqualTo("sha256:0df9fe2c48241734dfb4c0c986351af476825f5503bea31d34ff31484bd567e4");
        assertThat(species.golden()).extracting(GoldenRead::label).doesNotContainNull();
        assertThat(species.contract().labels())
                .extracting(ModelContract.Label::name)
                .allMatch(label ->
                        species.golden().stream().anyMatch(read -> read.label().equals(label)));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 4, -1})
    void anotherFormatIsRefused(int format) throws IOException {
        replace("bundle.json", "\"format\" : 3", "\"format\" : " + format);
        assertThatThrownBy(() -> ModelBundle.read(folder))
                .hasMessageContaining("Expected bundle format 1 to 3, got " + format + " in " + folder);
    }

    @ParameterizedTest
    @CsvSource({
        "'\"name\" : \"test\"', '\"name\" : \"other\"'",
        "'\"version\" : \"7\"', '\"version\" : \"8\"'",
        "'\"precision\" : \"fp32\"', '\"precision\" : \"int8\"'",
        "'\"format\" : 3', '\"format\" : 2'"
    })
    void whateverTheManifestSaysIsUnderTheDigest(String from, String to) throws IOException {
        replace("bundle.json", from, to);
        assertThatThrownBy(() -> ModelBundle.read(folder))
                .isInstanceOf(BundleException.class)
                .hasMessageContaining("a file of the bundle was changed");
    }

    @Test
    void keepsTheCertaintyAndHasNoWordOfOneThatIsNotThere() throws IOException {
        assertThat(Files.readString(folder.resolve("contract.json"))).doesNotContain("certainty");
        assertThat(ModelBundle.read(folder).contract().certainty()).isNull();
        Certainty certainty = new Certainty(5.5, 64, 1.25);
        ModelBundle bundle = ModelBundle.complete(
                folder,
                "test",
                "7",
                "fp32",
                TestBundles.contract().withCertainty(certainty),
                written.golden(),
                "{}",
                "#");
        assertThat(bundle.digest()).as("it is under the digest").isNotEqualTo(written.digest());
        assertThat(ModelBundle.read(folder).contract().certainty()).isEqualTo(certainty);
        replace("contract.json", "\"maxWindows\" : 64", "\"maxWindows\" : 1");
        assertThatThrownBy(() -> ModelBundle.read(folder))
                .isInstanceOf(BundleException.class)
                .hasMessageContaining("2 windows or more")
                .hasMessageContaining("contract.json");
    }

    @Test
    void labelsInAnotherOrderThanTheLogitsAreRefused() throws IOException {
        ModelContract contract = TestBundles.contract();
        ModelContract swapped = new ModelContract(
                contract.k(),
                contract.tokenStride(),
                contract.vocabularyHash(),
                contract.maxTokens(),
                contract.windowBases(),
                contract.windowStrideBases(),
                contract.minReadBases(),
                contract.minMeanQuality(),
                contract.strand(),
                contract.aggregation(),
                contract.temperature(),
                contract.threshold(),
                List.of(contract.labels().get(1), contract.labels().get(0)));
        assertThatThrownBy(() ->
                        ModelBundle.complete(folder, "test", "7", "fp32", swapped, written.golden(), "{}", "# Swapped"))
                .isInstanceOf(BundleException.class)
                .hasMessage(String.format(
                        Locale.ROOT,
                        "Expected the label with the highest logit as field [0].label of %s, got \"a\"",
                        folder.resolve("golden.json")));
    }

    @Test
    void aGoldenReadOfEqualLogitsMayNameEitherLabel() throws IOException {
        for (String label : List.of("a", "b")) {
            ModelBundle equal = ModelBundle.complete(
                    folder,
                    "test",
                    "7",
                    "fp32",
                    TestBundles.contract(),
                    List.of(new GoldenRead("ACGTN", new float[] {2, 2}, label)),
                    "{}",
                    "# Equal");
            assertThat(equal.golden().get(0).label()).isEqualTo(label);
        }
    }

    @Test
    void theWriterNamesTheLabelOfTheHighestLogit() throws IOException {
        ModelBundle named = ModelBundle.complete(
                folder,
                "test",
                "7",
                "fp32",
                TestBundles.contract(),
                List.of(new GoldenRead("ACGTN", new float[] {-3, -2})),
                "{}",
                "# Named");
        assertThat(named.golden().get(0).label()).isEqualTo("b");
    }

    /** File, what is replaced, by what, and what is said of it, without the folder. */
    static Stream<Arguments> brokenFields() {
        return Stream.of(
                arguments("bundle.json", "3,", "null,", "a whole number of 32 bits as field format of", "got null"),
                arguments("bundle.json", "3,", "\"3\",", "a whole number of 32 bits as field format of", "got \"3\""),
                arguments("bundle.json", "3,", "3.5,", "a whole number of 32 bits as field format of", "got 3.5"),
                arguments(
                        "bundle.json", "3,", "4294967299,", "a whole number of 32 bits as field format", "4294967299"),
                arguments("bundle.json", "\"test\"", "null", "text as field name of", "got null"),
                arguments("bundle.json", "\"test\"", "[]", "text as field name of", "got []"),
                arguments("bundle.json", "\"test\"", "\" \"", "text without control characters as field name", "\" \""),
                arguments(
                        "bundle.json",
                        "\"7\"",
                        "\"\\u001b[2J\"",
                        "without control characters as field version",
                        "001B"),
                arguments("bundle.json", "fp32", "int4", "one of [fp32, fp16, int8] as field precision of", "\"int4\""),
                arguments("bundle.json", "\"fp32\"", "null", "one of [fp32, fp16, int8] as field precision", "null"),
                arguments("bundle.json", "\"fp32\"", "1", "one of [fp32, fp16, int8] as field precision", "got 1"),
                arguments("bundle.json", "sha256:", "md5:", "sha256: and 64 hex digits as field digest of", "\"md5:"),
                arguments("bundle.json", "\"precision\"", "\"Precision\"", "field \"Precision\" in", "Unexpected"),
                arguments("bundle.json", "\"test\",", "\"test\", \"name\" : \"test\",", "valid JSON in", "name"),
                arguments("bundle.json", "\n}", "\n} {}", "valid JSON in", "railing"),
                arguments(
                        "contract.json",
                        "\"k\" : 3",
                        "\"k\" : null",
                        "a whole number of 32 bits as field k of",
                        "null"),
                arguments("contract.json", "\"k\" : 3,", "", "Expected a field k in", "got none"),
                arguments("contract.json", "\"k\" : 3", "\"k\" : 7", "Expected k 3 to 6, got 7, in", "contract.json"),
                arguments("contract.json", "\"k\" : 3", "\"k\" : true", "number of 32 bits as field k of", "got true"),
                arguments("contract.json", "0.5", "1e999", "a finite number as field threshold of", "Infinity"),
                arguments("contract.json", "0.5", "NaN", "valid JSON in", "NaN"),
                arguments("contract.json", "0.5", "\"0.5\"", "a finite number as field threshold of", "\"0.5\""),
                arguments(
                        "contract.json",
                        "\"READ\"",
                        "null",
                        "one of [READ, SEGMENTS, MIDDLE_SEGMENTS] as field aggregation of",
                        "null"),
                arguments(
                        "contract.json",
                        "\"UNSTRANDED\"",
                        "0",
                        "[UNSTRANDED, CANONICAL, SENSE] as field strand of",
                        "got 0"),
                arguments("contract.json", "[ {", "[ null, {", "an object as field labels[0] of", "got null"),
                arguments(
                        "contract.json",
                        "\"name\" : \"b\"",
                        "\"name\" : null",
                        "text as field labels[1].name of",
                        "null"),
                arguments(
                        "contract.json",
                        "\"name\" : \"b\",",
                        "",
                        "Expected a field name in field labels[1] of",
                        "none"),
                arguments("contract.json", "\"name\" : \"b\"", "\"name\" : \"a\"", "with different names", "[a, a]"),
                arguments("contract.json", "\"NCBITaxon:1\"", "1", "text as field labels[0].ontologyId of", "got 1"),
                arguments("contract.json", "false", "null", "true or false as field labels[0].background of", "null"),
                arguments(
                        "contract.json",
                        "\"background\" : false",
                        "\"background\" : false, \"strand\" : \"+\"",
                        "one of [FORWARD, REVERSE] as field labels[0].strand of",
                        "\"+\""),
                arguments("golden.json", "[ {", "[ null, {", "an object as field [0] of", "got null"),
                arguments("golden.json", "\"ACGTN\"", "null", "text as field [0].bases of", "got null"),
                arguments("golden.json", "ACGTN", "acgtn", "upper-case bases A C G T N as field [0].bases", "acgtn"),
                arguments("golden.json", "ACGTN", "AC", "3 to 16 bases, a k-mer to a window, as field [0].bases", "AC"),
                arguments("golden.json", "ACGTN", "ACGTACGTACGTACGTA", "3 to 16 bases, a k-mer to a window,", "ACGTA"),
                arguments(
                        "golden.json", "-1.5", "null", "a finite number of float32 as field [0].logits[1] of", "null"),
                arguments(
                        "golden.json", "-1.5", "-1e39", "a finite number of float32 as field [0].logits[1]", "-1.0E39"),
                arguments("golden.json", "-1.5", "-1.5, 0", "2 golden logits, one per label, as field [0].logits", "0"),
                arguments(
                        "golden.json", ", -1.5", "", "2 golden logits, one per label, as field [0].logits of", "0.25"),
                arguments("golden.json", "\"a\"", "\"c\"", "a label of the contract as field [0].label of", "\"c\""),
                arguments(
                        "golden.json",
                        "\"a\"",
                        "\"b\"",
                        "the label with the highest logit as field [0].label",
                        "\"b\""),
                arguments("golden.json", "\"a\"", "null", "text as field [0].label of", "got null"));
    }

    @ParameterizedTest
    @MethodSource("brokenFields")
    void aFaultInAFieldIsASentence(String file, String from, String to, String expected, String got)
            throws IOException {
        replace(file, from, to);
        assertThatThrownBy(() -> ModelBundle.read(folder))
                .isInstanceOf(BundleException.class)
                .hasMessageContaining(expected)
                .hasMessageContaining(got)
                .hasMessageContaining(folder.resolve(file).toString());
    }

    @ParameterizedTest
    @CsvSource({
        "bundle.json, null, an object",
        "bundle.json, [], an object",
        "bundle.json, '', an object",
        "contract.json, null, an object",
        "contract.json, 7, an object",
        "golden.json, null, a list",
        "golden.json, {}, a list",
        "golden.json, [], 'a list of golden reads, at least one,'"
    })
    void aFileOfAnotherKindIsASentence(String name, String content, String expected) throws IOException {
        Path file = Files.writeString(folder.resolve(name), content);
        assertThatThrownBy(() -> ModelBundle.read(folder))
                .isInstanceOf(BundleException.class)
                .hasMessage(String.format(
                        Locale.ROOT,
                        "Expected %s as %s, got %s",
                        expected,
                        file,
                        content.isEmpty() ? "nothing" : content));
    }

    @Test
    void labelsWithStrandsAreReadAsWritten() throws IOException {
        assertThat(Files.readString(folder.resolve("contract.json")))
                .doesNotContain("\"strand\" : null", "\"longReadThreshold\"")
                .contains("\"ontologyId\" : null");
        assertWrittenAndRead(contract(
                ModelContract.Aggregation.MIDDLE_SEGMENTS,
                new ModelContract.Label("a", null, false, Strand.REVERSE),
                new ModelContract.Label("b", null)));
    }

    @Test
    void labelsWithThresholdsAreReadAsWritten() throws IOException {
        ModelContract plain = contract(
                ModelContract.Aggregation.READ,
                new ModelContract.Label("a", null),
                new ModelContract.Label("b", null),
                new ModelContract.Label("c", null, true));
        assertWrittenAndRead(plain.withLongReadThresholds(0.6, Arrays.asList(0.75, null, null)));
    }

    private static ModelContract contract(ModelContract.Aggregation aggregation, ModelContract.Label... labels) {
        ModelContract plain = TestBundles.contract();
        return new ModelContract(
                plain.k(),
                plain.tokenStride(),
                plain.vocabularyHash(),
                plain.maxTokens(),
                plain.windowBases(),
                plain.windowStrideBases(),
                plain.minReadBases(),
                plain.minMeanQuality(),
                plain.strand(),
                aggregation,
                plain.temperature(),
                plain.threshold(),
                List.of(labels));
    }

    private void assertWrittenAndRead(ModelContract contract) throws IOException {
        Path other = Files.createDirectory(folder.resolve("other"));
        Files.write(other.resolve("model.onnx"), TestBundles.GRAPH);
        float[] logits = new float[contract.labels().size()];
        logits[0] = 0.25f;
        ModelBundle.complete(
                other, "test", "7", "fp32", contract, List.of(new GoldenRead("ACGTN", logits)), "{}", "# Test");
        assertThat(ModelBundle.read(other).contract()).isEqualTo(contract);
    }

    @Test
    void sinceFormat3AGoldenReadMustNameItsLabel() throws IOException {
        replace("golden.json", ",\n  \"label\" : \"a\"", "");
        assertThatThrownBy(() -> ModelBundle.read(folder))
                .hasMessage("Expected a field label in field [0] of %s, got none", folder.resolve("golden.json"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"ACG", "ACGTACGTACGTACGT"})
    void aGoldenReadIsAKmerToAWindow(String bases) throws IOException {
        replace("golden.json", "ACGTN", bases);
        assertThat(ModelBundle.read(folder).golden().get(0).bases()).isEqualTo(bases);
    }

    @Test
    void aLongValueIsShownInPart() throws IOException {
        replace("bundle.json", "\"format\" : 3", "\"format\" : \"" + "x".repeat(1000) + "\"");
        assertThatThrownBy(() -> ModelBundle.read(folder)).hasMessageEndingWith("got \"" + "x".repeat(39) + "...");
    }

    @Test
    void labelsWithoutOntologyAndBackgroundAreTaken() throws IOException {
        replace(
                "contract.json",
                "\"name\" : \"b\",\n    \"ontologyId\" : null,\n    \"background\" : false",
                "\"name\" : \"b\"");
        String digest = BundleDigest.of(folder, 3, "test", "7", Precision.FP32);
        replace("bundle.json", written.digest(), digest);
        assertThat(ModelBundle.read(folder).contract()).isEqualTo(TestBundles.contract());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"bundle.json", "model.onnx", "contract.json", "golden.json", "provenance.json", "MODEL_CARD.md"})
    void aFolderInPlaceOfAFileIsRefused(String name) throws IOException {
        Files.delete(folder.resolve(name));
        Files.createDirectory(folder.resolve(name));
        assertThatThrownBy(() -> ModelBundle.read(folder))
                .isInstanceOf(BundleException.class)
                .hasMessage(String.format(
                        Locale.ROOT, "Expected %s to be a regular file, it is something else", folder.resolve(name)));
    }

    @Test
    @Timeout(60) // a pipe that is opened is waited for, for ever
    void pipesAndDevicesAreRefused() throws Exception {
        Path pipe = folder.resolve("golden.json");
        Files.delete(pipe);
        assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor())
                .isZero();
        assertThatThrownBy(() -> ModelBundle.read(folder)).hasMessageContaining("to be a regular file");
        assertThatThrownBy(() -> ModelBundle.read(pipe)).hasMessageContaining("a folder or a zip of one");
        assertThatThrownBy(() -> ModelBundle.read(Path.of("/dev/zero")))
                .hasMessageContaining("a folder or a zip of one, but /dev/zero is neither");
    }

    @Test
    void aLinkOutOfTheBundleIsRefused(@TempDir Path elsewhere) throws IOException {
        Path model = folder.resolve("model.onnx");
        Path outside = Files.move(model, elsewhere.resolve("model.onnx"));
        Files.createSymbolicLink(model, outside);
        assertThatThrownBy(() -> ModelBundle.read(folder))
                .isInstanceOf(BundleException.class)
                .hasMessageContaining("it is a link to " + outside.toRealPath() + " outside of it");
    }

    @Test
    void linksWithinTheBundleAndToItAreFollowed(@TempDir Path elsewhere) throws IOException {
        Path data = Files.createDirectory(folder.resolve("..data"));
        for (String name : List.of("bundle.json", "model.onnx")) {
            Files.move(folder.resolve(name), data.resolve(name));
            Files.createSymbolicLink(folder.resolve(name), Path.of("..data", name));
        }
        Path link = Files.createSymbolicLink(elsewhere.resolve("current"), folder);
        assertThat(ModelBundle.read(link).digest()).isEqualTo(written.digest());
    }

    @Test
    void aLinkThatLeadsNowhereIsAMissingFile() throws IOException {
        Files.delete(folder.resolve("MODEL_CARD.md"));
        assertThat(ModelBundle.read(folder).digest()).isEqualTo(written.digest());
        Files.createSymbolicLink(folder.resolve("MODEL_CARD.md"), folder.resolve("none"));
        assertThatThrownBy(() -> ModelBundle.read(folder)).hasMessageContaining("with MODEL_CARD.md");
    }

    @ParameterizedTest
    @CsvSource({"bundle.json, 1048577, '1,048,576'", "contract.json, 16777217, '16,777,216'"})
    void aFileThatIsTooLargeIsRefusedBeforeItIsRead(String name, long bytes, String limit) throws IOException {
        try (FileChannel channel = FileChannel.open(folder.resolve(name), StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.wrap(new byte[] {' '}), bytes - 1); // sparse
        }
        assertThatThrownBy(() -> ModelBundle.read(folder))
                .hasMessageStartingWith("Expected at most " + limit + " bytes in " + folder.resolve(name));
    }

    @Test
    void provenanceIsAnObjectOrASentence() throws IOException {
        assertThat(written.provenance()).isEqualTo(Map.of("made", "by a test"));
        Path file = Files.writeString(written.provenanceFile(), "null");
        assertThatThrownBy(written::provenance)
                .hasMessage(String.format(Locale.ROOT, "Expected an object as %s, got null", file));
        Files.delete(file);
        assertThatThrownBy(written::provenance)
                .hasMessage(String.format(Locale.ROOT, "Expected %s in the bundle, there is none", file));
    }

    @Test
    void whereItsFilesLie() {
        assertThat(written.modelFile()).isEqualTo(folder.resolve("model.onnx"));
        assertThat(written.cardFile()).hasContent("# Test");
        assertThat(written.logitTolerance()).isEqualTo(1e-4f);
    }

    @Test
    void aFolderIsNeverDiscarded() {
        written.discard();
        assertThat(ModelBundle.read(folder).digest()).isEqualTo(written.digest());
    }

    @Test
    void externalDataAreRefused() throws IOException {
        TensorProto outside = TensorProto.newBuilder()
                .setDataLocation(TensorProto.DataLocation.EXTERNAL)
                .build();
        ModelProto model = ModelProto.newBuilder()
                .setGraph(GraphProto.newBuilder().addInitializer(outside))
                .build();
        Files.write(folder.resolve("model.onnx"), model.toByteArray());
        assertThatThrownBy(() -> ModelBundle.read(folder))
                .isInstanceOf(BundleException.class)
                .hasMessageContaining("whose data lie in another file, which no digest covers");
    }

    @Test
    void aChangedGraphIsRefused() throws IOException {
        Files.write(folder.resolve("model.onnx"), new byte[] {0x08, 0x08});
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

    private void replace(String file, String from, String to) throws IOException {
        Path path = folder.resolve(file);
        String text = Files.readString(path);
        assertThat(text).contains(from);
        int at = text.indexOf(from);
        Files.writeString(path, text.substring(0, at) + to + text.substring(at + from.length()));
    }
}
