package io.kmerflow.bundle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BundleSignatureTest {
    /** The first test vector of RFC 8032, in the form of {@code openssl pkey} and {@code openssl pkey -pubout}. */
    private static final String RFC_KEY = """
            -----BEGIN PRIVATE KEY-----
            MC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g
            -----END PRIVATE KEY-----
            """;

    private static final String RFC_PUBLIC = """
            -----BEGIN PUBLIC KEY-----
            MCowBQYDK2VwAyEA11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=
            -----END PUBLIC KEY-----
            """;

    private static final String RFC_ID = "ed25519:06e3fd8fda29bb60";

    @TempDir
    private Path folder;

    private Path bundle;
    private SigningKey lab;
    private SigningKey other;

    @BeforeEach
    void write() throws IOException {
        bundle = Files.createDirectory(folder.resolve("bundle"));
        TestBundles.write(bundle);
        lab = key("lab");
        other = key("other");
    }

    private SigningKey key(String name) throws IOException {
        SigningKey.generate().write(folder.resolve(name + ".key"), folder.resolve(name + ".pub"));
        return SigningKey.read(folder.resolve(name + ".key"));
    }

    private Path file(String name, String text) throws IOException {
        Path file = Files.writeString(folder.resolve(name), text);
        return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    }

    private TrustedKeys trusted(String... names) throws IOException {
        StringBuilder keys = new StringBuilder("# keys of the lab\n");
        for (String name : names) {
            keys.append(Files.readString(folder.resolve(name + ".pub")));
        }
        return TrustedKeys.read(Files.writeString(folder.resolve("trusted.pub"), keys));
    }

    private ModelBundle sign(SigningKey... keys) throws IOException {
        for (SigningKey key : keys) {
            ModelBundle.read(bundle).sign(key);
        }
        return ModelBundle.read(bundle);
    }

    @Test
    void bundleSignedByATrustedKeyIsAccepted() throws IOException {
        String digest = ModelBundle.read(bundle).digest();
        ModelBundle signed = sign(lab);

        assertThat(trusted("lab").require(signed)).isEqualTo(lab.id());
        assertThat(trusted("other", "lab").require(signed)).isEqualTo(lab.id());
        assertThat(signed.digest()).isEqualTo(digest);
        assertThat(signed.signers()).containsExactly(lab.id());
    }

    @Test
    void rejectsBundleWithoutSignature() {
        assertThatThrownBy(() -> trusted("lab").require(ModelBundle.read(bundle)))
                .isInstanceOf(BundleException.class)
                .hasMessage(String.format(
                        Locale.ROOT,
                        "Expected test 7 in %s to be signed by a key of %s (%s), got no signature",
                        bundle,
                        folder.resolve("trusted.pub"),
                        lab.id()));
    }

    @Test
    void rejectsBundleSignedByAnotherKey() throws IOException {
        ModelBundle signed = sign(other);
        assertThatThrownBy(() -> trusted("lab").require(signed))
                .isInstanceOf(BundleException.class)
                .hasMessageContaining("to be signed by a key of")
                .hasMessageEndingWith(String.format(Locale.ROOT, "(%s), got a signature by %s", lab.id(), other.id()));
    }

    /** Who may write the bundle can name any key, but not sign with it. */
    @Test
    void rejectsSignatureThatNamesATrustedKeyAndIsOfAnother() throws IOException {
        sign(other);
        Path file = bundle.resolve("signature.json");
        Files.writeString(file, Files.readString(file).replace(other.id(), lab.id()));

        assertThatThrownBy(() -> trusted("lab").require(ModelBundle.read(bundle)))
                .isInstanceOf(BundleException.class)
                .hasMessageContaining(String.format(
                        Locale.ROOT, "Expected the signature by %s of test 7 to hold, it does not", lab.id()));
    }

    /** Sixty-four bytes that are the form of no signature. */
    @Test
    void rejectsSignatureOfNoForm() throws IOException {
        sign(lab);
        Path file = bundle.resolve("signature.json");
        byte[] ones = new byte[64];
        Arrays.fill(ones, (byte) 0xff);
        String changed = Files.readString(file)
                .replaceFirst(
                        "(\"signature\" : \")[^\"]+", "$1" + Base64.getEncoder().encodeToString(ones));
        assertThat(changed).contains("//////");
        Files.writeString(file, changed);

        assertThatThrownBy(() -> trusted("lab").require(ModelBundle.read(bundle)))
                .isInstanceOf(BundleException.class)
                .hasMessageContaining("to hold, it does not");
    }

    @ParameterizedTest
    @ValueSource(strings = {"golden.json", "provenance.json", "MODEL_CARD.md", "bundle.json"})
    void rejectsFileChangedAfterSigning(String name) throws IOException {
        sign(lab);
        Files.writeString(bundle.resolve(name), "\n", StandardOpenOption.APPEND);

        assertThatThrownBy(() -> trusted("lab").require(ModelBundle.read(bundle)))
                .isInstanceOf(BundleException.class)
                .hasMessageContaining("was changed after it was signed");
    }

    @Test
    void rejectsFileAddedOrTakenAwayAfterSigning() throws IOException {
        sign(lab);
        Files.delete(bundle.resolve("MODEL_CARD.md"));

        assertThatThrownBy(() -> trusted("lab").require(ModelBundle.read(bundle)))
                .hasMessageContaining("was changed after it was signed");
    }

    /** The whole of the change and its new digest are in order; only the signature tells. */
    @Test
    void rejectsModelChangedWithItsDigest() throws IOException {
        sign(lab);
        Files.write(bundle.resolve("model.onnx"), new byte[] {0x08, 0x0a});
        String message = catchMessage(bundle);
        String digest = message.replaceFirst("(?s).*got (sha256:[0-9a-f]{64}).*", "$1");
        Path manifest = bundle.resolve("bundle.json");
        Files.writeString(manifest, Files.readString(manifest).replaceFirst("sha256:[0-9a-f]{64}", digest));
        ModelBundle changed = ModelBundle.read(bundle);

        assertThatThrownBy(() -> trusted("lab").require(changed))
                .hasMessageContaining("was changed after it was signed");
    }

    private static String catchMessage(Path bundle) {
        try {
            ModelBundle.read(bundle);
            return "";
        } catch (BundleException e) {
            return e.getMessage();
        }
    }

    @Test
    void bothKeysAreTrustedWhileKeysChange() throws IOException {
        ModelBundle old = sign(lab);
        assertThat(trusted("lab", "other").require(old)).isEqualTo(lab.id());

        ModelBundle both = sign(other);
        assertThat(both.signers()).containsExactly(lab.id(), other.id());
        assertThat(trusted("lab").require(both)).isEqualTo(lab.id());
        assertThat(trusted("other").require(both)).isEqualTo(other.id());
    }

    @Test
    void signingAgainReplacesTheSignatureOfTheKey() throws IOException {
        sign(lab);
        Files.writeString(bundle.resolve("MODEL_CARD.md"), "# Corrected");
        ModelBundle again = sign(lab);

        assertThat(again.signers()).containsExactly(lab.id());
        assertThat(trusted("lab").require(again)).isEqualTo(lab.id());
    }

    @Test
    void zipHasTheSignatureOfItsFolder() throws IOException {
        sign(lab);
        Path zip = folder.resolve("bundle.zip");
        try (ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(zip));
                var files = Files.list(bundle)) {
            for (Path file : files.toList()) {
                out.putNextEntry(new ZipEntry("bundle/" + file.getFileName()));
                out.write(Files.readAllBytes(file));
                out.closeEntry();
            }
        }
        ModelBundle read = ModelBundle.read(zip);

        assertThat(trusted("lab").require(read)).isEqualTo(lab.id());
        assertThatThrownBy(() -> read.sign(other)).hasMessageContaining("sign the folder, then make the zip of it");
        read.discard();
        assertThat(read.directory()).doesNotExist();
    }

    @ParameterizedTest
    @CsvSource({
        "'\"format\" : 1', '\"format\" : 2', 'the format of signatures'",
        "'ed25519:', 'rsa:', 'ed25519: and 16 hex digits'",
        "'\"signature\" : \"', '\"signature\" : \"AAAA', '64 bytes in base 64'",
        "'\"signature\" : \"', '\"signature\" : \"!', '64 bytes in base 64'",
        "'\"signature\" :', '\"other\" :', 'Unexpected field'"
    })
    void refusesBundleWithDamagedSignatures(String from, String to, String message) throws IOException {
        sign(lab);
        Path file = bundle.resolve("signature.json");
        assertThat(Files.readString(file)).contains(from);
        Files.writeString(file, Files.readString(file).replace(from, to));

        assertThatThrownBy(() -> ModelBundle.read(bundle))
                .isInstanceOf(BundleException.class)
                .hasMessageContaining(message)
                .hasMessageContaining("signature.json");
    }

    /** Digests with {@code sha256sum}; {@code openssl pkeyutl -verify -rawin} takes the text and the signature. */
    @Test
    void statementIsTheDocumentedText() throws IOException {
        ModelBundle read = ModelBundle.read(bundle);

        assertThat(new String(BundleSignature.statement(read), StandardCharsets.UTF_8))
                .isEqualTo("""
                        kmerflow bundle signature 1
                        sha256:0fe63b609b50a66827aa6fa552ccff7ff2b00144c1dbd1679eae14ff348a9983
                        0247c9a5402b8214368c0a5a7128d57d97ad898c43f95e8c76c26f0e864d8212  bundle.json
                        a0c62b6796d22784d91ac6b4244a73c1f66731ebd2a8a73d295a1b025d9cd87b  golden.json
                        319b32b721350d37d7baf556b9ad1341e618b429e2e1fa2c0c3cfde4f91267a4  provenance.json
                        d8b8cbbec1ed15a6679650ae561b127dc879340d3b6bb2105fc68d397489cd5e  MODEL_CARD.md
                        """);
    }

    @Test
    void keysOfOpensslAreRead() throws IOException {
        SigningKey key = SigningKey.read(file("rfc.key", RFC_KEY + RFC_PUBLIC));
        Files.writeString(folder.resolve("rfc.pub"), RFC_PUBLIC);

        assertThat(key.id()).isEqualTo(RFC_ID);
        assertThat(key.sign(new byte[0])) // as in the RFC
                .asHexString()
                .isEqualToIgnoringCase("e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155"
                        + "5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b");
        assertThat(trusted("rfc").require(sign(key))).isEqualTo(RFC_ID);
    }

    @Test
    void privateKeyIsForItsOwnerAlone() throws IOException {
        Path file = folder.resolve("lab.key");
        assertThat(Files.getPosixFilePermissions(file)).isEqualTo(PosixFilePermissions.fromString("rw-------"));
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));

        assertThatThrownBy(() -> SigningKey.read(file))
                .isInstanceOf(BundleException.class)
                .hasMessageContaining("is rw-r-----; chmod 600 makes it so");
    }

    @Test
    void keysOverwriteNoFile() {
        assertThatThrownBy(() -> lab.write(folder.resolve("new.key"), folder.resolve("lab.pub")))
                .isInstanceOf(FileAlreadyExistsException.class);
        assertThat(folder.resolve("new.key")).doesNotExist();
    }

    @Test
    void rejectsFilesThatAreNoSigningKey() throws IOException {
        assertThatThrownBy(() -> SigningKey.read(folder.resolve("lab.pub").toAbsolutePath()))
                .isInstanceOf(BundleException.class);
        assertThatThrownBy(() -> SigningKey.read(file("half.key", RFC_KEY)))
                .hasMessageContaining("got 1 private and 0 public keys");
        assertThatThrownBy(
                        () -> SigningKey.read(file("mixed.key", RFC_KEY + Files.readString(folder.resolve("lab.pub")))))
                .hasMessageContaining("they are of different keys");
        assertThatThrownBy(() -> SigningKey.read(file("rsa.key", RFC_KEY.replace("PRIVATE", "RSA PRIVATE"))))
                .hasMessageContaining("got a block RSA PRIVATE KEY that is none");
        assertThatThrownBy(() -> SigningKey.read(file("cut.key", RFC_KEY.replace("MC4C", "MC4"))))
                .hasMessageContaining("got a block PRIVATE KEY that is none");
        assertThatThrownBy(() -> SigningKey.read(file("large.key", "x".repeat(2 << 20))))
                .hasMessageContaining("Expected at most 1,048,576 bytes");
        assertThatThrownBy(() -> SigningKey.read(folder.resolve("none.key"))).hasMessageContaining("none.key");
    }

    @Test
    void rejectsFilesThatAreNoTrustedKeys() throws IOException {
        assertThatThrownBy(() -> TrustedKeys.read(file("empty.pub", "")))
                .hasMessageContaining("Expected one public Ed25519 key or more");
        assertThatThrownBy(() -> TrustedKeys.read(folder.resolve("lab.key"))).hasMessageContaining("got a private key");
        assertThatThrownBy(() -> TrustedKeys.read(folder.resolve("none.pub"))).hasMessageContaining("none.pub");
        assertThatThrownBy(() -> TrustedKeys.read(folder)).hasMessageContaining("in a regular file");
    }

    @Test
    void allFormsOfABundleAreFound() throws IOException {
        Path form = Files.createDirectory(bundle.resolve("int8"));
        Files.write(form.resolve("model.onnx"), TestBundles.GRAPH);
        ModelBundle whole = ModelBundle.read(bundle);
        ModelBundle.complete(form, "test", "7", "int8", whole.contract(), whole.golden(), "{}", "# Test");

        assertThat(BundleForms.all(bundle)).extracting(ModelBundle::precision).isEqualTo(List.of("fp32", "int8"));
        assertThatCode(() -> BundleForms.all(bundle).get(1).sign(lab)).doesNotThrowAnyException();
        assertThat(ModelBundle.read(bundle).signers()).isEmpty();
        assertThat(ModelBundle.read(form).signers()).containsExactly(lab.id());
    }
}
