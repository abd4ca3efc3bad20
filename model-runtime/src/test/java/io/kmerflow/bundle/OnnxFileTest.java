package io.kmerflow.bundle;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.FunctionProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.SparseTensorProto;
import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TrainingInfoProto;
import com.google.protobuf.ByteString;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Locale;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class OnnxFileTest {
    private static final TensorProto LOCATION = TensorProto.newBuilder()
            .setDataLocation(TensorProto.DataLocation.EXTERNAL)
            .build();
    private static final TensorProto ENTRY = TensorProto.newBuilder()
            .addExternalData(
                    StringStringEntryProto.newBuilder().setKey("location").setValue("weights.bin"))
            .build();
    private static final TensorProto INSIDE = TensorProto.newBuilder()
            .setDataLocation(TensorProto.DataLocation.DEFAULT)
            .setRawData(ByteString.copyFrom(new byte[300]))
            .addFloatData(1)
            .addDoubleData(2)
            .addDims(3)
            .build();

    @TempDir
    Path folder;

    /** Every place of a model that can hold a tensor. */
    static Stream<Arguments> places() {
        return Stream.of(
                place("initializer", tensor -> graph(graph -> graph.addInitializer(tensor))),
                place(
                        "second initializer",
                        tensor -> graph(graph -> graph.addInitializer(INSIDE).addInitializer(tensor))),
                place(
                        "sparse values",
                        tensor -> graph(graph -> graph.addSparseInitializer(
                                SparseTensorProto.newBuilder().setValues(tensor)))),
                place(
                        "sparse indices",
                        tensor -> graph(graph -> graph.addSparseInitializer(
                                SparseTensorProto.newBuilder().setIndices(tensor)))),
                place("attribute", tensor -> attribute(attribute -> attribute.setT(tensor))),
                place("list in an attribute", tensor -> attribute(attribute -> attribute.addTensors(tensor))),
                place(
                        "graph in an attribute",
                        tensor -> attribute(attribute ->
                                attribute.setG(GraphProto.newBuilder().addInitializer(tensor)))),
                place(
                        "graphs in an attribute",
                        tensor -> attribute(attribute ->
                                attribute.addGraphs(GraphProto.newBuilder().addInitializer(tensor)))),
                place(
                        "sparse attribute",
                        tensor -> attribute(attribute -> attribute.setSparseTensor(
                                SparseTensorProto.newBuilder().setValues(tensor)))),
                place(
                        "sparse list in an attribute",
                        tensor -> attribute(attribute -> attribute.addSparseTensors(
                                SparseTensorProto.newBuilder().setValues(tensor)))),
                place(
                        "function",
                        tensor -> ModelProto.newBuilder()
                                .addFunctions(FunctionProto.newBuilder()
                                        .addNode(NodeProto.newBuilder()
                                                .addAttribute(AttributeProto.newBuilder()
                                                        .setT(tensor))))
                                .build()),
                place(
                        "default of a function",
                        tensor -> ModelProto.newBuilder()
                                .addFunctions(FunctionProto.newBuilder()
                                        .addAttributeProto(
                                                AttributeProto.newBuilder().setT(tensor)))
                                .build()),
                place(
                        "training initialization",
                        tensor -> ModelProto.newBuilder()
                                .addTrainingInfo(TrainingInfoProto.newBuilder()
                                        .setInitialization(
                                                GraphProto.newBuilder().addInitializer(tensor)))
                                .build()),
                place(
                        "training algorithm",
                        tensor -> ModelProto.newBuilder()
                                .addTrainingInfo(TrainingInfoProto.newBuilder()
                                        .setAlgorithm(GraphProto.newBuilder().addInitializer(tensor)))
                                .build()));
    }

    private static Arguments place(String name, Function<TensorProto, ModelProto> model) {
        return arguments(name, model);
    }

    private static ModelProto graph(Function<GraphProto.Builder, GraphProto.Builder> change) {
        return ModelProto.newBuilder()
                .setIrVersion(9)
                .setGraph(change.apply(GraphProto.newBuilder().setName("test")))
                .build();
    }

    private static ModelProto attribute(Function<AttributeProto.Builder, AttributeProto.Builder> change) {
        return graph(graph -> graph.addNode(NodeProto.newBuilder()
                .addAttribute(change.apply(
                        AttributeProto.newBuilder().setName("value").setF(1)))));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("places")
    void dataOutsideAreFoundWhereverTheyAre(String name, Function<TensorProto, ModelProto> model) throws IOException {
        for (TensorProto outside : new TensorProto[] {LOCATION, ENTRY}) {
            Path file = write(model.apply(outside).toByteArray());
            assertThatThrownBy(() -> OnnxFile.requireWhole(file))
                    .isInstanceOf(BundleException.class)
                    .hasMessage(String.format(
                            Locale.ROOT,
                            "Expected all tensors within %s, got one whose data lie in another file, which no digest covers",
                            file));
        }
        Path file = write(model.apply(INSIDE).toByteArray());
        assertThatCode(() -> OnnxFile.requireWhole(file)).doesNotThrowAnyException();
    }

    /** 14 as varint 1 in three bytes, and with bits above the 32 that protobuf keeps of an enum. */
    @ParameterizedTest
    @ValueSource(strings = {"70818000", "7081808080807F"})
    void oddFormsOfTheLocationAreFound(String tensor) throws IOException {
        byte[] bytes = HexFormat.of().parseHex(tensor);
        byte[] head = {0x3A, (byte) (bytes.length + 2), 0x2A, (byte) bytes.length};
        byte[] model = Arrays.copyOf(head, head.length + bytes.length);
        System.arraycopy(bytes, 0, model, head.length, bytes.length);
        Path file = write(model);
        assertThatThrownBy(() -> OnnxFile.requireWhole(file)).hasMessageContaining("in another file");
    }

    /**
     * A varint that never ends, a cut one, lengths that lead out of file or message or are negative, a group, a fixed64 and a
     * fixed32 that are cut, a field that ends beyond its message, wire type 7.
     */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "08FFFFFFFFFFFFFFFFFFFFFFFF01",
                "08",
                "0880",
                "3A05",
                "3A032A0500",
                "3AFFFFFFFFFFFFFFFFFF01",
                "3B",
                "09010203",
                "0D0102",
                "3A020800FF",
                "3A0108",
                "0F"
            })
    void whatIsNoProtobufIsRefused(String hex) throws IOException {
        Path file = write(HexFormat.of().parseHex(hex));
        assertThatThrownBy(() -> OnnxFile.requireWhole(file))
                .isInstanceOf(BundleException.class)
                .hasMessage(String.format(
                        Locale.ROOT,
                        "Expected an ONNX graph in %s, got a file that is damaged or something else",
                        file));
    }

    /** An empty file, a fixed64, a fixed32 and the largest varint. */
    @ParameterizedTest
    @ValueSource(strings = {"", "090102030405060708", "0D01020304", "08FFFFFFFFFFFFFFFFFF01"})
    void whatIsProtobufIsTaken(String hex) throws IOException {
        Path file = write(HexFormat.of().parseHex(hex));
        assertThatCode(() -> OnnxFile.requireWhole(file)).doesNotThrowAnyException();
    }

    /** 33 times graph, node, attribute make a depth of 99; one more is over protobuf's own limit of 100. */
    @Test
    void graphsWithinGraphsWithoutEndAreRefused() throws IOException {
        Path deep = write(nested(33).toByteArray());
        assertThatCode(() -> OnnxFile.requireWhole(deep)).doesNotThrowAnyException();
        Path deeper = write(nested(34).toByteArray());
        assertThatThrownBy(() -> OnnxFile.requireWhole(deeper)).hasMessageContaining("damaged or something else");
    }

    private static ModelProto nested(int graphs) {
        AttributeProto attribute = AttributeProto.newBuilder().setI(1).build();
        GraphProto graph = GraphProto.getDefaultInstance();
        for (int i = 0; i < graphs; i++) {
            graph = GraphProto.newBuilder()
                    .addNode(NodeProto.newBuilder().addAttribute(attribute))
                    .build();
            attribute = AttributeProto.newBuilder().setG(graph).build();
        }
        return ModelProto.newBuilder().setGraph(graph).build();
    }

    private Path write(byte[] content) throws IOException {
        return Files.write(folder.resolve("model.onnx"), content);
    }
}
