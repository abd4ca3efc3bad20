package io.kmerflow.export;

import static org.assertj.core.api.Assertions.assertThat;

import io.kmerflow.bundle.ModelBundle;
import io.kmerflow.pretraining.checkpoint.ClassifierModel;
import io.kmerflow.pretraining.checkpoint.GoldenSequence;
import io.kmerflow.pretraining.checkpoint.TrainingCheckpoint;
import io.kmerflow.pretraining.trainer.TorchSession;
import io.kmerflow.token.WindowEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
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
}
