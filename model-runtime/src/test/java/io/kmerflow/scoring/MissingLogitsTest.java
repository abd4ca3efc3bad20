package io.kmerflow.scoring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import io.kmerflow.bundle.BundleException;
import io.kmerflow.bundle.GoldenRead;
import io.kmerflow.bundle.ModelBundle;
import io.kmerflow.bundle.TestBundles;
import io.kmerflow.contract.ModelContract;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whole bundles for two labels, run by ONNX Runtime, whose graph gives for each window some logits that are all zero. */
class MissingLogitsTest {
    @TempDir
    Path folder;

    @Test
    void aGraphOfAsManyLogitsAsLabelsServes() throws IOException {
        try (ScoringSession session = SessionRegistry.process().acquire(bundle(2, false), ScoringOptions.cpu(1))) {
            assertThat(session.parallelCalls()).isEqualTo(1);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3})
    void aGraphOfFewerOrMoreLogitsThanLabelsIsRefused(int logits) throws IOException {
        ModelBundle bundle = bundle(logits, false);
        assertThatThrownBy(() -> SessionRegistry.process().acquire(bundle, ScoringOptions.cpu(1)))
                .isInstanceOf(BundleException.class)
                .hasMessage("Expected 2 logits, one per label, of the graph of test 1, got " + logits);
        assertThat(SessionRegistry.process().loadedSessions()).isZero();
    }

    /** For one window it gives the right number of logits, for two it would mix them up. */
    @Test
    void aGraphThatGivesLabelsByWindowsIsRefused() throws IOException {
        ModelBundle bundle = bundle(2, true);
        assertThatThrownBy(() -> SessionRegistry.process().acquire(bundle, ScoringOptions.cpu(1)))
                .isInstanceOf(BundleException.class)
                .hasMessageContaining("Expected logits of shape (1, labels), got (2, 1)");
    }

    private ModelBundle bundle(int logits, boolean transposed) throws IOException {
        Files.write(folder.resolve("model.onnx"), graph(logits, transposed).toByteArray());
        return ModelBundle.complete(
                folder,
                "test",
                "1",
                "fp32",
                TestBundles.contract(),
                List.of(new GoldenRead("ACGT", new float[] {0, 0})),
                "{}",
                "# Test");
    }

    private static ModelProto graph(int logits, boolean transposed) {
        TensorProto.Builder weights = TensorProto.newBuilder()
                .setName("weights")
                .setDataType(TensorProto.DataType.FLOAT.getNumber())
                .addDims(69)
                .addDims(logits);
        for (int i = 0; i < 69 * logits; i++) {
            weights.addFloatData(0);
        }
        TensorProto axis = TensorProto.newBuilder()
                .setName("axis")
                .setDataType(TensorProto.DataType.INT64.getNumber())
                .addDims(1)
                .addInt64Data(1)
                .build();
        String sum = transposed ? "sum" : ModelContract.LOGITS;
        GraphProto.Builder graph = GraphProto.newBuilder()
                .setName("zeros")
                .addInitializer(weights)
                .addInitializer(axis)
                .addInput(value(ModelContract.INPUT_IDS, TensorProto.DataType.INT64))
                .addInput(value(ModelContract.ATTENTION_MASK, TensorProto.DataType.INT64))
                .addOutput(value(ModelContract.LOGITS, TensorProto.DataType.FLOAT))
                .addNode(NodeProto.newBuilder()
                        .setOpType("Gather")
                        .addInput("weights")
                        .addInput(ModelContract.INPUT_IDS)
                        .addOutput("rows"))
                .addNode(NodeProto.newBuilder()
                        .setOpType("ReduceSum")
                        .addInput("rows")
                        .addInput("axis")
                        .addOutput(sum)
                        .addAttribute(AttributeProto.newBuilder()
                                .setName("keepdims")
                                .setType(AttributeProto.AttributeType.INT)
                                .setI(0)));
        if (transposed) {
            graph.addNode(
                    NodeProto.newBuilder().setOpType("Transpose").addInput(sum).addOutput(ModelContract.LOGITS));
        }
        return ModelProto.newBuilder()
                .setIrVersion(9)
                .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(17))
                .setGraph(graph)
                .build();
    }

    private static ValueInfoProto value(String name, TensorProto.DataType type) {
        return ValueInfoProto.newBuilder()
                .setName(name)
                .setType(TypeProto.newBuilder()
                        .setTensorType(TypeProto.Tensor.newBuilder().setElemType(type.getNumber())))
                .build();
    }
}
