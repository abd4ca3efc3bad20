package io.kmerflow.pretraining.finetune;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.kmerflow.pretraining.TestData;
import io.kmerflow.pretraining.checkpoint.TrainingCheckpoint;
import io.kmerflow.pretraining.corpus.LabelledSequence;
import io.kmerflow.pretraining.model.EncoderConfig;
import io.kmerflow.pretraining.model.Tensor;
import io.kmerflow.pretraining.random.Xoshiro256;
import io.kmerflow.pretraining.settings.SettingsTree;
import io.kmerflow.pretraining.trainer.TrainingBatch;
import io.kmerflow.sequence.Nucleotide;
import io.kmerflow.sequence.ReadWindower;
import io.kmerflow.token.KmerTokenizer;
import io.kmerflow.token.Vocabulary;
import io.kmerflow.token.WindowEncoder;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RecipeTest {
    private static final EncoderConfig MODEL = new EncoderConfig(3, 32, 1, 2, 64, 64, 2, 0.0, 1e-12);

    @TempDir
    Path folder;

    private Recipe recipe(String yaml) throws IOException {
        return SettingsTree.read(Files.writeString(folder.resolve("tf.yaml"), yaml), Recipe.class);
    }

    @Test
    void aRecipeChangesTheProtocolWhereItSaysSomething() throws IOException {
        Recipe some = recipe("{epochs: 7, learningRate: 2.0e-4, strands: both}");
        Protocol protocol = new Protocol(3, 30, 200, 32, 5e-4, 100L).with(some);
        assertThat(protocol).isEqualTo(new Protocol(7, 30, 200, 32, 2e-4, 100L, some));
        assertThat(protocol.with(2, null, 1e-3).epochs())
                .as("options go before")
                .isEqualTo(2);
        Protocol published = new Protocol(3, 30, 200, 32, 5e-4, 100L);
        assertThat(published.with((Recipe) null)).isEqualTo(published);

        LabelledSet set = set(40, 1);
        FinetuneConfig run = protocol.config(set, null, MODEL, 1);
        assertThat(run.bothStrands()).isTrue();
        assertThat(run.dropout()).hasValue(0.1);
        assertThat(run.training().weightDecay()).isEqualTo(0.01);
        assertThat(run.training().weightAverage()).isEmpty();
        FinetuneConfig other = published
                .with(recipe("{dropout: 0.2, weightDecay: 0.1, weightAverage: 0.99,"
                        + " batchSize: 8, warmUpSteps: 2, evaluateEvery: 3, maxSteps: 9}"))
                .config(set, null, MODEL, 1);
        assertThat(other.bothStrands()).isFalse();
        assertThat(other.dropout()).hasValue(0.2);
        assertThat(other.training().weightDecay()).isEqualTo(0.1);
        assertThat(other.training().weightAverage()).hasValue(0.99);
        assertThat(other.training().batchSize()).isEqualTo(8);
        assertThat(other.training().warmUpSteps()).isEqualTo(2);
        assertThat(other.training().evaluateEvery()).isEqualTo(3);
        assertThat(other.csv().maxSteps()).hasValue(9);
    }

    @Test
    void whatDoesNotFitIsRefusedWithItsPlace() {
        assertThatThrownBy(() -> recipe("epoch: 3"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("epoch")
                .hasMessageContaining("tf.yaml");
        assertThatThrownBy(() -> recipe("strands: two"))
                .hasMessageContaining("strands")
                .hasMessageContaining("[both, one]")
                .hasMessageContaining("tf.yaml");
        assertThatThrownBy(() -> recipe("epochs: 0"))
                .hasMessageStartingWith("Expected epochs,")
                .hasMessageContaining("got 0, null")
                .hasMessageContaining("tf.yaml");
        assertThatThrownBy(() -> recipe("learningRate: -1")).hasMessageContaining("learningRate above 0");
        assertThatThrownBy(() -> recipe("dropout: 1.0")).hasMessageContaining("0 to below 1, got 1.0");
        assertThatThrownBy(() -> recipe("weightAverage: 1.5")).hasMessageContaining("got null and 1.5");
        assertThatThrownBy(() -> recipe("")).hasMessageContaining("tf.yaml");
    }

    @Test
    void theStrandIsDrawnAfreshInEveryEpochFromSeedEpochAndRowAlone() {
        List<LabelledSequence> rows = sequences(400, 5);
        WindowEncoder encoder = new WindowEncoder(new KmerTokenizer(new Vocabulary(3), 1));
        ReadWindower windower = new ReadWindower(60, 60);
        EpochBatchSource one = new EpochBatchSource(rows, encoder, windower, 400, 9, false, null, Integer.MAX_VALUE);
        EpochBatchSource both = new EpochBatchSource(rows, encoder, windower, 400, 9, true, null, Integer.MAX_VALUE);
        int turnedTwice = 0;
        for (int epoch = 0; epoch < 2; epoch++) {
            TrainingBatch asWritten = one.batch(epoch);
            TrainingBatch drawn = both.batch(epoch);
            assertThat(drawn.labels()).containsExactly(asWritten.labels());
            int[][] written = ids(asWritten);
            int[][] turned = ids(new TrainingBatch(
                    asWritten.rows().reverseComplement(new Vocabulary(3)), null, asWritten.labels(), 0));
            int[][] seen = ids(drawn);
            int count = 0;
            for (int row = 0; row < 400; row++) {
                boolean isTurned = Arrays.equals(seen[row], turned[row]);
                assertThat(isTurned || Arrays.equals(seen[row], written[row])).isTrue();
                count += isTurned ? 1 : 0;
            }
            assertThat(count).isBetween(160, 240);
        }
        for (int row = 0; row < 400; row++) {
            turnedTwice += EpochBatchSource.turned(9, 0, row) && EpochBatchSource.turned(9, 1, row) ? 1 : 0;
        }
        assertThat(turnedTwice).as("epochs and rows draw apart").isBetween(60, 140);
        EpochBatchSource later = new EpochBatchSource(rows, encoder, windower, 400, 9, true, null, Integer.MAX_VALUE);
        assertThat(later.batch(1).rows().tokenIds())
                .as("a run that starts in epoch 1 sees what one that came there sees")
                .containsExactly(both.batch(1).rows().tokenIds());
    }

    private static int[][] ids(TrainingBatch batch) {
        int[][] ids = new int[batch.rows().rows()][];
        for (int row = 0; row < ids.length; row++) {
            int from = row * batch.rows().width();
            ids[row] = Arrays.copyOfRange(
                    batch.rows().tokenIds(), from, from + batch.rows().width());
        }
        return ids;
    }

    @Test
    void resumingWithBothStrandsAndAveragedWeightsEndsWhereOneRunDoes() throws IOException {
        LabelledSet set = set(64, 3);
        FinetuneConfig config = new Protocol(5, 4, 6, 16, 3e-3, null)
                .with(recipe("{strands: both, weightAverage: 0.9, dropout: 0.1}"))
                .config(set, null, MODEL, 2);
        Finetuning.Result whole = run("whole", config, false, 999);
        assertThat(run("parts", config, false, 7).finished()).isFalse();
        Finetuning.Result resumed = run("parts", config, true, 999);
        assertSame(resumed.model(), whole.model());
        for (String kept : List.of("last", "best")) {
            assertSame(folder.resolve("parts/" + kept), folder.resolve("whole/" + kept));
        }
        assertThat(resumed.test().confusion().balancedAccuracy())
                .isEqualTo(whole.test().confusion().balancedAccuracy());

        Map<String, Tensor> last =
                TrainingCheckpoint.read(folder.resolve("whole/last")).weights();
        Map<String, Tensor> optimizer =
                TrainingCheckpoint.read(folder.resolve("whole/last")).optimizer();
        String word = "bert.embeddings.word_embeddings.weight";
        assertThat(optimizer.get("average." + word).data())
                .as("the average is another set of weights")
                .isNotEqualTo(last.get(word).data());
        FinetuneConfig without = new Protocol(5, 4, 6, 16, 3e-3, null)
                .with(recipe("{strands: both, dropout: 0.1}"))
                .config(set, null, MODEL, 2);
        run("without", without, false, 7);
        assertThatThrownBy(() -> run("without", config, true, 999)).hasMessageContaining("averaged weights");
    }

    private static void assertSame(Path one, Path other) {
        Map<String, Tensor> expected = TrainingCheckpoint.read(other).weights();
        TrainingCheckpoint.read(one)
                .weights()
                .forEach((name, tensor) -> assertThat(tensor.data())
                        .as(name)
                        .containsExactly(expected.get(name).data()));
    }

    @Test
    void aLabelThatDependsOnTheStrandIsLearnedFromOneStrandAndLostOnBoth() throws IOException {
        LabelledSet set = set(400, 4);
        Protocol protocol = new Protocol(6, 10, 25, 16, 3e-3, null);
        Finetuning.Result one = run("one", protocol.config(set, null, MODEL, 1), false, 999);
        Finetuning.Result both =
                run("both", protocol.with(recipe("strands: both")).config(set, null, MODEL, 1), false, 999);
        assertThat(one.test().confusion().balancedAccuracy()).isGreaterThan(0.9);
        assertThat(both.test().confusion().balancedAccuracy()).isCloseTo(0.5, within(0.2));
        TrainingCheckpoint model = TrainingCheckpoint.read(both.model());
        assertThat(model.head().bothStrands()).isTrue();
        assertThat(model.provenance().get("configuration").toString()).contains("bothStrands=true");
    }

    private Finetuning.Result run(String out, FinetuneConfig config, boolean resume, int stopAfter) throws IOException {
        return TestData.finetune(folder, out, config, resume, stopAfter);
    }

    /** Label 1 is rich in A, label 0 in T: the reverse complement of one is like the other. */
    private static List<LabelledSequence> sequences(int count, long seed) {
        Xoshiro256 random = Xoshiro256.of(seed);
        List<LabelledSequence> rows = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            byte[] bases = new byte[30];
            for (int b = 0; b < bases.length; b++) {
                bases[b] =
                        random.nextInt(3) == 0 ? (byte) (i % 2 == 1 ? 'A' : 'T') : Nucleotide.base(random.nextInt(4));
            }
            rows.add(new LabelledSequence(bases, i % 2));
        }
        return rows;
    }

    private LabelledSet set(int rows, long seed) throws IOException {
        List<Path> files = new ArrayList<>();
        for (int split = 0; split < 3; split++) {
            StringBuilder text = new StringBuilder("sequence,label\n");
            for (LabelledSequence row : sequences(split == 0 ? rows : 60, 10 * seed + split)) {
                text.append(new String(row.bases(), StandardCharsets.US_ASCII))
                        .append(',')
                        .append(row.label())
                        .append('\n');
            }
            files.add(Files.writeString(folder.resolve(seed + "." + split + ".csv"), text));
        }
        return LabelledSet.read(files.get(0), files.get(1), files.get(2));
    }
}
