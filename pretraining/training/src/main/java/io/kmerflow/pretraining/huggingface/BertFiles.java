package io.kmerflow.pretraining.huggingface;

import io.kmerflow.contract.ModelContract;
import io.kmerflow.pretraining.Provenance;
import io.kmerflow.pretraining.checkpoint.CheckpointException;
import io.kmerflow.pretraining.checkpoint.Safetensors;
import io.kmerflow.pretraining.checkpoint.TrainingCheckpoint;
import io.kmerflow.pretraining.checkpoint.TrainingState;
import io.kmerflow.pretraining.model.EncoderConfig;
import io.kmerflow.pretraining.model.HeadConfig;
import io.kmerflow.pretraining.model.ParameterLayout;
import io.kmerflow.pretraining.model.Tensor;
import io.kmerflow.token.Vocabulary;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * Training checkpoints from and to the files of a Hugging Face BERT: weights, {@code config.json} and, in the same folder as
 * that, {@code vocab.txt}, one token a line in the order of their ids.
 */
public final class BertFiles {
    private static final String CONFIG = "config.json";
    private static final String VOCABULARY = "vocab.txt";

    private BertFiles() {}

    /**
     * What an import gave.
     *
     * @param checkpoint at step 0, its optimizer untouched
     * @param fresh names of parameters the file did not have, initialised from the seed, in order
     * @param ignored names of parameters of heads and poolers that this model does not have, in order
     */
    public record Imported(TrainingCheckpoint checkpoint, List<String> fresh, List<String> ignored) {}

    /**
     * Reads a model. A file with {@code classifier.weight} is a classifier, any other one a masked-token model.
     *
     * @param weights safetensors, F32 or F16
     * @param config {@code config.json}; a {@code vocab.txt} beside it must be ours, without one it is taken to be
     * @param seed of parameters the file does not have
     * @throws CheckpointException if the model is not one that our encoder can be; one sentence with the file
     */
    public static Imported read(Path weights, Path config, long seed) {
        BertConfigJson json = BertConfigJson.read(config);
        EncoderConfig encoder = json.encoder();
        refuseOtherVocabulary(new Vocabulary(encoder.k()), config.resolveSibling(VOCABULARY));
        Map<String, Tensor> tensors = BertNames.canonical(Safetensors.read(weights, BertNames::isParameter));
        HeadConfig head = head(tensors.get(BertNames.CLASSIFIER), json.poolsMean(), weights);
        ParameterLayout layout = new ParameterLayout(encoder, head);
        List<String> ignored = dropUnusedHeads(layout, tensors);
        refuseUnknown(layout, tensors, weights);
        float[] values = layout.initialize(seed);
        List<String> fresh = fill(layout, values, tensors, weights);
        Map<String, Object> provenance = new LinkedHashMap<>();
        provenance.put("importedSha256", Provenance.digests(List.of(weights, config)));
        provenance.put("seed", seed);
        provenance.put("fresh", fresh);
        TrainingCheckpoint checkpoint = new TrainingCheckpoint(
                encoder,
                head,
                layout.tensors(values),
                new TrainingState(0, seed, -1, null),
                Map.of(),
                null,
                List.of(),
                provenance);
        return new Imported(checkpoint, fresh, ignored);
    }

    /** As many tokens in another order would be embeddings of other k-mers, which nothing else shows. */
    private static void refuseOtherVocabulary(Vocabulary vocabulary, Path file) {
        if (!Files.exists(file)) {
            return;
        }
        List<String> given;
        try {
            given = Files.readAllLines(file);
        } catch (IOException e) {
            throw new CheckpointException(
                    String.format(Locale.ROOT, "Expected one token a line as UTF-8, got %s in %s", e, file), e);
        }
        List<String> tokens = tokens(vocabulary);
        for (int id = 0; id < tokens.size(); id++) {
            String token = id < given.size() ? given.get(id).strip() : "the end";
            if (!token.equals(tokens.get(id))) {
                throw new CheckpointException(String.format(
                        Locale.ROOT,
                        "Expected the token %s in line %d of %s, got %s",
                        tokens.get(id),
                        id + 1,
                        file,
                        token));
            }
        }
        if (given.size() > tokens.size()) {
            throw new CheckpointException(
                    String.format(Locale.ROOT, "Expected %d tokens in %s, got %d", tokens.size(), file, given.size()));
        }
    }

    private static List<String> tokens(Vocabulary vocabulary) {
        return IntStream.range(0, vocabulary.size()).mapToObj(vocabulary::text).toList();
    }

    private static HeadConfig head(Tensor classifier, boolean mean, Path file) {
        if (classifier == null) {
            return HeadConfig.maskedTokens();
        }
        if (classifier.shape().length != 2 || classifier.shape()[0] < 2) {
            throw new CheckpointException(String.format(
                    Locale.ROOT,
                    "Expected a classifier of at least 2 labels, got '%s' with another shape in %s",
                    BertNames.CLASSIFIER,
                    file));
        }
        return new HeadConfig(
                mean ? HeadConfig.Kind.CLASSIFIER_MEAN : HeadConfig.Kind.CLASSIFIER_CLS,
                Math.toIntExact(classifier.shape()[0]));
    }

    /** Takes out what a checkpoint of another task has besides the encoder. */
    private static List<String> dropUnusedHeads(ParameterLayout layout, Map<String, Tensor> tensors) {
        Set<String> unused = new LinkedHashSet<>(tensors.keySet());
        layout.entries().forEach(entry -> unused.remove(entry.name()));
        unused.removeIf(name -> !BertNames.isHead(name));
        tensors.keySet().removeAll(unused);
        return List.copyOf(unused);
    }

    private static void refuseUnknown(ParameterLayout layout, Map<String, Tensor> tensors, Path file) {
        Set<String> unknown = new LinkedHashSet<>(tensors.keySet());
        layout.entries().forEach(entry -> unknown.remove(entry.name()));
        if (!unknown.isEmpty()) {
            throw new CheckpointException(String.format(
                    Locale.ROOT,
                    "Expected parameters of a BERT of %d layers with the head %s, got %d others, the first '%s', in %s",
                    layout.encoder().layers(),
                    layout.head().kind(),
                    unknown.size(),
                    unknown.iterator().next(),
                    file));
        }
        if (tensors.isEmpty()) {
            throw new CheckpointException("Expected parameters of a BERT, got none in " + file);
        }
    }

    private static List<String> fill(ParameterLayout layout, float[] values, Map<String, Tensor> tensors, Path file) {
        try {
            return layout.fill(values, tensors);
        } catch (IllegalArgumentException e) {
            throw new CheckpointException(String.format(Locale.ROOT, "%s in %s", e.getMessage(), file), e);
        }
    }

    /**
     * Writes a checkpoint's weights under Hugging Face's names, float32, and {@code config.json} and {@code vocab.txt}
     * beside them. The tied decoder is left out, as transformers leaves it out.
     *
     * @return the {@code config.json}
     * @throws CheckpointException if one of the files is there already
     */
    public static Path write(TrainingCheckpoint checkpoint, Path weights) throws IOException {
        Path config = weights.toAbsolutePath().resolveSibling(CONFIG);
        Path vocabulary = config.resolveSibling(VOCABULARY);
        for (Path file : List.of(weights, config, vocabulary)) {
            if (Files.exists(file)) {
                throw new CheckpointException("Expected a file that does not exist yet, got " + file);
            }
        }
        ModelContract contract = checkpoint.contract();
        List<String> labels = contract == null
                ? List.of()
                : contract.labels().stream().map(ModelContract.Label::name).toList();
        Files.createDirectories(config.getParent());
        Safetensors.write(weights, checkpoint.weights());
        BertConfigJson.write(config, checkpoint.config(), checkpoint.head(), labels);
        Files.write(vocabulary, tokens(new Vocabulary(checkpoint.config().k())));
        return config;
    }
}
