package io.kmerflow.pretraining.gue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.kmerflow.pretraining.corpus.CorpusException;
import io.kmerflow.pretraining.finetune.Protocol;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GueFilesTest {
    @TempDir
    Path folder;

    private void set(String place, String train, String ending) throws IOException {
        for (String split : List.of(train, "dev", "test")) {
            SmallGue.write(folder.resolve(place).resolve(split + ending), List.of("ACGT,0", "ACGT,1"));
        }
    }

    @Test
    void setsAreFoundInTheOfficialFoldersAndInFlatOnes() throws IOException {
        set("EMP/H4ac", "train", ".csv");
        set("GUE/virus/covid", "train", ".csv");
        set("mouse_4", "train", ".csv.gz");
        set("prom_core_all", "train_part", ".csv.gz");
        set("splice/reconstructed", "train", ".csv");
        GueFiles.Found found = GueFiles.find(folder, List.of());
        assertThat(found.sets())
                .extracting(f -> f.set().name())
                .containsExactly("EMP/H4ac", "mouse/4", "prom/prom_core_all", "splice/reconstructed", "virus/covid");
        assertThat(found.sets().get(2).trainSource()).isEqualTo("train_part");
        assertThat(found.sets().get(0).train()).isEqualTo(folder.resolve("EMP/H4ac/train.csv"));
        assertThat(found.skipped()).isEmpty();
        set("prom_core_all", "train", ".csv");
        assertThat(GueFiles.find(folder, List.of()).sets().get(2).trainSource())
                .as("the official split goes first")
                .isEqualTo("train");
        assertThat(GueFiles.find(folder, List.of("virus/covid", "EMP/H4ac")).sets())
                .extracting(f -> f.set().name())
                .containsExactly("virus/covid", "EMP/H4ac");
    }

    @Test
    void aSetThatIsWholeInOnePlaceIsTakenThoughAnotherHasAPartOfIt() throws IOException {
        SmallGue.write(folder.resolve("tf/2/dev.csv"), List.of("ACGT,0"));
        set("GUE/tf/2", "train", ".csv");
        GueFiles.Found found = GueFiles.find(folder, List.of("tf/2"));
        assertThat(found.sets()).extracting(GueFiles::dev).containsExactly(folder.resolve("GUE/tf/2/dev.csv"));
        assertThat(GueFiles.find(folder, List.of()).skipped()).isEmpty();
    }

    @Test
    void whatIsNotThereIsSaidTogetherWithWhatIs() throws IOException {
        assertThatThrownBy(() -> GueFiles.find(folder, List.of()))
                .isInstanceOf(CorpusException.class)
                .hasMessageContaining("tf/2")
                .hasMessageContaining("got none");
        SmallGue.write(folder.resolve("tf/1/dev.csv"), List.of("ACGT,0"));
        assertThatThrownBy(() -> GueFiles.find(folder, List.of()))
                .hasMessageContaining("only tf/1 (no train, no test)");
        set("tf/2", "train", ".csv");
        set("mouse/3", "train", ".csv");
        assertThatThrownBy(() -> GueFiles.find(folder, List.of("tf/2", "tf/3")))
                .hasMessageContaining("Expected the set tf/3")
                .hasMessageContaining("no such folder; there are mouse/3, tf/2");
        assertThatThrownBy(() -> GueFiles.find(folder, List.of("tf/1"))).hasMessageContaining("got no train, no test");
    }

    @Test
    void allTwentyEightSetsHaveTheirPublishedProtocolAndRows() {
        assertThat(GueSet.ALL).hasSize(28).extracting(GueSet::name).doesNotHaveDuplicates();
        assertThat(GueSet.named("mouse/0").orElseThrow().protocol())
                .isEqualTo(new Protocol(5, 30, 200, 32, Protocol.DEFAULT_RATE, 1_000L));
        assertThat(GueSet.named("mouse/0").orElseThrow().protocol().steps(6_478))
                .isEqualTo(1_000);
        assertThat(GueSet.named("mouse/3").orElseThrow().protocol().steps(1_904))
                .isEqualTo(300);
        assertThat(GueSet.named("prom/prom_300_tata").orElseThrow().protocol())
                .isEqualTo(new Protocol(10, 50, 200, 32, Protocol.DEFAULT_RATE, null));
        assertThat(GueSet.named("virus/covid").orElseThrow().metric()).isEqualTo(GueSet.Metric.MACRO_F1);
        assertThat(GueSet.named("virus/covid").orElseThrow().classes()).isEqualTo(9);
        assertThat(GueSet.ALL.stream().filter(s -> s.metric() == GueSet.Metric.MACRO_F1))
                .hasSize(1);
    }

    @Test
    void theMeansOfThePublishedRowsAreThePrintedOnes() {
        Map<String, Double> printed = Map.of(
                "DNABERT 3-mer", 61.62,
                "DNABERT 4-mer", 61.14,
                "DNABERT 5-mer", 60.05,
                "DNABERT 6-mer", 60.51,
                "NT-500M-human", 55.43,
                "NT-2500M-1000g", 61.41,
                "NT-2500M-multi", 66.93,
                "DNABERT-2", 66.80,
                "DNABERT-2 (+GUE pre-training)", 67.77);
        printed.forEach((model, mean) -> {
            List<Double> figures = new ArrayList<>();
            GueSet.ALL.forEach(set -> figures.add(Published.of(set).get(model)));
            assertThat(figures.stream().mapToDouble(f -> f).average().orElseThrow())
                    .as(model)
                    .isCloseTo(mean, within(0.011));
        });
    }
}
