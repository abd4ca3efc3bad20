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
import java.util.LinkedHashMap;
import java.util.Map;
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

    @Test
    void goldenLogitsOfATrainingInTf32AreMadeAnew() throws Exception {
        Classifier species = Classifier.of(ModelBundle.read(Path.of("../models/species-2.1")));
        assertThat(species.hasRoundedGolden()).isFalse();
        Map<String, Object> provenance = new LinkedHashMap<>(species.provenance());
        provenance.put("tf32", true);
        Classifier rounded = new Classifier(
                species.weights(), species.sizes(), species.contract(), species.golden(), provenance, "test");
        assertThat(rounded.hasRoundedGolden()).isTrue();
        Classifier anew = rounded.withGoldenOf(batch -> new float[] {batch.width(), 0, 0, 0, 0, 0});
        assertThat(anew.golden()).hasSameSizeAs(species.golden());
        for (int i = 0; i < anew.golden().size(); i++) {
            assertThat(anew.golden().get(i).bases())
                    .isEqualTo(species.golden().get(i).bases());
            assertThat(anew.golden().get(i).logits()[0]) // tokens of a window: k-mers, [CLS] and [SEP]
                    .isEqualTo(species.golden().get(i).bases().length() - 5 + 2);
        }
    }
}
