package io.kmerflow.cli.retrain;

import static org.assertj.core.api.Assertions.assertThat;

import io.kmerflow.pretraining.checkpoint.TrainingCheckpoint;
import io.kmerflow.pretraining.model.EncoderConfig;
import io.kmerflow.pretraining.model.HeadConfig;
import io.kmerflow.pretraining.model.ParameterLayout;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class GrownHeadTest {
    private static final EncoderConfig ENCODER = new EncoderConfig(3, 8, 1, 2, 16, 32, 2, 0, 1e-12);
    private static final List<String> OLD = List.of("a", "b", "other");

    private static TrainingCheckpoint old() {
        HeadConfig head = new HeadConfig(HeadConfig.Kind.CLASSIFIER_MEAN, 3, false, true);
        ParameterLayout layout = new ParameterLayout(ENCODER, head);
        float[] values = layout.initialize(1);
        for (int i = 0; i < values.length; i++) {
            values[i] = i;
        }
        return new TrainingCheckpoint(ENCODER, head, layout.tensors(values), null, Map.of(), null, List.of(), Map.of());
    }

    @Test
    void oldLabelsKeepTheirRowsAndNewOnesBeginAsTheBackground() {
        TrainingCheckpoint grown = GrownHead.of(old(), OLD, List.of("a", "b", "other", "new"), List.of("other"));
        float[] before = old().weights().get("classifier.weight").data();
        float[] after = grown.weights().get("classifier.weight").data();
        assertThat(after).startsWith(before).hasSize(4 * 8);
        assertThat(java.util.Arrays.copyOfRange(after, 24, 32)).isEqualTo(java.util.Arrays.copyOfRange(before, 16, 24));
        float[] wideBefore = old().weights().get(HeadConfig.WIDE).data();
        float[] wideAfter = grown.weights().get(HeadConfig.WIDE).data();
        assertThat(List.of(wideAfter[4], wideAfter[5], wideAfter[6], wideAfter[7]))
                .containsExactly(wideBefore[3], wideBefore[4], wideBefore[5], wideBefore[5]);
        assertThat(grown.weights().get(HeadConfig.BIAS).data()).hasSize(4);
    }

    @Test
    void theResultFitsTheLayoutOfItsHead() {
        TrainingCheckpoint grown = GrownHead.of(old(), OLD, List.of("a", "b", "other", "new"), List.of());
        ParameterLayout layout = new ParameterLayout(ENCODER, grown.head());
        assertThat(layout.fill(layout.initialize(2), grown.weights())).isEmpty();
        float[] before = old().weights().get(HeadConfig.BIAS).data();
        assertThat(grown.weights().get(HeadConfig.BIAS).data()[3]).isEqualTo((before[0] + before[1] + before[2]) / 3);
    }
}
