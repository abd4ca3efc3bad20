package io.kmerflow.export.graph;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import ai.onnxruntime.platform.Fp16Conversions;
import com.google.protobuf.ByteString;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * Builds one ONNX graph, node after node. A node may only use names that exist, so the graph is in topological order by
 * construction; names are unique. Writes IR version 9, operator set 20, com.microsoft version 1.
 */
final class OnnxGraph {
    static final String MICROSOFT = "com.microsoft";
    private static final int IR_VERSION = 9;
    private static final int OPSET = 20;

    /** Types of floating-point values. */
    enum Number {
        FLOAT(TensorProto.DataType.FLOAT),
        HALF(TensorProto.DataType.FLOAT16);

        private final TensorProto.DataType type;

        Number(TensorProto.DataType type) {
            this.type = type;
        }
    }

    private final GraphProto.Builder graph;
    /** Shared with the branches: ONNX wants a name once in a graph and all graphs inside it. */
    private final Set<String> names;

    private final Set<String> visible;

    OnnxGraph(String name) {
        this(name, new HashSet<>(), new HashSet<>());
    }

    private OnnxGraph(String name, Set<String> names, Set<String> visible) {
        graph = GraphProto.newBuilder().setName(name);
        this.names = names;
        this.visible = visible;
    }

    /** Declares an int64 input with named dynamic dimensions; returns its name. */
    String int64Input(String name, String... dimensions) {
        graph.addInput(value(name, TensorProto.DataType.INT64, dimensions));
        return claim(name);
    }

    /** Declares that an existing value is the float32 output; its last dimension is fixed. */
    void floatOutput(String name, String firstDimension, long lastDimension) {
        requireKnown(name);
        TensorShapeProto.Builder shape = TensorShapeProto.newBuilder()
                .addDim(TensorShapeProto.Dimension.newBuilder().setDimParam(firstDimension))
                .addDim(TensorShapeProto.Dimension.newBuilder().setDimValue(lastDimension));
        graph.addOutput(ValueInfoProto.newBuilder()
                .setName(name)
                .setType(TypeProto.newBuilder()
                        .setTensorType(TypeProto.Tensor.newBuilder()
                                .setElemType(TensorProto.DataType.FLOAT.getNumber())
                                .setShape(shape))));
    }

    /** Adds a float32 constant, row-major; returns its name. */
    String constant(String name, float[] data, long... shape) {
        ByteBuffer bytes = ByteBuffer.allocate(data.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(data);
        return initializer(name, TensorProto.DataType.FLOAT, bytes, data.length, shape);
    }

    /**
     * Adds a float16 constant, row-major, each value rounded to the nearest; returns its name.
     *
     * @throws IllegalArgumentException if a value is beyond the range of float16
     */
    String halfConstant(String name, float[] data, long... shape) {
        ByteBuffer bytes = ByteBuffer.allocate(data.length * Short.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (float value : data) {
            short half = Fp16Conversions.floatToFp16(value);
            if (!Float.isFinite(Fp16Conversions.fp16ToFloat(half))) {
                throw new IllegalArgumentException(String.format(
                        Locale.ROOT, "Expected weights of at most 65504 for fp16, got %s in %s", value, name));
            }
            bytes.putShort(half);
        }
        return initializer(name, TensorProto.DataType.FLOAT16, bytes.flip(), data.length, shape);
    }

    /** Adds an int64 constant vector; returns its name. */
    String constant(String name, long... data) {
        ByteBuffer bytes = ByteBuffer.allocate(data.length * Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asLongBuffer().put(data);
        return initializer(name, TensorProto.DataType.INT64, bytes, data.length, data.length);
    }

    /** Declares that an existing value is a float32 scalar output. */
    void scalarOutput(String name) {
        requireKnown(name);
        graph.addOutput(value(name, TensorProto.DataType.FLOAT));
    }

    /** Adds an int8 constant, row-major; returns its name. */
    String constant(String name, byte[] data, long... shape) {
        return initializer(name, TensorProto.DataType.INT8, ByteBuffer.wrap(data), data.length, shape);
    }

    /** Adds a uint8 scalar constant, a byte of 255 being -1; returns its name. */
    String scalar(String name, byte value) {
        return initializer(name, TensorProto.DataType.UINT8, ByteBuffer.wrap(new byte[] {value}), 1);
    }

    /** Adds a float32 scalar constant; returns its name. */
    String scalar(String name, float value) {
        return constant(name, new float[] {value}, new long[0]);
    }

    /** Adds an int64 scalar constant; returns its name. */
    String scalar(String name, long value) {
        ByteBuffer bytes = ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asLongBuffer().put(value);
        return initializer(name, TensorProto.DataType.INT64, bytes, 1);
    }

    private String initializer(String name, TensorProto.DataType type, ByteBuffer bytes, int elements, long... shape) {
        long expected = 1;
        for (long dimension : shape) {
            expected *= dimension;
        }
        if (expected != elements) {
            throw new IllegalArgumentException(String.format(
                    Locale.ROOT,
                    "Expected %d elements in %s of shape %s, got %d",
                    expected,
                    name,
                    java.util.Arrays.toString(shape),
                    elements));
        }
        TensorProto.Builder tensor = TensorProto.newBuilder()
                .setName(name)
                .setDataType(type.getNumber())
                .setRawData(ByteString.copyFrom(bytes));
        for (long dimension : shape) {
            tensor.addDims(dimension);
        }
        graph.addInitializer(tensor);
        return claim(name);
    }

    /** Adds a node without attributes; returns its output's name. */
    String node(String output, OnnxOperator operator, String... inputs) {
        return node(output, operator, Map.of(), inputs);
    }

    /**
     * Adds a node; returns its output's name.
     *
     * @param attributes by name: Long, Float, String, long[] or graph
     * @param inputs existing names; an empty one leaves an optional input out
     */
    String node(String output, OnnxOperator operator, Map<String, Object> attributes, String... inputs) {
        graph.addNode(
                unnamed(operator, attributes, List.of(inputs)).setName(output).addOutput(output));
        return claim(output);
    }

    /**
     * Adds a choice between two ways to a value; returns the output's name.
     *
     * @param condition name of a scalar of bool
     * @param type of the value
     * @param then adds the nodes to run if it is true, which may use every existing value, and names the last of them
     * @param otherwise the same if it is false
     */
    String choice(
            String output,
            String condition,
            Number type,
            Function<OnnxGraph, String> then,
            Function<OnnxGraph, String> otherwise) {
        return node(
                output,
                OnnxOperator.IF,
                Map.of(
                        "then_branch",
                        branch(output + ".then", type, then),
                        "else_branch",
                        branch(output + ".else", type, otherwise)),
                condition);
    }

    private GraphProto branch(String name, Number number, Function<OnnxGraph, String> nodes) {
        OnnxGraph branch = new OnnxGraph(name, names, new HashSet<>(visible));
        TypeProto type = TypeProto.newBuilder()
                .setTensorType(TypeProto.Tensor.newBuilder().setElemType(number.type.getNumber()))
                .build();
        String output = nodes.apply(branch);
        return branch.graph
                .addOutput(ValueInfoProto.newBuilder().setName(output).setType(type))
                .build();
    }

    private NodeProto.Builder unnamed(OnnxOperator operator, Map<String, Object> attributes, List<String> inputs) {
        operator.check(inputs.size(), attributes.keySet());
        for (String input : inputs) {
            if (!input.isEmpty()) {
                requireKnown(input);
            }
        }
        NodeProto.Builder node = NodeProto.newBuilder()
                .setOpType(operator.type())
                .setDomain(operator.domain())
                .addAllInput(inputs);
        new TreeMap<>(attributes).forEach((name, value) -> node.addAttribute(attribute(name, value)));
        return node;
    }

    private static AttributeProto attribute(String name, Object value) {
        AttributeProto.Builder attribute = AttributeProto.newBuilder().setName(name);
        if (value instanceof Long number) {
            attribute.setType(AttributeProto.AttributeType.INT).setI(number);
        } else if (value instanceof Float number) {
            attribute.setType(AttributeProto.AttributeType.FLOAT).setF(number);
        } else if (value instanceof String text) {
            attribute.setType(AttributeProto.AttributeType.STRING).setS(ByteString.copyFromUtf8(text));
        } else if (value instanceof long[] numbers) {
            attribute.setType(AttributeProto.AttributeType.INTS);
            for (long number : numbers) {
                attribute.addInts(number);
            }
        } else if (value instanceof GraphProto subgraph) {
            attribute.setType(AttributeProto.AttributeType.GRAPH).setG(subgraph);
        } else {
            throw new IllegalArgumentException(String.format(
                    Locale.ROOT, "Expected Long, Float, String, long[] or a graph for %s, got %s", name, value));
        }
        return attribute.build();
    }

    private String claim(String name) {
        if (!names.add(name)) {
            throw new IllegalArgumentException(
                    String.format(Locale.ROOT, "Expected a new name in the graph, '%s' exists", name));
        }
        visible.add(name);
        return name;
    }

    private void requireKnown(String name) {
        if (!visible.contains(name)) {
            throw new IllegalArgumentException(
                    String.format(Locale.ROOT, "Expected an existing name in the graph, got '%s'", name));
        }
    }

    private static ValueInfoProto value(String name, TensorProto.DataType type, String... dimensions) {
        TensorShapeProto.Builder shape = TensorShapeProto.newBuilder();
        for (String dimension : dimensions) {
            shape.addDim(TensorShapeProto.Dimension.newBuilder().setDimParam(dimension));
        }
        return ValueInfoProto.newBuilder()
                .setName(name)
                .setType(TypeProto.newBuilder()
                        .setTensorType(TypeProto.Tensor.newBuilder()
                                .setElemType(type.getNumber())
                                .setShape(shape)))
                .build();
    }

    /** The finished model as bytes; the same graph gives the same bytes. */
    byte[] toBytes(Map<String, String> metadata) {
        ModelProto.Builder model = ModelProto.newBuilder()
                .setIrVersion(IR_VERSION)
                .setProducerName("kmerflow")
                .addOpsetImport(OperatorSetIdProto.newBuilder().setDomain("").setVersion(OPSET))
                .addOpsetImport(
                        OperatorSetIdProto.newBuilder().setDomain(MICROSOFT).setVersion(1))
                .setGraph(graph);
        new TreeMap<>(metadata)
                .forEach((key, value) -> model.addMetadataProps(
                        StringStringEntryProto.newBuilder().setKey(key).setValue(value)));
        return model.build().toByteArray();
    }
}
