package io.kmerflow.pretraining.huggingface;

import io.kmerflow.pretraining.checkpoint.CheckpointException;
import io.kmerflow.pretraining.model.Tensor;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** The names that BERT's parameters have had in Hugging Face transformers, brought to the ones in use here. */
final class BertNames {
    static final String WORD_EMBEDDINGS = "bert.embeddings.word_embeddings.weight";
    static final String CLASSIFIER = "classifier.weight";
    private static final String DECODER = "cls.predictions.decoder.weight";
    private static final String DECODER_BIAS = "cls.predictions.decoder.bias";
    private static final String BIAS = "cls.predictions.bias";

    private BertNames() {}

    /** Whether a name is of a pooler or of a head of some task: masked tokens, next sentence, question answering. */
    static boolean isHead(String name) {
        return name.startsWith("bert.pooler.") || name.startsWith("cls.") || name.startsWith("qa_outputs.");
    }

    /** Whether a name is of a parameter rather than of a constant that old versions saved with them. */
    static boolean isParameter(String name) {
        return !name.endsWith("embeddings.position_ids") && !name.endsWith("embeddings.token_type_ids");
    }

    /**
     * Tensors under the names in use here; the decoder's, which are the word embeddings and the bias again, are left out.
     *
     * @param tensors of one file
     * @throws CheckpointException if two names mean one parameter, or the decoder is not tied; names them
     */
    static Map<String, Tensor> canonical(Map<String, Tensor> tensors) {
        Map<String, Tensor> canonical = new LinkedHashMap<>();
        tensors.forEach((name, tensor) -> {
            if (canonical.put(canonical(name), tensor) != null) {
                throw new CheckpointException(String.format(
                        Locale.ROOT,
                        "Expected each parameter once, got '%s' twice, once as '%s'",
                        canonical(name),
                        name));
            }
        });
        dropTied(canonical, DECODER, WORD_EMBEDDINGS);
        dropTied(canonical, DECODER_BIAS, BIAS);
        return canonical;
    }

    /** {@code BertModel} alone has no prefix; TensorFlow's checkpoints called LayerNorm's weight and bias gamma and beta. */
    private static String canonical(String name) {
        String prefixed = name.startsWith("embeddings.") || name.startsWith("encoder.") || name.startsWith("pooler.")
                ? "bert." + name
                : name;
        return prefixed.replaceFirst("LayerNorm\\.gamma$", "LayerNorm.weight")
                .replaceFirst("LayerNorm\\.beta$", "LayerNorm.bias");
    }

    /** Drops a second copy of a parameter; if it is the only one, it takes the first one's name. */
    private static void dropTied(Map<String, Tensor> tensors, String copy, String original) {
        Tensor second = tensors.remove(copy);
        if (second == null) {
            return;
        }
        Tensor first = tensors.putIfAbsent(original, second);
        if (first != null && !Arrays.equals(first.data(), second.data())) {
            throw new CheckpointException(String.format(
                    Locale.ROOT,
                    "Expected '%s' to equal '%s', as a decoder tied to the word embeddings has it, got other values",
                    copy,
                    original));
        }
    }
}
