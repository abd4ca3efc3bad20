package io.kmerflow.bundle;

import io.kmerflow.contract.ModelContract;
import io.kmerflow.contract.ModelContract.Aggregation;
import io.kmerflow.contract.ModelContract.Label;
import io.kmerflow.contract.ModelContract.StrandRule;
import io.kmerflow.token.Vocabulary;
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

    /** A bundle value that was never on disk. */
    public static ModelBundle unread(String digest) {
        return new ModelBundle(Path.of("nowhere"), "test", "1", "fp32", digest, contract(), List.of());
    }
}
