package io.kmerflow.pretraining.huggingface;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kmerflow.pretraining.checkpoint.CheckpointException;
import io.kmerflow.pretraining.model.EncoderConfig;
import io.kmerflow.pretraining.model.HeadConfig;
import io.kmerflow.pretraining.settings.JsonMappers;
import io.kmerflow.token.Vocabulary;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The {@code config.json} of a Hugging Face BERT. What a file leaves out has BertConfig's default, sizes excepted. */
final class BertConfigJson {
    /** Ours, as no transformers class pools so: present and "mean" for {@link HeadConfig.Kind#CLASSIFIER_MEAN}. */
    private static final String POOLING = "kmerflow_pooling";

    private static final String MEAN = "mean";

    private final JsonNode root;
    private final Path file;

    private BertConfigJson(JsonNode root, Path file) {
        this.root = root;
        this.file = file;
    }

    /** @throws CheckpointException if there is no JSON object in the file */
    static BertConfigJson read(Path file) {
        try {
            JsonNode root = JsonMappers.COMPACT.readTree(file.toFile());
            if (!root.isObject()) {
                throw new CheckpointException("Expected a JSON object, got something else in " + file);
            }
            return new BertConfigJson(root, file);
        } catch (IOException e) {
            throw new CheckpointException("Expected a config.json of a BERT, found none at " + file, e);
        }
    }

    /**
     * The sizes.
     *
     * @throws CheckpointException if a size is missing, or the model is one that our encoder cannot be
     */
    EncoderConfig encoder() {
        require("model_type", "bert");
        require("hidden_act", "gelu");
        require("position_embedding_type", "absolute");
        double dropout = number("hidden_dropout_prob", 0.1);
        double attentionDropout = number("attention_probs_dropout_prob", dropout);
        if (attentionDropout != dropout) {
            throw new CheckpointException(String.format(
                    Locale.ROOT,
                    "Expected one dropout, got hidden_dropout_prob %s and attention_probs_dropout_prob %s in %s",
                    dropout,
                    attentionDropout,
                    file));
        }
        try {
            return new EncoderConfig(
                    k(),
                    size("hidden_size"),
                    size("num_hidden_layers"),
                    size("num_attention_heads"),
                    size("intermediate_size"),
                    size("max_position_embeddings"),
                    root.has("type_vocab_size") ? size("type_vocab_size") : 2,
                    dropout,
                    number("layer_norm_eps", 1e-12));
        } catch (IllegalArgumentException e) {
            throw new CheckpointException(String.format(Locale.ROOT, "%s in %s", e.getMessage(), file), e);
        }
    }

    /** Whether the file says that the classifier sits on the mean of the tokens. */
    boolean poolsMean() {
        return MEAN.equals(root.path(POOLING).asText());
    }

    private int k() {
        int size = size("vocab_size");
        List<String> sizes = new ArrayList<>();
        for (int k = Vocabulary.MIN_K; k <= Vocabulary.MAX_K; k++) {
            int expected = new Vocabulary(k).size();
            if (size == expected) {
                return k;
            }
            sizes.add(String.format(Locale.ROOT, "%d (k = %d)", expected, k));
        }
        throw new CheckpointException(String.format(
                Locale.ROOT,
                "Expected the vocab_size of a k-mer vocabulary, one of %s, got %d in %s",
                String.join(", ", sizes),
                size,
                file));
    }

    private void require(String key, String expected) {
        String value = root.path(key).asText(expected);
        if (!value.equals(expected)) {
            throw new CheckpointException(
                    String.format(Locale.ROOT, "Expected %s '%s', got '%s' in %s", key, expected, value, file));
        }
    }

    private int size(String key) {
        JsonNode value = root.path(key);
        if (!value.isInt() || value.asInt() < 1) {
            throw new CheckpointException(String.format(
                    Locale.ROOT,
                    "Expected a positive whole number for %s, got %s in %s",
                    key,
                    value.isMissingNode() ? "none" : value,
                    file));
        }
        return value.asInt();
    }

    private double number(String key, double otherwise) {
        JsonNode value = root.path(key);
        if (value.isMissingNode()) {
            return otherwise;
        }
        if (!value.isNumber()) {
            throw new CheckpointException(
                    String.format(Locale.ROOT, "Expected a number for %s, got %s in %s", key, value, file));
        }
        return value.asDouble();
    }

    /**
     * Writes the file that {@code from_pretrained} wants beside the weights.
     *
     * @param labels names of a classifier's classes in order; empty if they have none
     */
    static void write(Path file, EncoderConfig encoder, HeadConfig head, List<String> labels) throws IOException {
        ObjectNode root = JsonMappers.COMPACT.createObjectNode();
        root.putArray("architectures").add(architecture(head));
        root.put("model_type", "bert");
        root.put("dtype", "float32");
        root.put("vocab_size", encoder.vocabularySize());
        root.put("hidden_size", encoder.hidden());
        root.put("num_hidden_layers", encoder.layers());
        root.put("num_attention_heads", encoder.heads());
        root.put("intermediate_size", encoder.feedForward());
        root.put("max_position_embeddings", encoder.maxPositions());
        root.put("type_vocab_size", encoder.typeVocabulary());
        root.put("hidden_act", "gelu");
        root.put("hidden_dropout_prob", encoder.dropout());
        root.put("attention_probs_dropout_prob", encoder.dropout());
        root.put("layer_norm_eps", encoder.layerNormEpsilon());
        root.put("position_embedding_type", "absolute");
        root.put("pad_token_id", 0);
        root.put("tie_word_embeddings", true);
        if (head.kind() == HeadConfig.Kind.CLASSIFIER_MEAN) {
            root.put(POOLING, MEAN);
        }
        if (head.isClassifier()) {
            ObjectNode names = root.putObject("id2label");
            ObjectNode ids = root.putObject("label2id");
            for (int label = 0; label < head.labels(); label++) {
                String name = labels.isEmpty() ? "LABEL_" + label : labels.get(label);
                names.put(Integer.toString(label), name);
                ids.put(name, label);
            }
        }
        Files.writeString(
                file, JsonMappers.COMPACT.writerWithDefaultPrettyPrinter().writeValueAsString(root) + "\n");
    }

    private static String architecture(HeadConfig head) {
        return switch (head.kind()) {
            case MASKED_TOKENS -> "BertForMaskedLM";
            case CLASSIFIER_CLS -> "BertForSequenceClassification";
            case CLASSIFIER_MEAN -> "BertModel";
        };
    }
}
