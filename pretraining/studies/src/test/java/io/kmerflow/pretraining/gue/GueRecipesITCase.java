package io.kmerflow.pretraining.gue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.kmerflow.pretraining.TestData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GueRecipesITCase {
    @TempDir
    Path folder;

    private void recipe(String name, String yaml) throws IOException {
        Files.createDirectories(folder.resolve("recipes"));
        Files.writeString(folder.resolve("recipes").resolve(name), yaml);
    }

    private GueRecipes recipes() {
        return GueRecipes.read(folder.resolve("recipes"));
    }

    private String chosen(String set) {
        return recipes()
                .of(GueSet.named(set).orElseThrow())
                .map(GueRecipes.Named::file)
                .orElse("none");
    }

    @Test
    void theRecipeThatSaysMostOfASetsNameIsTaken() throws IOException {
        for (String name : List.of("tf", "tf_0", "prom", "prom_core", "prom_core_tata", "EMP", "H3", "splice")) {
            recipe(name + ".yaml", "epochs: 2");
        }
        recipe("notes.txt", "not a recipe");
        assertThat(chosen("tf/0")).isEqualTo("tf_0.yaml");
        assertThat(chosen("tf/1")).isEqualTo("tf.yaml");
        assertThat(chosen("prom/prom_core_tata")).isEqualTo("prom_core_tata.yaml");
        assertThat(chosen("prom/prom_core_all")).isEqualTo("prom_core.yaml");
        assertThat(chosen("prom/prom_300_tata")).isEqualTo("prom.yaml");
        assertThat(chosen("EMP/H3")).isEqualTo("H3.yaml");
        assertThat(chosen("EMP/H3K4me3")).isEqualTo("EMP.yaml");
        assertThat(chosen("splice/reconstructed")).isEqualTo("splice.yaml");
        assertThat(chosen("mouse/0")).isEqualTo("none");
        assertThat(chosen("virus/covid")).isEqualTo("none");

        recipe("EMP_H3.yaml", "epochs: 2");
        assertThatThrownBy(this::recipes).hasMessageContaining("one recipe for EMP/H3, got [EMP_H3.yaml, H3.yaml]");
    }

    @Test
    void aFolderThatDoesNotFitIsRefusedWithTheFile() throws IOException {
        assertThatThrownBy(this::recipes).hasMessageContaining("one .yaml file or more, got none in");
        recipe("tf.yaml", "epoch: 2");
        assertThatThrownBy(this::recipes).hasMessageContaining("epoch").hasMessageContaining("tf.yaml");
        recipe("tf.yaml", "epochs: 2");
        recipe("0.yaml", "epochs: 2");
        assertThatThrownBy(this::recipes)
                .hasMessageContaining("family or set of GUE")
                .hasMessageContaining("0.yaml");
    }

    @Test
    void theRecipesOfTheDocumentationAreFineAndSpliceSitesKeepTheirStrand() {
        GueRecipes shipped = GueRecipes.read(Path.of("../../recipes/gue"));
        for (GueSet set : GueSet.ALL) {
            if (!set.name().startsWith("virus")) {
                assertThat(shipped.of(set)).as(set.name()).isPresent();
            }
        }
        GueConfig config = SmallGue.config(folder, List.of(), null, shipped);
        assertThat(config.protocol(GueSet.named("splice/reconstructed").orElseThrow())
                        .recipe()
                        .strands())
                .hasToString("ONE");
    }

    @Test
    void aChangedRecipeTrainsItsSetsAnewAndIsInTheResults() throws IOException {
        SmallGue.encoder(folder.resolve("encoder"));
        SmallGue.set(folder.resolve("data/tf/2"), "train", 2, 30, ".csv");
        SmallGue.set(folder.resolve("data/mouse/0"), "train", 2, 30, ".csv");
        assertThat(steps(null)).isEqualTo(2 * 4 * 3);
        assertThat(read().at("/sets/0").has("recipe")).isFalse();

        recipe("tf.yaml", "strands: both");
        assertThat(steps(recipes())).as("the other set is as before").isEqualTo(4 * 3);
        JsonNode results = read();
        assertThat(results.at("/sets/0/set").asText()).isEqualTo("mouse/0");
        assertThat(results.at("/sets/0").has("recipe")).isFalse();
        assertThat(results.at("/sets/1/recipe").toString())
                .isEqualTo("{\"file\":\"tf.yaml\",\"values\":{\"strands\":\"both\"}}");
        assertThat(results.get("differsFromPublished").toString())
                .contains("by recipe")
                .contains("tf/2 tf.yaml");

        recipe("tf.yaml", "# said again\nstrands: both");
        assertThat(steps(recipes())).isZero();
        recipe("tf.yaml", "{strands: both, weightDecay: 0.05}");
        assertThat(steps(recipes())).isEqualTo(4 * 3);
    }

    private int steps(GueRecipes recipes) throws IOException {
        TestData.Recorder heard = new TestData.Recorder();
        new GueBenchmark(
                        SmallGue.config(folder, List.of(), 3L, recipes),
                        SmallGue.options(heard, () -> false),
                        folder.resolve("results.json"))
                .run();
        return heard.losses.size();
    }

    private JsonNode read() throws IOException {
        return new ObjectMapper().readTree(folder.resolve("results.json").toFile());
    }
}
