package io.kmerflow.bundle;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.kmerflow.contract.ModelContract;
import io.kmerflow.sequence.Strand;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * A model as it is shipped: a folder, or a zip of one, with {@code bundle.json} (name, version, precision, digest),
 * {@code model.onnx}, {@code contract.json}, {@code golden.json}, {@code provenance.json} and {@code MODEL_CARD.md}, and may have {@code profile.json} and
 * {@code signature.json}. A
 * bundle that was read is whole: its contract is coherent and its digest holds. Whether its golden logits hold only a
 * run can tell: {@code io.kmerflow.scoring.GoldenCheck}.
 *
 * @param directory where its files lie
 * @param name of the model, the same for all its versions
 * @param version of the model
 * @param precision arithmetic of the graph: fp32, fp16 or int8
 * @param digest {@code sha256:} and 64 hex digits over every file that affects a score
 * @param contract what the model needs to be fed
 * @param golden sequences and the logits the trainer gave them, at least one
 */
public record ModelBundle(
        Path directory,
        String name,
        String version,
        String precision,
        String digest,
        ModelContract contract,
        List<GoldenRead> golden) {
    private static final int FORMAT = BundleDigest.WHOLE_MANIFEST_FORMAT;
    private static final int FIRST_FORMAT = 1;
    private static final Pattern DIGEST = Pattern.compile("sha256:[0-9a-f]{64}");

    private static final ObjectMapper JSON = new ObjectMapper()
            .enable(SerializationFeature.INDENT_OUTPUT)
            .addMixIn(ModelContract.class, WithoutAbsent.class)
            .addMixIn(ModelContract.Label.class, WithoutAbsentOfLabel.class);

    /** What a contract does not have is not in its file. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    private interface WithoutAbsent {}

    /** A label without an ontology id says so, as it always did; most have no strand. */
    private interface WithoutAbsentOfLabel {
        @JsonInclude(JsonInclude.Include.NON_NULL)
        Strand strand();

        @JsonInclude(JsonInclude.Include.NON_NULL)
        Double longReadThreshold();
    }

    /** What {@code bundle.json} holds. */
    private record Manifest(int format, String name, String version, String precision, String digest) {
        String digestOf(Path directory) {
            try {
                return BundleDigest.of(directory, format, name, version, Precision.named(precision));
            } catch (IOException e) {
                throw unreadable(directory, e);
            }
        }
    }

    /** Largest difference to a golden logit that its precision may show. */
    public float logitTolerance() {
        return Precision.named(precision).logitTolerance();
    }

    /** The ONNX graph. */
    public Path modelFile() {
        return file(directory, BundleFile.MODEL);
    }

    /** What made the model, as JSON. */
    public Path provenanceFile() {
        return file(directory, BundleFile.PROVENANCE);
    }

    /** The model card, Markdown. */
    public Path cardFile() {
        return file(directory, BundleFile.CARD);
    }

    /**
     * Reads and checks a bundle. A zip is unpacked into a temporary folder that lives until {@link #discard} or the end of the
     * process; a zip that is refused leaves nothing behind.
     *
     * @param path folder or zip
     * @throws BundleException if it is no bundle, a file is missing, incoherent or no regular file, or the digest does not hold
     */
    public static ModelBundle read(Path path) {
        if (!Files.exists(path)) {
            throw new BundleException("Expected a model bundle, but there is no file or folder " + path);
        }
        if (Files.isDirectory(path)) {
            return readFolder(path, path);
        }
        if (!Files.isRegularFile(path)) { // a pipe would be waited for
            throw new BundleException(String.format(
                    Locale.ROOT, "Expected a model bundle, a folder or a zip of one, but %s is neither", path));
        }
        Path unpacked = BundleZip.unpack(path);
        try {
            return readFolder(unpacked, path);
        } catch (RuntimeException e) {
            BundleZip.discard(unpacked);
            throw e;
        }
    }

    /**
     * The digest that a {@code bundle.json} names, for whoever has not the rest of the bundle yet.
     *
     * @throws BundleException if it is none
     */
    public static String digestIn(byte[] manifest) {
        Path file = Path.of(BundleFile.MANIFEST.fileName());
        return manifest(JsonField.of(file, manifest), file).digest();
    }

    private static ModelBundle readFolder(Path directory, Path path) {
        try {
            BundleFile.requireRegular(directory, path);
        } catch (IOException e) {
            throw unreadable(path, e);
        }
        Manifest manifest = manifest(json(directory, BundleFile.MANIFEST), path);
        ModelContract contract = BundleJson.contract(json(directory, BundleFile.CONTRACT));
        List<GoldenRead> golden = BundleJson.golden(
                json(directory, BundleFile.GOLDEN), contract, manifest.format() >= BundleDigest.WHOLE_MANIFEST_FORMAT);
        profile(directory, contract);
        signatures(directory);
        OnnxFile.requireWhole(file(directory, BundleFile.MODEL));
        String digest = manifest.digestOf(directory);
        if (!digest.equals(manifest.digest())) {
            throw new BundleException(String.format(
                    Locale.ROOT,
                    "Expected digest %s as %s says, got %s: a file of the bundle was changed",
                    manifest.digest(),
                    file(directory, BundleFile.MANIFEST),
                    digest));
        }
        return new ModelBundle(
                directory, manifest.name(), manifest.version(), manifest.precision(), digest, contract, golden);
    }

    private static Manifest manifest(JsonField json, Path path) {
        json.object(Set.of("format", "name", "version", "precision", "digest"));
        int format = json.field("format").wholeNumber();
        if (format < FIRST_FORMAT || format > FORMAT) {
            throw new BundleException(String.format(
                    Locale.ROOT, "Expected bundle format %d to %d, got %d in %s", FIRST_FORMAT, FORMAT, format, path));
        }
        JsonField digest = json.field("digest");
        digest.require(DIGEST.matcher(digest.text()).matches(), "sha256: and 64 hex digits");
        return new Manifest(
                format,
                json.field("name").text(),
                json.field("version").text(),
                json.field("precision").oneOf(Precision.class).toString(),
                digest.text());
    }

    /**
     * Deletes what was unpacked of a zip; nothing of a bundle that is a folder. For whoever refuses a bundle after it was read;
     * its files are gone then.
     */
    public void discard() {
        BundleZip.discard(directory);
    }

    /** What the reads look like that the model was made for, if the bundle says so. */
    public Optional<BundleProfile> profile() {
        return profile(directory, contract);
    }

    private static Optional<BundleProfile> profile(Path directory, ModelContract contract) {
        return Files.exists(file(directory, BundleFile.PROFILE))
                ? Optional.of(BundleProfile.of(
                        json(directory, BundleFile.PROFILE), contract.labels().size()))
                : Optional.empty();
    }

    /** Signatures of the bundle, whoever made them; whether one holds {@link TrustedKeys} checks. */
    List<BundleSignature> signatures() {
        return signatures(directory);
    }

    private static List<BundleSignature> signatures(Path directory) {
        return Files.exists(file(directory, BundleFile.SIGNATURE))
                ? BundleSignature.of(json(directory, BundleFile.SIGNATURE))
                : List.of();
    }

    /** Ids of the keys that are said to have signed the bundle. */
    public List<String> signers() {
        return signatures().stream().map(BundleSignature::key).toList();
    }

    /**
     * Adds a signature of the bundle as it is now, in place of an earlier one by the same key.
     *
     * @throws BundleException if the bundle is a zip
     */
    public void sign(SigningKey key) throws IOException {
        if (BundleZip.unpacked(directory)) {
            throw new BundleException(
                    "Expected the folder of a bundle to sign, got a zip; sign the folder, then make the zip of it");
        }
        List<BundleSignature> all = new ArrayList<>(signatures());
        all.removeIf(one -> one.key().equals(key.id()));
        all.add(new BundleSignature(key.id(), key.sign(BundleSignature.statement(this))));
        BundleSignature.write(directory, all);
    }

    /**
     * What made the model.
     *
     * @throws BundleException if the bundle does not say, or not as a JSON object
     */
    public Map<String, Object> provenance() {
        if (!Files.exists(provenanceFile())) {
            throw new BundleException(
                    String.format(Locale.ROOT, "Expected %s in the bundle, there is none", provenanceFile()));
        }
        JsonField json = json(directory, BundleFile.PROVENANCE);
        json.require(json.node().isObject(), "an object");
        return JSON.convertValue(json.node(), new TypeReference<>() {});
    }

    /**
     * Completes a folder that holds {@code model.onnx} into a bundle.
     *
     * @param provenanceJson what made the model, as JSON
     * @param modelCard Markdown for people
     * @return the bundle, read back
     */
    public static ModelBundle complete(
            Path directory,
            String name,
            String version,
            String precision,
            ModelContract contract,
            List<GoldenRead> golden,
            String provenanceJson,
            String modelCard)
            throws IOException {
        JSON.writeValue(file(directory, BundleFile.CONTRACT).toFile(), contract);
        JSON.writeValue(
                file(directory, BundleFile.GOLDEN).toFile(),
                golden.stream().map(read -> read.named(contract)).toList());
        Files.writeString(file(directory, BundleFile.PROVENANCE), provenanceJson);
        Files.writeString(file(directory, BundleFile.CARD), modelCard);
        Manifest undigested = new Manifest(FORMAT, name, version, precision, null);
        JSON.writeValue(
                file(directory, BundleFile.MANIFEST).toFile(),
                new Manifest(FORMAT, name, version, precision, undigested.digestOf(directory)));
        return read(directory);
    }

    private static Path file(Path directory, BundleFile file) {
        return directory.resolve(file.fileName());
    }

    private static JsonField json(Path directory, BundleFile file) {
        Path path = file(directory, file);
        try {
            return JsonField.of(path, Files.readAllBytes(path));
        } catch (IOException e) {
            throw unreadable(path, e);
        }
    }

    private static BundleException unreadable(Path path, IOException e) {
        return new BundleException(String.format(Locale.ROOT, "Could not read %s: %s", path, e), e);
    }
}
