package io.kmerflow.pretraining.checkpoint;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.kmerflow.contract.ModelContract;
import io.kmerflow.pretraining.model.EncoderConfig;
import io.kmerflow.pretraining.model.HeadConfig;
import io.kmerflow.pretraining.model.Tensor;
import io.kmerflow.sequence.Sha256;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

/**
 * A directory with the state of a model in training, or a finished model. Files: {@code weights.safetensors} (float32,
 * Hugging Face names), {@code config.json} (sizes and head), {@code provenance.json}; of a run that can go on
 * {@code state.json} and {@code optimizer.safetensors}; of a finished classifier {@code contract.json} and
 * {@code golden.json}.
 *
 * @param config sizes of the encoder
 * @param head what sits on it
 * @param weights by name
 * @param state where the run stood; null if it cannot go on from here
 * @param optimizer {@code mean.NAME} and {@code meanSquare.NAME}; empty if there is no state
 * @param contract of a finished classifier, else null
 * @param golden of a finished classifier, else empty
 * @param provenance what made it: configuration, data digests, versions
 */
public record TrainingCheckpoint(
        EncoderConfig config,
        HeadConfig head,
        Map<String, Tensor> weights,
        TrainingState state,
        Map<String, Tensor> optimizer,
        ModelContract contract,
        List<GoldenSequence> golden,
        Map<String, Object> provenance) {

    private static final int FORMAT = 1;
    private static final String WEIGHTS = "weights.safetensors";
    private static final String OPTIMIZER = "optimizer.safetensors";
    private static final String CONFIG = "config.json";
    private static final String STATE = "state.json";
    private static final String CONTRACT = "contract.json";
    private static final String GOLDEN = "golden.json";
    private static final String PROVENANCE = "provenance.json";
    private static final String WORDS = "bert.embeddings.word_embeddings.weight";
    private static final ObjectMapper JSON = new ObjectMapper()
            .enable(SerializationFeature.INDENT_OUTPUT)
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES);

    /** What config.json holds. */
    private record Config(int format, EncoderConfig encoder, HeadConfig head) {}

    /** What golden.json holds. */
    private record Golden(List<GoldenSequence> sequences) {
        private Golden {
            sequences = sequences == null ? List.of() : sequences;
        }
    }

    public TrainingCheckpoint {
        weights = Collections.unmodifiableMap(new LinkedHashMap<>(weights));
        optimizer = Collections.unmodifiableMap(new LinkedHashMap<>(optimizer));
        golden = List.copyOf(golden);
        provenance = Collections.unmodifiableMap(new LinkedHashMap<>(provenance));
    }

    /** The same with other weights of the same names and shapes. */
    public TrainingCheckpoint withWeights(Map<String, Tensor> newWeights) {
        return new TrainingCheckpoint(config, head, newWeights, state, optimizer, contract, golden, provenance);
    }

    /** Weights alone, as the best of a run. */
    public TrainingCheckpoint withoutState() {
        return new TrainingCheckpoint(config, head, weights, null, Map.of(), contract, golden, provenance);
    }

    /** SHA-256, hex, of the weights alone: names, and values as little-endian float32, in their order. */
    public String weightsSha256() {
        MessageDigest digest = Sha256.start();
        weights.forEach((name, tensor) -> {
            digest.update((name + Arrays.toString(tensor.shape())).getBytes(StandardCharsets.UTF_8));
            ByteBuffer bytes =
                    ByteBuffer.allocate(Float.BYTES * tensor.data().length).order(ByteOrder.LITTLE_ENDIAN);
            bytes.asFloatBuffer().put(tensor.data());
            digest.update(bytes);
        });
        return Sha256.hex(digest);
    }

    /** A finished classifier. */
    public TrainingCheckpoint finished(
            ModelContract newContract, List<GoldenSequence> newGolden, Map<String, Object> newProvenance) {
        return new TrainingCheckpoint(config, head, weights, null, Map.of(), newContract, newGolden, newProvenance);
    }

    /** Whether a directory, or what a write that was cut off left of it, holds a checkpoint. */
    public static boolean exists(Path directory) {
        return Files.exists(directory.resolve(CONFIG))
                || Files.exists(old(directory).resolve(CONFIG));
    }

    /**
     * Reads a checkpoint.
     *
     * @param directory of a checkpoint, or of a run: then its finished model, else its best, else its last checkpoint
     * @throws CheckpointException if something is missing or damaged, or the embeddings are of another vocabulary than the
     *     config's k gives; names the file
     */
    public static TrainingCheckpoint read(Path directory) {
        Path from = Stream.of(
                        directory, directory.resolve("model"), directory.resolve("best"), directory.resolve("last"))
                .flatMap(place -> Stream.of(place, old(place)))
                .filter(place -> Files.exists(place.resolve(CONFIG)))
                .findFirst()
                .orElseThrow(() -> new CheckpointException(
                        "Expected a training checkpoint with config.json, got none at " + directory));
        Config config = readJson(from.resolve(CONFIG), Config.class);
        if (config.format() != FORMAT) {
            throw new CheckpointException(String.format(
                    Locale.ROOT,
                    "Expected checkpoint format %d, got %d in %s",
                    FORMAT,
                    config.format(),
                    from.resolve(CONFIG)));
        }
        Map<String, Tensor> weights = Safetensors.read(from.resolve(WEIGHTS));
        refuseOtherVocabulary(config.encoder(), weights, from);
        TrainingState state = readIfThere(from.resolve(STATE), TrainingState.class);
        Golden golden = readIfThere(from.resolve(GOLDEN), Golden.class);
        return new TrainingCheckpoint(
                config.encoder(),
                config.head(),
                weights,
                state,
                state == null ? Map.of() : Safetensors.read(from.resolve(OPTIMIZER)),
                readIfThere(from.resolve(CONTRACT), ModelContract.class),
                golden == null ? List.of() : golden.sequences(),
                readProvenance(from.resolve(PROVENANCE)));
    }

    private static void refuseOtherVocabulary(EncoderConfig encoder, Map<String, Tensor> weights, Path from) {
        Tensor words = weights.get(WORDS);
        if (words == null || words.shape()[0] != encoder.vocabularySize()) {
            throw new CheckpointException(String.format(
                    Locale.ROOT,
                    "Expected a vocabulary of %d tokens (5 specials and all %d-mers) in %s, got %s",
                    encoder.vocabularySize(),
                    encoder.k(),
                    from,
                    words == null ? "no " + WORDS : words.shape()[0]));
        }
    }

    private static Map<String, Object> readProvenance(Path file) {
        try {
            return Files.exists(file)
                    ? present(JSON.readValue(file.toFile(), new TypeReference<Map<String, Object>>() {}), file)
                    : Map.of();
        } catch (IOException e) {
            throw new CheckpointException(
                    String.format(Locale.ROOT, "Expected JSON, got %s in %s", e.getMessage(), file), e);
        }
    }

    /** A file that holds a JSON null holds nothing. */
    private static <T> T present(T value, Path file) {
        if (value == null) {
            throw new CheckpointException("Expected a JSON object, got null in " + file);
        }
        return value;
    }

    private static <T> T readIfThere(Path file, Class<T> type) {
        return Files.exists(file) ? readJson(file, type) : null;
    }

    private static <T> T readJson(Path file, Class<T> type) {
        try {
            return present(JSON.readValue(file.toFile(), type), file);
        } catch (IOException e) {
            throw new CheckpointException(
                    String.format(
                            Locale.ROOT,
                            "Expected a %s as JSON, got %s in %s",
                            type.getSimpleName(),
                            e.getMessage(),
                            file),
                    e);
        }
    }

    /**
     * Writes the directory beside its place and renames it in one go; what was there before is replaced. A process that
     * dies half-way leaves the old checkpoint or the new one readable.
     */
    public void write(Path directory) {
        Path target = directory.toAbsolutePath();
        Path temporary = target.resolveSibling(target.getFileName() + ".tmp");
        Path old = old(target);
        try {
            Files.createDirectories(target.getParent());
            delete(temporary);
            Files.createDirectory(temporary);
            Safetensors.write(temporary.resolve(WEIGHTS), weights);
            JSON.writeValue(temporary.resolve(CONFIG).toFile(), new Config(FORMAT, config, head));
            JSON.writeValue(temporary.resolve(PROVENANCE).toFile(), provenance);
            if (state != null) {
                JSON.writeValue(temporary.resolve(STATE).toFile(), state);
                Safetensors.write(temporary.resolve(OPTIMIZER), optimizer);
            }
            if (contract != null) {
                JSON.writeValue(temporary.resolve(CONTRACT).toFile(), contract);
                JSON.writeValue(temporary.resolve(GOLDEN).toFile(), new Golden(golden));
            }
            if (Files.exists(target)) {
                delete(old);
                Files.move(target, old, StandardCopyOption.ATOMIC_MOVE);
            }
            Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE);
            delete(old);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Path old(Path directory) {
        Path target = directory.toAbsolutePath();
        return target.resolveSibling(target.getFileName() + ".old");
    }

    private static void delete(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        } catch (NoSuchFileException e) {
            return; // nothing to delete
        }
    }
}
