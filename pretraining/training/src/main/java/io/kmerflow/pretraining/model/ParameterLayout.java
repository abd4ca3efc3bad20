package io.kmerflow.pretraining.model;

import io.kmerflow.pretraining.random.Xoshiro256;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Where each parameter lies in one flat vector. All parameters are parts of one tensor, so that a step costs one split,
 * one gradient and a dozen optimizer operations, however many parameters there are. Matrices come first, as weight decay
 * is for them alone; query, key and value of a layer are neighbours, so that they multiply as one matrix.
 *
 * <p>Names, shapes and the (out, in) order are those of Hugging Face's BERT.
 */
public final class ParameterLayout {
    /** How a parameter starts. */
    private enum Init {
        NORMAL,
        ZERO,
        ONE
    }

    private static final double INIT_DEVIATION = 0.02;
    private static final long INIT_STREAM = 0x1717;

    /** A parameter. */
    public record Entry(String name, long[] shape, int offset, int size) {}

    /** Neighbouring parameters that are used as one, stacked along the first axis. */
    record Group(String name, long[] shape, int offset, int size) {}

    private final List<Entry> entries = new ArrayList<>();
    private final List<Init> inits = new ArrayList<>();
    private final List<Group> groups = new ArrayList<>();
    private final EncoderConfig encoder;
    private final HeadConfig head;
    private int size;
    private int decayed;

    public ParameterLayout(EncoderConfig encoder, HeadConfig head) {
        this.encoder = encoder;
        this.head = head;
        matrices();
        decayed = size;
        pooler();
        vectors();
    }

    private void matrices() {
        long h = encoder.hidden();
        add("bert.embeddings.word_embeddings.weight", Init.NORMAL, encoder.vocabularySize(), h);
        add("bert.embeddings.position_embeddings.weight", Init.NORMAL, encoder.maxPositions(), h);
        add("bert.embeddings.token_type_embeddings.weight", Init.NORMAL, encoder.typeVocabulary(), h);
        for (int layer = 0; layer < encoder.layers(); layer++) {
            String at = layer(layer);
            addGroup(at + "attention.self.qkv.weight", Init.NORMAL, names(at, ".weight"), h, h);
            add(at + "attention.output.dense.weight", Init.NORMAL, h, h);
            add(at + "intermediate.dense.weight", Init.NORMAL, encoder.feedForward(), h);
            add(at + "output.dense.weight", Init.NORMAL, h, encoder.feedForward());
        }
        switch (head.kind()) {
            case MASKED_TOKENS -> add("cls.predictions.transform.dense.weight", Init.NORMAL, h, h);
            case CLASSIFIER_CLS -> {
                add("bert.pooler.dense.weight", Init.NORMAL, h, h);
                add("classifier.weight", Init.NORMAL, head.labels(), h);
            }
            case CLASSIFIER_MEAN -> add("classifier.weight", Init.NORMAL, head.labels(), h);
        }
        if (head.wide()) {
            add(HeadConfig.WIDE, Init.ZERO, encoder.vocabularySize(), head.labels());
        }
    }

    /** A pooler that pretraining only carries along: behind the decayed matrices, or decay alone would shrink it. */
    private void pooler() {
        if (head.kind() == HeadConfig.Kind.MASKED_TOKENS) {
            add("bert.pooler.dense.weight", Init.NORMAL, encoder.hidden(), encoder.hidden());
        }
    }

    private void vectors() {
        long h = encoder.hidden();
        norm("bert.embeddings.LayerNorm", h);
        for (int layer = 0; layer < encoder.layers(); layer++) {
            String at = layer(layer);
            addGroup(at + "attention.self.qkv.bias", Init.ZERO, names(at, ".bias"), h);
            add(at + "attention.output.dense.bias", Init.ZERO, h);
            norm(at + "attention.output.LayerNorm", h);
            add(at + "intermediate.dense.bias", Init.ZERO, encoder.feedForward());
            add(at + "output.dense.bias", Init.ZERO, h);
            norm(at + "output.LayerNorm", h);
        }
        if (head.kind() != HeadConfig.Kind.CLASSIFIER_MEAN) {
            add("bert.pooler.dense.bias", Init.ZERO, h);
        }
        if (head.isClassifier()) {
            add("classifier.bias", Init.ZERO, head.labels());
        } else {
            add("cls.predictions.transform.dense.bias", Init.ZERO, h);
            norm("cls.predictions.transform.LayerNorm", h);
            add("cls.predictions.bias", Init.ZERO, encoder.vocabularySize());
        }
    }

    static String layer(int layer) {
        return "bert.encoder.layer." + layer + ".";
    }

    private static String[] names(String layer, String kind) {
        return new String[] {
            layer + "attention.self.query" + kind,
            layer + "attention.self.key" + kind,
            layer + "attention.self.value" + kind
        };
    }

    private void norm(String name, long width) {
        add(name + ".weight", Init.ONE, width);
        add(name + ".bias", Init.ZERO, width);
    }

    private void add(String name, Init init, long... shape) {
        addGroup(name, init, new String[] {name}, shape);
    }

    private void addGroup(String group, Init init, String[] names, long... shape) {
        int each = Math.toIntExact(Arrays.stream(shape).reduce(1, Math::multiplyExact));
        long[] stacked = shape.clone();
        stacked[0] *= names.length;
        groups.add(new Group(group, stacked, size, each * names.length));
        for (String name : names) {
            entries.add(new Entry(name, shape, size, each));
            inits.add(init);
            size = Math.addExact(size, each);
        }
    }

    /** Parameters in the vector. */
    public int size() {
        return size;
    }

    /** Parameters at the start of the vector that weight decay applies to. */
    public int decayedSize() {
        return decayed;
    }

    /** Parameters in vector order. */
    public List<Entry> entries() {
        return List.copyOf(entries);
    }

    List<Group> groups() {
        return groups;
    }

    /** The encoder it is for. */
    public EncoderConfig encoder() {
        return encoder;
    }

    /** The head it is for. */
    public HeadConfig head() {
        return head;
    }

    /** Fresh parameters: matrices normal(0, 0.02), biases 0, LayerNorm weights 1; a function of the seed alone. */
    public float[] initialize(long seed) {
        float[] values = new float[size];
        for (int i = 0; i < entries.size(); i++) {
            Entry entry = entries.get(i);
            switch (inits.get(i)) {
                case NORMAL -> {
                    Xoshiro256 random =
                            Xoshiro256.of(seed, INIT_STREAM, entry.name().hashCode());
                    for (int j = 0; j < entry.size(); j++) {
                        values[entry.offset() + j] = (float) (INIT_DEVIATION * random.nextGaussian());
                    }
                }
                case ONE -> Arrays.fill(values, entry.offset(), entry.offset() + entry.size(), 1f);
                case ZERO -> {}
            }
        }
        return values;
    }

    /**
     * Copies what a map has under this layout's names into the vector.
     *
     * @param values of all parameters, changed in place
     * @param tensors by name
     * @return names the map did not have, in order
     * @throws IllegalArgumentException if a shape differs; names the parameter
     */
    public List<String> fill(float[] values, Map<String, Tensor> tensors) {
        List<String> missing = new ArrayList<>();
        for (Entry entry : entries) {
            Tensor tensor = tensors.get(entry.name());
            if (tensor == null) {
                missing.add(entry.name());
                continue;
            }
            if (!Arrays.equals(tensor.shape(), entry.shape())) {
                throw new IllegalArgumentException(String.format(
                        Locale.ROOT,
                        "Expected shape %s for %s, got %s",
                        Arrays.toString(entry.shape()),
                        entry.name(),
                        Arrays.toString(tensor.shape())));
            }
            System.arraycopy(tensor.data(), 0, values, entry.offset(), entry.size());
        }
        return missing;
    }

    /** The vector cut into named tensors, in order, copies. */
    public Map<String, Tensor> tensors(float[] values) {
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        for (Entry entry : entries) {
            tensors.put(
                    entry.name(),
                    new Tensor(
                            Arrays.copyOfRange(values, entry.offset(), entry.offset() + entry.size()), entry.shape()));
        }
        return tensors;
    }
}
