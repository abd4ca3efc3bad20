package io.kmerflow.pretraining.finetune;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kmerflow.pretraining.TestData;
import io.kmerflow.pretraining.corpus.LabelledSequence;
import io.kmerflow.pretraining.model.EncoderConfig;
import io.kmerflow.pretraining.random.Xoshiro256;
import io.kmerflow.pretraining.settings.SettingsTree;
import io.kmerflow.sequence.Nucleotide;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Splits of a labelled set, and what training on them can be told. */
class LabelledSetTest {
    private static final EncoderConfig MODEL = new EncoderConfig(3, 16, 1, 2, 32, 256, 2, 0.0, 1e-12);

    @TempDir
    Path folder;

    private static String bases(int count, Xoshiro256 random) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < count; i++) {
            text.append((char) Nucleotide.base(random.nextInt(4)));
        }
        return text.toString();
    }

    /** Families of three, of which two differ by a base from the first; label by family. */
    private Path families(int families) throws IOException {
        Xoshiro256 random = Xoshiro256.of(1);
        StringBuilder text = new StringBuilder("sequence,label\n");
        for (int family = 0; family < families; family++) {
            String first = bases(200, random);
            String label = family % 4 == 0 ? "rare" : "usual";
            for (int member = 0; member < 3; member++) {
                text.append(first, 0, 60 * member)
                        .append('A')
                        .append(first.substring(60 * member + 1))
                        .append(',')
                        .append(label)
                        .append('\n');
            }
        }
        return Files.writeString(folder.resolve("families.csv"), text);
    }

    private static FinetuneConfig.Csv csv(Path train, Path dev, Integer patience, FinetuneConfig.ClassWeights weights) {
        Map<String, Object> values = new HashMap<>();
        values.put("train", train);
        values.put("dev", dev);
        values.put("patience", patience);
        values.put("classWeights", weights);
        return SettingsTree.of(values, FinetuneConfig.Csv.class);
    }

    private static Set<String> families(List<LabelledSequence> rows) {
        Set<String> ends = new HashSet<>();
        rows.forEach(row -> ends.add(new String(row.bases(), 150, 50, StandardCharsets.US_ASCII)));
        return ends;
    }

    @Test
    void aDevSplitOfItsOwnMakingHasEveryLabelAndNoRelativeInTrain() throws IOException {
        Path table = families(40);
        LabelledSet set = LabelledSet.read(table, null, null);
        assertThat(set.dev()).hasSize(15);
        assertThat(set.train()).hasSize(105);
        assertThat(set.dev()).extracting(LabelledSequence::label).contains(0, 1);
        assertThat(families(set.dev())).hasSize(5).doesNotContainAnyElementsOf(families(set.train()));
        assertThat(set.notes())
                .singleElement()
                .asString()
                .contains("15 of 120 rows")
                .contains("(40 groups)");
        assertThat(families(LabelledSet.read(table, null, null).dev())).isEqualTo(families(set.dev()));
    }

    @Test
    void aLabelOfOneFamilyCannotBeSplit() throws IOException {
        Path table = families(2);
        assertThatThrownBy(() -> LabelledSet.read(table, null, null))
                .hasMessageContaining("label rare")
                .hasMessageContaining("families.csv")
                .hasMessageContaining("--dev");
    }

    @Test
    void sequencesThatAreAlsoInTrainAreCountedOnEitherStrand() throws IOException {
        Path train = Files.writeString(folder.resolve("train.csv"), "sequence,label\nAACCGT,0\nTTTTTC,1\n");
        Path dev = Files.writeString(folder.resolve("dev.csv"), "sequence,label\nACGGTT,0\nACACAC,1\n");
        LabelledSet set = LabelledSet.read(train, dev, train);
        assertThat(set.notes()).hasSize(2);
        assertThat(set.notes().get(0)).startsWith("warning: 1 of 2 dev sequences are also in train");
        assertThat(set.notes().get(1)).startsWith("warning: 2 of 2 test sequences are also in train");
        assertThat(LabelledSet.read(dev, train, null).notes()).hasSize(1);
    }

    /** Nothing to learn: labels by chance, one in eight of them 1. */
    private Path chance(String name, int rows, long seed) throws IOException {
        Xoshiro256 random = Xoshiro256.of(seed);
        List<String> lines = new ArrayList<>(List.of("sequence,label"));
        for (int i = 0; i < rows; i++) {
            lines.add(bases(30, random) + "," + (i % 8 == 0 ? 1 : 0));
        }
        return Files.write(folder.resolve(name), lines);
    }

    private FinetuneConfig config(FinetuneConfig.Csv csv) {
        LabelledSet set = LabelledSet.read(csv, folder, null);
        return new Protocol(20, 4, 5, 16, 3e-3, null).config(set, null, MODEL, 1);
    }

    @Test
    void aRunOutOfPatienceEndsFinishedAndResumedRunsEndThereToo() throws IOException {
        Path train = chance("train.csv", 160, 1);
        FinetuneConfig config = config(csv(train, chance("dev.csv", 80, 2), 3, null));
        Finetuning.Result whole = TestData.finetune(folder, "whole", config, false, 9_999);
        assertThat(whole.finished()).isTrue();
        assertThat(whole.step()).isLessThan(200);
        long best = ((Number) whole.metrics().get("bestStep")).longValue();
        assertThat(whole.step() - best).isEqualTo(15);
        List<String> rows = Files.readAllLines(folder.resolve("whole/metrics.csv"));
        assertThat(rows).hasSize(1 + (int) whole.step());
        assertThat(rows.get(0)).isEqualTo("step,loss,learning_rate,validation_loss,seconds");
        assertThat(rows.get(1)).startsWith("1,").contains(",,");
        assertThat(rows.get(5)).startsWith("5,").matches("5,[0-9.]+,[0-9.e-]+,[0-9.]+,[0-9.]+");
        assertThat(TestData.finetune(folder, "parts", config, false, 7).finished())
                .isFalse();
        assertThat(TestData.finetune(folder, "parts", config, true, 9_999).metrics())
                .isEqualTo(whole.metrics());
        assertThat(TestData.finetune(folder, "parts", config, true, 9_999).step())
                .as("finished already")
                .isEqualTo(whole.step());
        assertThat(Files.readAllLines(folder.resolve("parts/metrics.csv")).stream()
                        .map(row -> row.substring(0, row.lastIndexOf(',')))
                        .toList())
                .as("the same but for the seconds")
                .isEqualTo(rows.stream()
                        .map(row -> row.substring(0, row.lastIndexOf(',')))
                        .toList());
    }

    @Test
    void predictionsNameTheRowsOfTheTableAndAddUpToTheFigures() throws IOException {
        Path table = families(40);
        FinetuneConfig config = new Protocol(1, 1, 5, 16, 3e-3, null)
                .config(LabelledSet.read(csv(table, null, null, null), folder, null), null, MODEL, 1);
        Finetuning.Result result = TestData.finetune(folder, "run", config, false, 9_999);
        List<String> lines = Files.readAllLines(table);
        List<String[]> rows = Files.readAllLines(folder.resolve("run/predictions.tsv")).stream()
                .skip(1)
                .map(row -> row.split("\t"))
                .toList();
        assertThat(rows).hasSize(15);
        for (String[] row : rows) {
            assertThat(lines.get(1 + Integer.parseInt(row[1]))).endsWith("," + row[2]);
        }
        long right = rows.stream().filter(row -> row[2].equals(row[3])).count();
        Map<?, ?> dev = (Map<?, ?>) result.metrics().get("validation");
        assertThat(right / 15.0).isEqualTo((double) dev.get("accuracy"));
        List<String> counts = Files.readAllLines(folder.resolve("run/confusion.tsv"));
        assertThat(counts.get(0)).isEqualTo("split\tlabel\trare\tusual");
        assertThat(counts).hasSize(3);
        assertThat(result.metrics()).containsEntry("windowBases", 200).containsEntry("minReadBases", 100);
        assertThat((double) result.metrics().get("accuracyAtMinReadBases")).isBetween(0.0, 1.0);
    }

    @Test
    void balancedClassesAreCalledAsOftenAsOneAnotherWhereNothingTellsThemApart() throws IOException {
        Path train = chance("train.csv", 320, 1);
        Path dev = chance("dev.csv", 160, 2);
        long[] rare = new long[2];
        for (FinetuneConfig.ClassWeights weights : FinetuneConfig.ClassWeights.values()) {
            FinetuneConfig.Csv csv = csv(train, dev, null, weights);
            FinetuneConfig config =
                    new Protocol(2, 4, 99, 16, 3e-3, null).config(LabelledSet.read(csv, folder, null), null, MODEL, 1);
            Finetuning.Result result = TestData.finetune(folder, weights.name(), config, false, 9_999);
            double loss = (double) ((Map<?, ?>) result.metrics().get("validation")).get("loss");
            rare[weights.ordinal()] = Math.round(1000 * loss);
        }
        assertThat(rare[0]).as("knows how rare label 1 is").isLessThan(450);
        assertThat(rare[1]).as("takes both for as likely").isGreaterThan(600);
    }
}
