package io.kmerflow.pretraining.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.training.GradientCollector;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.kmerflow.pretraining.settings.SettingsTree;
import io.kmerflow.pretraining.trainer.TorchSession;
import io.kmerflow.pretraining.trainer.Trainer;
import io.kmerflow.pretraining.trainer.TrainingBatch;
import io.kmerflow.pretraining.trainer.TrainingConfig;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class BertModelTest {
    private static final EncoderConfig CONFIG = new EncoderConfig(3, 16, 2, 4, 32, 24, 2, 0, 1e-12);
    private static final float TOLERANCE = 1e-5f;

    private final JsonNode reference = reference();

    private static JsonNode reference() {
        try {
            return new ObjectMapper().readTree(BertModelTest.class.getResource("bert-reference.json"));
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Weights as the fixture's script makes them: by the place of a name among all sorted names of all heads. */
    private static float[] weights(ParameterLayout layout) {
        Map<String, long[]> all = new TreeMap<>();
        for (HeadConfig head :
                new HeadConfig[] {HeadConfig.maskedTokens(), new HeadConfig(HeadConfig.Kind.CLASSIFIER_CLS, 3)}) {
            new ParameterLayout(CONFIG, head).entries().forEach(e -> all.put(e.name(), e.shape()));
        }
        Map<String, Tensor> tensors = new TreeMap<>();
        int p = 0;
        for (Map.Entry<String, long[]> entry : all.entrySet()) {
            int size = 1;
            for (long axis : entry.getValue()) {
                size *= (int) axis;
            }
            float[] values = new float[size];
            for (int j = 0; j < size; j++) {
                double value = 0.1 * Math.sin(0.7 * j + 1.3 * p);
                values[j] = (float) (entry.getKey().endsWith("LayerNorm.weight") ? 1 + value : value);
            }
            tensors.put(entry.getKey(), new Tensor(values, entry.getValue()));
            p++;
        }
        float[] flat = new float[layout.size()];
        assertThat(layout.fill(flat, tensors)).isEmpty();
        return flat;
    }

    private TokenRows rows() {
        int[][] rows = new int[reference.get("rows").size()][];
        for (int r = 0; r < rows.length; r++) {
            rows[r] = ints(reference.get("rows").get(r));
        }
        return TokenRows.of(rows);
    }

    private static int[] ints(JsonNode node) {
        int[] values = new int[node.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = node.get(i).asInt();
        }
        return values;
    }

    private static float[] flat(JsonNode rows) {
        float[] values = new float[rows.size() * rows.get(0).size()];
        int at = 0;
        for (JsonNode row : rows) {
            for (JsonNode value : row) {
                values[at++] = (float) value.asDouble();
            }
        }
        return values;
    }

    private static float[] classLogits(HeadConfig.Kind kind, TokenRows rows) {
        BertModel model = new BertModel(new ParameterLayout(CONFIG, new HeadConfig(kind, 3)));
        try (TorchSession session = TorchSession.open("cpu", 1)) {
            NDManager scope = session.manager();
            NDArray flat = scope.create(weights(model.layout()));
            return model.classLogits(new Parameters(model.layout(), flat), scope, rows, false)
                    .toFloatArray();
        }
    }

    @Test
    void meanPooledLogitsEqualTheReferenceWithAPaddedRow() {
        assertThat(classLogits(HeadConfig.Kind.CLASSIFIER_MEAN, rows()))
                .containsExactly(flat(reference.get("meanLogits")), within(TOLERANCE));
    }

    @Test
    void poolerLogitsEqualTheReference() {
        assertThat(classLogits(HeadConfig.Kind.CLASSIFIER_CLS, rows()))
                .containsExactly(flat(reference.get("clsLogits")), within(TOLERANCE));
    }

    @Test
    void wideTermIsScaledMeanOfTableRowsOfRealTokens() {
        HeadConfig head = new HeadConfig(HeadConfig.Kind.CLASSIFIER_MEAN, 3, false, true);
        BertModel model = new BertModel(new ParameterLayout(CONFIG, head));
        float[] values = new float[model.layout().size()];
        ParameterLayout.Entry table = model.layout().entries().stream()
                .filter(entry -> entry.name().equals(HeadConfig.WIDE))
                .findFirst()
                .orElseThrow();
        assertThat(table.shape()).containsExactly(CONFIG.vocabularySize(), 3);
        for (int i = 0; i < table.size(); i++) {
            values[table.offset() + i] = i * 31 % 101 / 1000f;
        }
        TokenRows rows = rows();
        float[] expected = new float[3 * rows.rows()];
        for (int row = 0; row < rows.rows(); row++) {
            for (int token = 0; token < rows.tokenCounts()[row]; token++) {
                int id = rows.tokenIds()[row * rows.width() + token];
                for (int label = 0; label < 3; label++) {
                    expected[3 * row + label] +=
                            HeadConfig.WIDE_SCALE * values[table.offset() + 3 * id + label] / rows.tokenCounts()[row];
                }
            }
        }
        try (TorchSession session = TorchSession.open("cpu", 1)) {
            NDManager scope = session.manager();
            // All other parameters are 0, so that the encoder adds nothing.
            float[] logits = model.classLogits(new Parameters(model.layout(), scope.create(values)), scope, rows, false)
                    .toFloatArray();
            assertThat(logits).containsExactly(expected, within(1e-4f));
        }
        assertThatThrownBy(() -> new HeadConfig(HeadConfig.Kind.MASKED_TOKENS, 0, false, true))
                .hasMessageContaining("wide term");
    }

    @Test
    void aRowAloneHasTheLogitsItHasBesidePaddedRows() {
        int[] shorter = ints(reference.get("rows").get(1));
        float[] together = classLogits(HeadConfig.Kind.CLASSIFIER_MEAN, rows());
        float[] alone = classLogits(HeadConfig.Kind.CLASSIFIER_MEAN, TokenRows.of(new int[][] {shorter}));
        for (int label = 0; label < 3; label++) {
            assertThat(alone[label]).isCloseTo(together[3 + label], within(TOLERANCE));
        }
    }

    @Test
    void maskedTokenLogitsLossAndGradientEqualTheReference() {
        BertModel model = new BertModel(new ParameterLayout(CONFIG, HeadConfig.maskedTokens()));
        int[] positions = ints(reference.get("positions"));
        TrainingBatch batch = new TrainingBatch(rows(), positions, ints(reference.get("labels")), 6);
        try (TorchSession session = TorchSession.open("cpu", 1);
                Trainer trainer = new Trainer(
                        session, model, SettingsTree.of("", TrainingConfig.class), weights(model.layout()))) {
            assertThat(trainer.logits(batch)).containsExactly(flat(reference.get("tokenLogits")), within(TOLERANCE));
            Trainer.StepResult result = trainer.train(batch, true);
            assertThat(result.loss()).isCloseTo(reference.get("loss").asDouble(), within(1e-5));
            assertThat(result.gradientNorm())
                    .isCloseTo(reference.get("gradientNorm").asDouble(), within(1e-4));
        }
    }

    /** Backward reads what forward kept. Were that a buffer of Java's that nothing else holds, the collector would free it. */
    @Test
    void theGradientOutlivesACollectionBetweenForwardAndBackward() {
        assertThat(gradient(BertModelTest::collectAndWriteOver)).containsExactly(gradient(() -> {}));
    }

    private float[] gradient(Runnable betweenForwardAndBackward) {
        BertModel model = new BertModel(new ParameterLayout(CONFIG, HeadConfig.maskedTokens()));
        try (TorchSession session = TorchSession.open("cpu", 1);
                GradientCollector collector = session.manager().getEngine().newGradientCollector()) {
            NDManager scope = session.manager();
            NDArray flat = scope.create(weights(model.layout()));
            flat.setRequiresGradient(true);
            Parameters parameters = new Parameters(model.layout(), flat);
            NDArray logits = model.maskedTokenLogits(parameters, scope, rows(), ints(reference.get("positions")), true);
            NDArray loss = BertModel.crossEntropy(scope, logits, ints(reference.get("labels")));
            betweenForwardAndBackward.run();
            collector.backward(loss);
            return flat.getGradient().toFloatArray();
        }
    }

    /** Frees every direct buffer that nobody holds and fills memory of such sizes with other numbers. */
    private static void collectAndWriteOver() {
        List<ByteBuffer> held = new ArrayList<>();
        for (int round = 0; round < 10; round++) {
            System.gc();
            for (int i = 0; i < 4096; i++) {
                ByteBuffer other = ByteBuffer.allocateDirect(4 + i % 64).order(ByteOrder.nativeOrder());
                while (other.remaining() >= Float.BYTES) {
                    other.putFloat(1e3f);
                }
                held.add(other);
            }
        }
        assertThat(held).hasSize(40_960);
    }

    @Test
    void aSequenceLongerThanThePositionsIsRefused() {
        assertThatThrownBy(() -> classLogits(HeadConfig.Kind.CLASSIFIER_MEAN, TokenRows.of(new int[][] {new int[25]})))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("at most 24 tokens")
                .hasMessageContaining("25");
    }

    @Test
    void theBaseModelHasDnabertsParameters() {
        ParameterLayout layout = new ParameterLayout(EncoderConfig.base(6), HeadConfig.maskedTokens());
        assertThat(layout.size()).isEqualTo(89_787_141);
        assertThat(layout.entries())
                .extracting(ParameterLayout.Entry::name)
                .contains(
                        "bert.encoder.layer.11.attention.self.query.weight",
                        "bert.pooler.dense.bias",
                        "cls.predictions.transform.LayerNorm.weight",
                        "cls.predictions.bias");
    }

    @Test
    void weightDecayIsForTrainedMatricesAlone() {
        for (HeadConfig head : new HeadConfig[] {
            HeadConfig.maskedTokens(),
            new HeadConfig(HeadConfig.Kind.CLASSIFIER_CLS, 3),
            new HeadConfig(HeadConfig.Kind.CLASSIFIER_MEAN, 3)
        }) {
            ParameterLayout layout = new ParameterLayout(CONFIG, head);
            for (ParameterLayout.Entry entry : layout.entries()) {
                boolean untrained = !head.isClassifier() && entry.name().startsWith("bert.pooler");
                assertThat(entry.offset() < layout.decayedSize())
                        .as(entry.name())
                        .isEqualTo(entry.shape().length == 2 && !untrained);
            }
        }
    }
}
