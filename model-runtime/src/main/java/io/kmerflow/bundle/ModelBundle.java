package io.kmerflow.bundle;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.kmerflow.contract.ModelContract;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;

/**
 * A model as it is shipped: a folder, or a zip of one, with {@code bundle.json} (name, version, precision, digest),
 * {@code model.onnx}, {@code contract.json}, {@code golden.json}, {@code provenance.json} and {@code MODEL_CARD.md}. A
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
    static final String BUNDLE_FILE = "bundle.json";
    static final String MODEL_FILE = "model.onnx";
    static final String CONTRACT_FILE = "contract.json";
    static final String GOLDEN_FILE = "golden.json";
    static final String PROVENANCE_FILE = "provenance.json";
    static final String CARD_FILE = "MODEL_CARD.md";
    private static final int FORMAT = 2;
    /** Digests without the precision. */
    private static final int FIRST_FORMAT = 1;

    private static final ObjectMapper JSON = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

    /** What {@code bundle.json} holds. */
    private record Manifest(int format, String name, String version, String precision, String digest) {}

    /** Largest difference to a golden logit that its precision may show. */
    public float logitTolerance() {
        return Precision.named(precision).logitTolerance();
    }

    /** The ONNX graph. */
    public Path modelFile() {
        return directory.resolve(MODEL_FILE);
    }

    /** What made the model, as JSON. */
    public Path provenanceFile() {
        return directory.resolve(PROVENANCE_FILE);
    }

    /** The model card, Markdown. */
    public Path cardFile() {
        return directory.resolve(CARD_FILE);
    }

    /**
     * Reads and checks a bundle. A zip is unpacked into a temporary folder that lives as long as the process.
     *
     * @param path folder or zip
     * @throws BundleException if it is no bundle, a file is missing or incoherent, or the digest does not hold
     */
    public static ModelBundle read(Path path) {
        if (!Files.exists(path)) {
            throw new BundleException("Expected a model bundle, but there is no file or folder " + path);
        }
        Path directory = Files.isDirectory(path) ? path : unzip(path);
        for (String name : List.of(BUNDLE_FILE, MODEL_FILE, CONTRACT_FILE, GOLDEN_FILE)) {
            if (!Files.isRegularFile(directory.resolve(name))) {
                throw new BundleException("Expected a model bundle with %s, but %s has none".formatted(name, path));
            }
        }
        Manifest manifest = json(directory.resolve(BUNDLE_FILE), new TypeReference<>() {});
        if (manifest.format() < FIRST_FORMAT || manifest.format() > FORMAT) {
            throw new BundleException("Expected bundle format %d to %d, got %d in %s"
                    .formatted(FIRST_FORMAT, FORMAT, manifest.format(), path));
        }
        Precision precision = Precision.named(manifest.precision());
        ModelContract contract = json(directory.resolve(CONTRACT_FILE), new TypeReference<>() {});
        List<GoldenRead> golden = json(directory.resolve(GOLDEN_FILE), new TypeReference<>() {});
        requireGolden(golden, contract, path);
        String digest = digest(directory, manifest.format() == FIRST_FORMAT ? null : precision);
        if (!digest.equals(manifest.digest())) {
            throw new BundleException("Expected digest %s as %s says, got %s: a file of the bundle was changed"
                    .formatted(manifest.digest(), directory.resolve(BUNDLE_FILE), digest));
        }
        return new ModelBundle(
                directory, manifest.name(), manifest.version(), manifest.precision(), digest, contract, golden);
    }

    private static void requireGolden(List<GoldenRead> golden, ModelContract contract, Path path) {
        if (golden.isEmpty()) {
            throw new BundleException("Expected golden reads in %s, got none".formatted(path));
        }
        for (GoldenRead read : golden) {
            if (read.logits().length != contract.labels().size()) {
                throw new BundleException("Expected %d golden logits, one per label, got %d in %s"
                        .formatted(contract.labels().size(), read.logits().length, path));
            }
        }
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
        JSON.writeValue(directory.resolve(CONTRACT_FILE).toFile(), contract);
        JSON.writeValue(directory.resolve(GOLDEN_FILE).toFile(), golden);
        Files.writeString(directory.resolve(PROVENANCE_FILE), provenanceJson);
        Files.writeString(directory.resolve(CARD_FILE), modelCard);
        JSON.writeValue(
                directory.resolve(BUNDLE_FILE).toFile(),
                new Manifest(FORMAT, name, version, precision, digest(directory, Precision.named(precision))));
        return read(directory);
    }

    private static String digest(Path directory, Precision precision) {
        try {
            return BundleDigest.of(directory, precision);
        } catch (IOException e) {
            throw new BundleException("Could not read the bundle in " + directory + ": " + e.getMessage(), e);
        }
    }

    private static <T> T json(Path file, TypeReference<T> type) {
        try {
            return JSON.readValue(file.toFile(), type);
        } catch (JsonProcessingException e) {
            throw new BundleException("Expected valid JSON in %s, got: %s".formatted(file, e.getOriginalMessage()), e);
        } catch (IOException e) {
            throw new BundleException("Could not read %s: %s".formatted(file, e.getMessage()), e);
        }
    }

    private static Path unzip(Path zip) {
        try (InputStream in = Files.newInputStream(zip);
                ZipInputStream entries = new ZipInputStream(in)) {
            Path directory = Files.createTempDirectory("kmerflow-bundle");
            directory.toFile().deleteOnExit();
            int files = 0;
            for (ZipEntry entry = entries.getNextEntry(); entry != null; entry = entries.getNextEntry()) {
                if (!entry.isDirectory()) {
                    // Only the last part of the name counts, so an entry such as ../x cannot leave the folder.
                    Path file = directory.resolve(Path.of(entry.getName()).getFileName());
                    Files.copy(entries, file);
                    file.toFile().deleteOnExit();
                    files++;
                }
            }
            if (files == 0) {
                throw new BundleException(
                        "Expected a model bundle, a folder or a zip of one, but %s is neither".formatted(zip));
            }
            return directory;
        } catch (IOException e) {
            throw new BundleException("Could not unpack the bundle %s: %s".formatted(zip, e.getMessage()), e);
        }
    }
}
