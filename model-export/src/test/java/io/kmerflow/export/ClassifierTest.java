package io.kmerflow.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kmerflow.bundle.GoldenRead;
import io.kmerflow.bundle.ModelBundle;
import io.kmerflow.export.parity.ParityException;
import io.kmerflow.pretraining.checkpoint.ClassifierModel;
import io.kmerflow.pretraining.checkpoint.GoldenSequence;
import io.kmerflow.pretraining.checkpoint.TrainingCheckpoint;
import io.kmerflow.pretraining.trainer.TorchSession;
import io.kmerflow.token.TokenBatch;
import io.kmerflow.token.WindowEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClassifierTest {
    @TempDir
    private Path folder;

    @Test
    void theTrainingCheckpointOfABundleGivesItsGoldenLogits() throws Exception {
        ModelBundle species = ModelBundle.read(Path.of("../models/species-2.1"));
        Classifier.of(species).checkpoint().write(folder.resolve("checkpoint"));

        TrainingCheckpoint checkpoint = TrainingCheckpoint.read(folder.resolve("checkpoint"));
        assertThat(checkpoint.contract()).isEqualTo(species.contract());
        assertThat(checkpoint.provenance().get("takenFrom")).asString().contains(species.digest());
        WindowEncoder encoder = species.contract().encoder();
        try (TorchSession session = TorchSession.open("cpu", 1);
                ClassifierModel model = new ClassifierModel(session, checkpoint)) {
            for (GoldenSequence golden : checkpoint.golden().subList(0, 8)) {
                byte[] bases = golden.bases().getBytes(StandardCharsets.US_ASCII);
                int[] ids = new int[encoder.tokenCount(bases.length)];
                encoder.encode(bases, 0, bases.length, ids, 0);
                assertThat(model.logits(new int[][] {ids})[0]).containsExactly(golden.logits(), Offset.offset(1e-4f));
            }
        }
    }

    private static Classifier withTf32(Classifier classifier, float off) {
        List<GoldenRead> golden = new ArrayList<>();
        for (GoldenRead read : classifier.golden()) {
            float[] logits = read.logits().clone();
            logits[1] += off;
            golden.add(new GoldenRead(read.bases(), logits, read.label()));
        }
        Map<String, Object> provenance = new LinkedHashMap<>(classifier.provenance());
        provenance.put("tf32", true);
        return new Classifier(
                classifier.weights(),
                classifier.sizes(),
                classifier.contract(),
                golden,
                provenance,
                classifier.origin());
    }

    @Test
    void goldenLogitsOfATrainerWithTf32AreMadeAnewInFloat32() throws Exception {
        Classifier species = Classifier.of(ModelBundle.read(Path.of("../models/species-2.1")));
        int[] asked = {0};
        Function<TokenBatch, float[]> trained =
                batch -> species.golden().get(asked[0]++).logits().clone();
        Classifier exact = withTf32(species, 1e-3f).exact(trained);
        assertThat(exact.golden()).hasSameSizeAs(species.golden());
        for (int i = 0; i < exact.golden().size(); i++) {
            assertThat(exact.golden().get(i).logits())
                    .containsExactly(species.golden().get(i).logits());
            assertThat(exact.golden().get(i).label())
                    .isEqualTo(species.golden().get(i).label());
        }
        assertThat(exact.provenance().get("goldenLogits"))
                .asString()
                .startsWith("in float32, as TF32 put them off by ");
        assertThat(species.exact(batch -> {
                    throw new AssertionError("made without TF32, nothing is computed");
                }))
                .isSameAs(species);
        asked[0] = 0;
        assertThatThrownBy(() -> withTf32(species, 0.01f).exact(trained))
                .isInstanceOf(ParityException.class)
                .hasMessageContaining("that TF32 put off by at most 0.005");
    }
}
