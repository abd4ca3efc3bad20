package io.kmerflow.pretraining.gue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.kmerflow.pretraining.TestData;
import io.kmerflow.pretraining.corpus.CorpusException;
import io.kmerflow.sequence.Nucleotide;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GueBenchmarkITCase {
    @TempDir
    Path folder;

    private TestData.Recorder heard;
    private GueResults measured;

    @BeforeEach
    void writeEncoder() {
        SmallGue.encoder(folder.resolve("encoder"));
    }

    private Path results() {
        return folder.resolve("out/results.json");
    }

    private boolean run(GueConfig config, BooleanSupplier stopped) throws IOException {
        heard = new TestData.Recorder();
        measured = new GueBenchmark(config, SmallGue.options(heard, stopped), results()).run();
        return measured != null;
    }

    private JsonNode read() throws IOException {
        return new ObjectMapper().readTree(results().toFile());
    }

    private static String reversed(String row) {
        String[] fields = row.split(",");
        byte[] bases = Nucleotide.reverseComplement(fields[0].getBytes(StandardCharsets.US_ASCII));
        return new String(bases, StandardCharsets.US_ASCII) + "," + fields[1];
    }

    private static String mislabelled(String row) {
        return row.endsWith("0") ? row.replace(",0", ",1") : row.replace(",1", ",0");
    }

    @Test
    void everySetIsLearnedMeasuredWithItsControlsAndSetBesideThePublishedRows() throws IOException {
        Path data = folder.resolve("data");
        SmallGue.set(data.resolve("tf/2"), "train", 2, 30, ".csv");
        SmallGue.set(data.resolve("splice/reconstructed"), "train", 3, 50, ".csv.gz"); // longer than the model
        SmallGue.set(data.resolve("EMP/H3"), "train_part", 2, 30, ".csv.gz");
        SmallGue.write(data.resolve("mouse/0/train.csv"), SmallGue.rows(4, 2, 30, 9));

        assertThat(run(SmallGue.config(folder, List.of(), null), () -> false)).isTrue();

        JsonNode results = read();
        assertThat(results.get("complete").asBoolean()).isTrue();
        assertThat(results.get("sets").findValuesAsText("set"))
                .containsExactly("EMP/H3", "splice/reconstructed", "tf/2");
        assertThat(results.get("sets").findValuesAsText("trainSource")).containsExactly("train_part", "train", "train");
        assertThat(results.at("/skipped/0/set").asText()).isEqualTo("mouse/0");
        assertThat(results.at("/skipped/0/reason").asText()).isEqualTo("no dev, no test");
        JsonNode tf = results.at("/sets/2");
        assertThat(tf.at("/madeBy")).hasSize(1);
        assertThat(tf.at("/madeBy/0").fieldNames())
                .toIterable()
                .containsExactly("commit", "pytorch", "djl", "device", "java");
        assertThat(tf.at("/test/ours/bySeed")).hasSize(2);
        assertThat(tf.at("/test/ours/bySeed/0/steps").asInt()).isEqualTo(4 * 6);
        assertThat(tf.at("/test/ours/mean/mcc").asDouble()).isGreaterThan(0.7);
        assertThat(tf.at("/test/ours/mean/mcc").asDouble())
                .isEqualTo((tf.at("/test/ours/bySeed/0/mcc").asDouble()
                                + tf.at("/test/ours/bySeed/1/mcc").asDouble())
                        / 2);
        assertThat(tf.at("/test/control/mcc").asDouble()).isGreaterThan(0.7);
        assertThat(tf.at("/test/randomInit/bySeed")).hasSize(2);
        assertThat(tf.at("/test/againstControl/low").asDouble())
                .isLessThanOrEqualTo(tf.at("/test/againstControl/difference").asDouble());
        assertThat(tf.at("/publishedTimes100/DNABERT 6-mer").asDouble()).isEqualTo(61.03);
        assertThat(results.at("/summary/familyMeans/tf/ours")).isEqualTo(tf.at("/test/ours/mean/mcc"));
        assertThat(results.at("/summary/familyMeans/tf/control")).isEqualTo(tf.at("/test/control/mcc"));
        JsonNode splice = results.at("/sets/1");
        assertThat(splice.get("classes").asInt()).isEqualTo(3);
        assertThat(splice.at("/test/ours/mean/mcc").asDouble()).isGreaterThan(0.4);
        assertThat(results.get("differsFromPublished").toString())
                .contains("train_part instead of the official training split: EMP/H3")
                .contains("fewer steps than published")
                .contains("batches of 16");
        assertThat(folder.resolve("work/running")).isEmptyDirectory();

        String report = new GueReport(measured).markdown();
        assertThat(report).contains("96 (train_part)").contains("65.83").contains("skipped mouse/0");
    }

    @Test
    void aSecondRunTrainsNothingAndAChangedFileOnlyItsOwnSet() throws IOException {
        Path data = folder.resolve("data");
        SmallGue.set(data.resolve("tf/2"), "train", 2, 30, ".csv");
        SmallGue.set(data.resolve("mouse/0"), "train", 2, 30, ".csv");
        GueConfig config = SmallGue.config(folder, List.of("tf/2", "mouse/0"), 3L);
        assertThat(run(config, () -> false)).isTrue();
        assertThat(heard.losses).hasSize(2 * 2 * 2 * 3);
        byte[] first = Files.readAllBytes(results());

        assertThat(run(config, () -> false)).isTrue();
        assertThat(heard.losses).isEmpty();
        assertThat(heard.notes.stream().filter("  done before"::equals)).hasSize(2 * (1 + 4));
        assertThat(Files.readAllBytes(results())).isEqualTo(first);

        SmallGue.write(data.resolve("mouse/0/test.csv"), SmallGue.rows(28, 2, 30, 5));
        assertThat(run(config, () -> false)).isTrue();
        assertThat(heard.losses).hasSize(2 * 2 * 3);
        assertThat(read().at("/sets/0/set").asText()).isEqualTo("tf/2");
        assertThat(read().at("/sets/1/rows/test").asInt()).isEqualTo(28);

        assertThat(run(SmallGue.config(folder, List.of("tf/2"), 4L), () -> false))
                .isTrue();
        assertThat(heard.losses).as("other settings").hasSize(2 * 2 * 4);
    }

    @Test
    void aRunThatDiesGoesOnFromItsCheckpointAndEndsAsOneThatDidNot() throws IOException {
        SmallGue.set(folder.resolve("data/tf/2"), "train", 2, 30, ".csv");
        GueConfig config = SmallGue.config(folder, List.of(), null);
        assertThat(run(config, () -> false)).isTrue();
        byte[] whole = Files.readAllBytes(results());
        Files.move(folder.resolve("work"), folder.resolve("work-of-the-whole"));

        int[] asked = {0};
        // 24 steps a run, a checkpoint every 6: the second run dies at its step 15.
        assertThatThrownBy(() -> run(config, () -> {
                    if (++asked[0] == 23 + 15) {
                        throw new IllegalStateException("killed");
                    }
                    return false;
                }))
                .hasMessage("killed");
        assertThat(run(config, () -> false)).isTrue();
        assertThat(heard.notes).contains("resuming at step 12");
        assertThat(heard.losses).hasSize(12 + 2 * 24);
        assertThat(Files.readAllBytes(results())).isEqualTo(whole);

        Files.move(folder.resolve("work"), folder.resolve("work-of-the-killed"));
        assertThat(run(config, TestData.after(15))).as("asked to stop").isFalse();
        assertThat(run(config, () -> false)).isTrue();
        assertThat(heard.notes).contains("resuming at step 15");
        assertThat(Files.readAllBytes(results())).isEqualTo(whole);
    }

    @Test
    void testRowsWithACopyInAnotherSplitAreLeftOutOfTheSecondFigures() throws IOException {
        Path set = folder.resolve("data/tf/2");
        SmallGue.set(set, "train", 2, 30, ".csv");
        GueConfig config = SmallGue.config(folder, List.of(), 3L);
        run(config, () -> false);
        JsonNode clean = read().at("/sets/0");
        assertThat(clean.get("copies").asInt()).isZero();
        assertThat(clean.at("/testWithoutCopies").toString())
                .isEqualTo(clean.at("/test").toString());

        List<String> test = new ArrayList<>(SmallGue.rows(30, 2, 30, 3));
        test.add(11, mislabelled(SmallGue.rows(96, 2, 30, 1).get(5)));
        test.add(0, mislabelled(reversed(SmallGue.rows(30, 2, 30, 2).get(7))));
        test.add(reversed(SmallGue.rows(96, 2, 30, 1).get(8)));
        SmallGue.write(set.resolve("test.csv"), test);
        run(config, () -> false);
        JsonNode copied = read().at("/sets/0");
        assertThat(copied.get("copies").asInt()).isEqualTo(3);
        assertThat(copied.at("/test/rows").asInt()).isEqualTo(33);
        assertThat(copied.at("/test/control/accuracy").asDouble())
                .isLessThan(clean.at("/test/control/accuracy").asDouble());
        assertThat(copied.get("testWithoutCopies").toString())
                .as("what is left are the rows of the clean set, in order")
                .isEqualTo(clean.get("test").toString());
    }

    @Test
    void fewerTrainingRowsAreTheSameOnesForEveryRunAndSaidInTheOutput() throws IOException {
        SmallGue.set(folder.resolve("data/tf/2"), "train", 2, 30, ".csv");
        GueConfig all = SmallGue.config(folder, List.of(), 2L);
        GueConfig few = new GueConfig(
                all.data(), all.sets(), List.of(1L), all.encoder(), false, 1, 16, null, null, null, 40, all.work());
        run(few, () -> false);
        JsonNode set = read().at("/sets/0");
        assertThat(set.at("/rows/train").asInt()).isEqualTo(96);
        assertThat(set.at("/rows/trainUsed").asInt()).isEqualTo(40);
        assertThat(set.at("/test/ours/bySeed/0/steps").asInt()).isEqualTo(3);
        assertThat(set.at("/test/randomInit").isMissingNode()).isTrue();
        assertThat(read().get("differsFromPublished").toString()).contains("tf/2 40 of 96");
    }

    @Test
    void aBadRowInTheLastSetStopsBeforeAnythingIsTrained() throws IOException {
        SmallGue.set(folder.resolve("data/EMP/H3"), "train", 2, 30, ".csv");
        SmallGue.set(folder.resolve("data/tf/2"), "train", 2, 30, ".csv");
        SmallGue.write(folder.resolve("data/tf/2/dev.csv"), List.of("ACGTACGTAC,0", "ACGTACGTAC,2"));
        GueConfig config = SmallGue.config(folder, List.of(), 2L);
        assertThatThrownBy(() -> run(config, () -> false))
                .isInstanceOf(CorpusException.class)
                .hasMessageContaining("label 0 to 1 in line 3 of")
                .hasMessageContaining("dev.csv, got '2'");
        SmallGue.set(folder.resolve("data/tf/2"), "train", 3, 30, ".csv");
        assertThatThrownBy(() -> run(config, () -> false)).hasMessageContaining("Expected 2 classes in tf/2, got 3");
        assertThat(heard.losses).isEmpty();
    }
}
