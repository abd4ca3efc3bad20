package io.kmerflow.export.graph;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * The weights of an fp32 graph that {@link EncoderGraph} wrote, so that a model whose checkpoint is gone can be written
 * anew. Token types come back as zeros: their embedding is in that of the positions.
 */
public final class EncoderGraphReader {
    /**
     * What is in a graph.
     *
     * @param weights row-major, (out, in) for linear layers, by Hugging Face name
     */
    public record Encoder(Map<String, float[]> weights, EncoderGraph.Sizes sizes) {}

    private static final String EMBEDDINGS = "bert.embeddings.";
    private static final String FIRST_LAYER = "bert.encoder.layer.0.";
    private static final String PACKED = "attention.self.qkv.";

    private final Path file;
    private final Map<String, TensorProto> tensors = new HashMap<>();
    private final Map<String, NodeProto> nodes = new HashMap<>();
    private final Map<String, float[]> weights = new HashMap<>();

    private EncoderGraphReader(Path file, GraphProto graph) {
        this.file = file;
        graph.getInitializerList().forEach(tensor -> tensors.put(tensor.getName(), tensor));
        graph.getNodeList().forEach(node -> nodes.put(node.getName(), node));
    }

    /**
     * Reads a graph.
     *
     * @throws IllegalArgumentException if it is not one of ours in fp32
     */
    public static Encoder read(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            ModelProto model = ModelProto.parseFrom(in);
            return new EncoderGraphReader(file, model.getGraph()).encoder();
        }
    }

    private Encoder encoder() {
        String words = EMBEDDINGS + "word_embeddings.weight";
        String positions = EMBEDDINGS + "positions_and_type";
        if (!tensors.containsKey(words) || !tensors.containsKey(positions)) {
            throw new IllegalArgumentException(
                    String.format(Locale.ROOT, "Expected a graph that kmerflow wrote in %s, got another", file));
        }
        int vocabulary = (int) tensors.get(words).getDims(0);
        int hidden = (int) tensors.get(words).getDims(1);
        for (String name : tensors.keySet()) {
            if (name.startsWith("bert.") || name.startsWith("classifier.")) {
                read(name);
            }
        }
        weights.put(EMBEDDINGS + "position_embeddings.weight", weights.remove(positions));
        weights.put(EMBEDDINGS + "token_type_embeddings.weight", new float[2 * hidden]);
        return new Encoder(
                weights,
                new EncoderGraph.Sizes(
                        vocabulary,
                        hidden,
                        layers(),
                        heads(),
                        weights.get(FIRST_LAYER + "intermediate.dense.bias").length,
                        (int) tensors.get(positions).getDims(0),
                        attribute("embedding_output", "epsilon").getF(),
                        nodes.containsKey("cls_state"),
                        weights.get("classifier.bias").length,
                        nodes.containsKey("both_ids")));
    }

    private void read(String name) {
        TensorProto tensor = tensors.get(name);
        if (tensor.getDataType() == TensorProto.DataType.INT64.getNumber()) {
            return; // a shape
        }
        if (tensor.getDataType() != TensorProto.DataType.FLOAT.getNumber()) {
            throw new IllegalArgumentException(String.format(
                    Locale.ROOT, "Expected an fp32 graph to take weights from, but %s in %s is not", name, file));
        }
        float[] values = new float[tensor.getRawData().size() / Float.BYTES];
        tensor.getRawData()
                .asReadOnlyByteBuffer()
                .order(ByteOrder.LITTLE_ENDIAN)
                .asFloatBuffer()
                .get(values);
        if (name.endsWith(PACKED + "weight") || name.endsWith(PACKED + "bias")) {
            unpack(name, values, (int) tensor.getDims(tensor.getDimsCount() - 1) / 3);
        } else if (tensor.getDimsCount() == 2 && !name.startsWith(EMBEDDINGS) && !name.equals(EncoderGraph.WIDE)) {
            weights.put(name, GraphWeights.transposed(values, (int) tensor.getDims(0), (int) tensor.getDims(1)));
        } else {
            weights.put(name, values);
        }
    }

    /** Query, key and value side by side in every row of {@code 3 x hidden}. */
    private void unpack(String name, float[] packed, int hidden) {
        String self = name.substring(0, name.indexOf("qkv."));
        String kind = name.substring(name.lastIndexOf('.'));
        String[] parts = {"query", "key", "value"};
        int rows = packed.length / (3 * hidden); // hidden of a weight, 1 of a bias
        for (int part = 0; part < parts.length; part++) {
            float[] values = new float[rows * hidden];
            for (int row = 0; row < rows; row++) {
                System.arraycopy(packed, (row * 3 + part) * hidden, values, row * hidden, hidden);
            }
            weights.put(self + parts[part] + kind, GraphWeights.transposed(values, rows, hidden));
        }
    }

    private int layers() {
        Set<String> numbers = new HashSet<>();
        for (String name : weights.keySet()) {
            if (name.startsWith("bert.encoder.layer.")) {
                numbers.add(name.split("\\.")[3]);
            }
        }
        return numbers.size();
    }

    private int heads() {
        if (nodes.containsKey(FIRST_LAYER + "context")
                && nodes.get(FIRST_LAYER + "context").getOpType().equals(OnnxOperator.ATTENTION.type())) {
            return (int) attribute(FIRST_LAYER + "context", "num_heads").getI();
        }
        TensorProto shape = tensors.get(FIRST_LAYER + "attention.self.query.shape"); // (0, 0, heads, width)
        return (int) shape.getRawData()
                .asReadOnlyByteBuffer()
                .order(ByteOrder.LITTLE_ENDIAN)
                .asLongBuffer()
                .get(2);
    }

    private AttributeProto attribute(String node, String name) {
        return nodes.get(node).getAttributeList().stream()
                .filter(attribute -> attribute.getName().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(String.format(
                        Locale.ROOT, "Expected an attribute %s of %s in %s, got none", name, node, file)));
    }
}
