package io.kmerflow.bundle;

import io.kmerflow.contract.ModelContract;
import io.kmerflow.contract.ModelContract.Aggregation;
import io.kmerflow.contract.ModelContract.Label;
import io.kmerflow.contract.ModelContract.StrandRule;
import io.kmerflow.token.Vocabulary;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Bundles and contracts for tests. */
public final class TestBundles {
    private TestBundles() {}

    /** k 3, windows of 16 bases, two labels. */
    public static ModelContract contract() {
        return new ModelContract(
                3,
                1,
                new Vocabulary(3).hash(),
                64,
                16,
                16,
                4,
                0,
                StrandRule.UNSTRANDED,
                Aggregation.READ,
                1,
                0.5,
                List.of(new Label("a", "NCBITaxon:1"), new Label("b", null)));
    }

    /** A graph that is none to ONNX Runtime, but a whole message to protobuf: intermediate representation 9. */
    public static final byte[] GRAPH = {0x08, 0x09};

    /** A bundle on disk, with {@link #GRAPH} and a golden read of label a. */
    public static ModelBundle write(Path folder) throws IOException {
        Files.write(folder.resolve("model.onnx"), GRAPH);
        return ModelBundle.complete(
                folder,
                "test",
                "7",
                "fp32",
                contract(),
                List.of(new GoldenRead("ACGTN", new float[] {0.25f, -1.5f})),
                "{\"made\" : \"by a test\"}",
                "# Test");
    }

    /** A bundle value that was never on disk. */
    public static ModelBundle unread(String digest) {
        return new ModelBundle(Path.of("nowhere"), "test", "1", "fp32", digest, contract(), List.of());
    }
}
