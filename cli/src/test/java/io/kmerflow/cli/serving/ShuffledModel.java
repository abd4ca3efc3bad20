package io.kmerflow.cli.serving;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import com.google.protobuf.ByteString;
import io.kmerflow.bundle.GoldenRead;
import io.kmerflow.bundle.ModelBundle;
import io.kmerflow.scoring.OnnxWindowScorer;
import io.kmerflow.scoring.ScoringOptions;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** The same model with the values of every matrix in another order: all that training did is gone, all else is the same. */
final class ShuffledModel {
    private ShuffledModel() {}

    static Path of(Path model, Path folder) throws Exception {
        ModelBundle bundle = ModelBundle.read(model);
        Files.createDirectories(folder);
        ModelProto proto = ModelProto.parseFrom(Files.readAllBytes(bundle.modelFile()));
        GraphProto.Builder graph = proto.getGraph().toBuilder();
        Random random = new Random(5);
        for (int i = 0; i < graph.getInitializerCount(); i++) {
            TensorProto tensor = graph.getInitializer(i);
            if (tensor.getDataType() == TensorProto.DataType.FLOAT.getNumber() && tensor.getDimsCount() == 2) {
                graph.setInitializer(i, tensor.toBuilder().setRawData(shuffled(tensor.getRawData(), random)));
            }
        }
        Path file = Files.write(
                folder.resolve("model.onnx"),
                proto.toBuilder().setGraph(graph).build().toByteArray());
        // Golden logits of its own: with the trainer's the bundle would be refused, which is tested elsewhere.
        List<GoldenRead> golden = new ArrayList<>();
        try (OnnxWindowScorer scorer = new OnnxWindowScorer(file, ScoringOptions.cpu(1))) {
            for (GoldenRead read : bundle.golden()) {
                golden.add(new GoldenRead(read.bases(), scorer.score(read.batch(bundle.contract()))));
            }
        }
        ModelBundle.complete(folder, "shuffled", "1", "fp32", bundle.contract(), golden, "{}", "# Shuffled");
        return folder;
    }

    private static ByteString shuffled(ByteString raw, Random random) {
        ByteBuffer bytes = ByteBuffer.wrap(raw.toByteArray()).order(ByteOrder.LITTLE_ENDIAN);
        int values = bytes.capacity() / Float.BYTES;
        for (int i = values - 1; i > 0; i--) {
            int j = random.nextInt(i + 1);
            float swapped = bytes.getFloat(i * Float.BYTES);
            bytes.putFloat(i * Float.BYTES, bytes.getFloat(j * Float.BYTES));
            bytes.putFloat(j * Float.BYTES, swapped);
        }
        return ByteString.copyFrom(bytes.array());
    }
}
