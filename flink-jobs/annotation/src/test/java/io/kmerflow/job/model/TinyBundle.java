package io.kmerflow.job.model;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import io.kmerflow.bundle.GoldenRead;
import io.kmerflow.bundle.ModelBundle;
import io.kmerflow.contract.ModelContract;
import io.kmerflow.contract.ModelContract.Aggregation;
import io.kmerflow.contract.ModelContract.Label;
import io.kmerflow.contract.ModelContract.StrandRule;
import io.kmerflow.scoring.OnnxWindowScorer;
import io.kmerflow.scoring.ScoringOptions;
import io.kmerflow.token.TokenBatch;
import io.kmerflow.token.Vocabulary;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;

/** Whole bundles with a real graph: the logits of a window are the sums of two random weights per token. */
public final class TinyBundle {
    private static final String GOLDEN = "ACGTACGTAC";

    private TinyBundle() {}

    /** A bundle with that version. */
    public static ModelBundle write(Path folder, String version, int k, String... labels) throws Exception {
        return named(folder, "tiny", version, k, labels);
    }

    static ModelBundle named(Path folder, String name, String version, int k, String... labels) throws Exception {
        Files.createDirectories(folder);
        Vocabulary vocabulary = new Vocabulary(k);
        ModelContract contract = new ModelContract(
                k,
                1,
                vocabulary.hash(),
                64,
                20,
                10,
                8,
                0,
                StrandRule.UNSTRANDED,
                Aggregation.READ,
                1,
                0,
                List.of(new Label(labels[0], null), new Label(labels[1], null)));
        Path model = Files.write(
                folder.resolve("model.onnx"),
                graph(vocabulary.size(), version.hashCode()).toByteArray());
        float[] logits;
        try (OnnxWindowScorer scorer = new OnnxWindowScorer(model, ScoringOptions.cpu(1))) {
            TokenBatch batch = new GoldenRead(GOLDEN, null).batch(contract);
            logits = scorer.score(batch);
        }
        return ModelBundle.complete(
                folder, name, version, "fp32", contract, List.of(new GoldenRead(GOLDEN, logits)), "{}", "# Tiny");
    }

    private static ModelProto graph(int tokens, long seed) {
        Random random = new Random(seed);
        TensorProto.Builder weights = TensorProto.newBuilder()
                .setName("weights")
                .setDataType(TensorProto.DataType.FLOAT.getNumber())
                .addDims(tokens)
                .addDims(2);
        for (int i = 0; i < tokens * 2; i++) {
            weights.addFloatData((float) random.nextGaussian());
        }
        TensorProto axis = TensorProto.newBuilder()
                .setName("axis")
                .setDataType(TensorProto.DataType.INT64.getNumber())
                .addDims(1)
                .addInt64Data(1)
                .build();
        NodeProto gather = NodeProto.newBuilder()
                .setOpType("Gather")
                .addInput("weights")
                .addInput(ModelContract.INPUT_IDS)
                .addOutput("rows")
                .build();
        NodeProto sum = NodeProto.newBuilder()
                .setOpType("ReduceSum")
                .addInput("rows")
                .addInput("axis")
                .addOutput(ModelContract.LOGITS)
                .addAttribute(AttributeProto.newBuilder()
                        .setName("keepdims")
                        .setType(AttributeProto.AttributeType.INT)
                        .setI(0))
                .build();
        int int64 = TensorProto.DataType.INT64.getNumber();
        return ModelProto.newBuilder()
                .setIrVersion(9)
                .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(17))
                .setGraph(GraphProto.newBuilder()
                        .setName("tiny")
                        .addInitializer(weights)
                        .addInitializer(axis)
                        .addNode(gather)
                        .addNode(sum)
                        .addInput(value(ModelContract.INPUT_IDS, int64, "tokens"))
                        .addInput(value(ModelContract.ATTENTION_MASK, int64, "tokens"))
                        .addOutput(value(ModelContract.LOGITS, TensorProto.DataType.FLOAT.getNumber(), "labels")))
                .build();
    }

    private static ValueInfoProto value(String name, int type, String second) {
        TensorShapeProto shape = TensorShapeProto.newBuilder()
                .addDim(TensorShapeProto.Dimension.newBuilder().setDimParam("windows"))
                .addDim(TensorShapeProto.Dimension.newBuilder().setDimParam(second))
                .build();
        return ValueInfoProto.newBuilder()
                .setName(name)
                .setType(TypeProto.newBuilder()
                        .setTensorType(
                                TypeProto.Tensor.newBuilder().setElemType(type).setShape(shape)))
                .build();
    }

    /** Changes one byte of the graph behind the bundle's back. */
    static void tamper(Path folder) throws Exception {
        Path model = folder.resolve("model.onnx");
        byte[] bytes = Files.readAllBytes(model);
        bytes[bytes.length / 2] ^= 1;
        Files.write(model, bytes);
    }

    static byte[] bases(int read) {
        Random random = new Random(read);
        StringBuilder bases = new StringBuilder();
        for (int i = 0; i < 30; i++) {
            bases.append("ACGT".charAt(random.nextInt(4)));
        }
        return bases.toString().getBytes(StandardCharsets.US_ASCII);
    }
}
