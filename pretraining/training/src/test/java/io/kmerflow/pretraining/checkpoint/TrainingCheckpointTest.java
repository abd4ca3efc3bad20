package io.kmerflow.pretraining.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kmerflow.pretraining.model.EncoderConfig;
import io.kmerflow.pretraining.model.HeadConfig;
import io.kmerflow.pretraining.model.ParameterLayout;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TrainingCheckpointTest {
    private static final EncoderConfig CONFIG = new EncoderConfig(3, 8, 1, 2, 16, 16, 2, 0.1, 1e-12);

    @TempDir
    Path folder;

    private static TrainingCheckpoint checkpoint(long seed) {
        ParameterLayout layout = new ParameterLayout(CONFIG, HeadConfig.maskedTokens());
        return new TrainingCheckpoint(
                CONFIG,
                HeadConfig.maskedTokens(),
                layout.tensors(layout.initialize(seed)),
                new TrainingState(7, seed, -1, null),
                layout.tensors(layout.initialize(seed + 1)),
                null,
                List.of(),
                Map.of("commit", "abc"));
    }

    private static float[] word(TrainingCheckpoint checkpoint) {
        return checkpoint
                .weights()
                .get("bert.embeddings.word_embeddings.weight")
                .data();
    }

    @Test
    void isReadAsItWasWritten() {
        Path at = folder.resolve("last");
        checkpoint(1).write(at);
        TrainingCheckpoint read = TrainingCheckpoint.read(at);
        assertThat(read.config()).isEqualTo(CONFIG);
        assertThat(read.head()).isEqualTo(HeadConfig.maskedTokens());
        assertThat(read.state()).isEqualTo(new TrainingState(7, 1, -1, null));
        assertThat(read.provenance()).isEqualTo(Map.of("commit", "abc"));
        assertThat(word(read)).containsExactly(word(checkpoint(1)));
        assertThat(read.optimizer().keySet())
                .isEqualTo(checkpoint(1).optimizer().keySet());
    }

    @Test
    void aSecondWriteReplacesTheFirstAndLeavesNothingBeside() throws IOException {
        Path at = folder.resolve("last");
        checkpoint(1).write(at);
        checkpoint(2).write(at);
        assertThat(word(TrainingCheckpoint.read(at))).containsExactly(word(checkpoint(2)));
        try (Stream<Path> files = Files.list(folder)) {
            assertThat(files).containsExactly(at);
        }
    }

    @Test
    void aWriteThatDiedBetweenItsTwoRenamesLeavesTheOldOneReadable() throws IOException {
        Path at = folder.resolve("last");
        checkpoint(1).write(at);
        Files.move(at, folder.resolve("last.old"));
        Files.createDirectory(folder.resolve("last.tmp"));
        assertThat(TrainingCheckpoint.exists(at)).isTrue();
        assertThat(word(TrainingCheckpoint.read(at))).containsExactly(word(checkpoint(1)));
        checkpoint(2).write(at);
        assertThat(word(TrainingCheckpoint.read(at))).containsExactly(word(checkpoint(2)));
    }

    @Test
    void theDirectoryOfARunGivesItsModelElseItsBestElseItsLast() {
        checkpoint(1).write(folder.resolve("last"));
        assertThat(word(TrainingCheckpoint.read(folder))).containsExactly(word(checkpoint(1)));
        checkpoint(2).write(folder.resolve("best"));
        assertThat(word(TrainingCheckpoint.read(folder))).containsExactly(word(checkpoint(2)));
        checkpoint(3).write(folder.resolve("model"));
        assertThat(word(TrainingCheckpoint.read(folder))).containsExactly(word(checkpoint(3)));
    }

    @Test
    void whatIsMissingIsNamed() throws IOException {
        assertThatThrownBy(() -> TrainingCheckpoint.read(folder.resolve("none")))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining("none");
        Path at = folder.resolve("last");
        checkpoint(1).write(at);
        Files.delete(at.resolve("weights.safetensors"));
        assertThatThrownBy(() -> TrainingCheckpoint.read(at)).hasMessageContaining("weights.safetensors");
        Files.writeString(at.resolve("config.json"), "{\"format\": 2}");
        assertThatThrownBy(() -> TrainingCheckpoint.read(at)).hasMessageContaining("format 1, got 2");
    }

    @ParameterizedTest
    @ValueSource(strings = {"config.json", "provenance.json", "state.json"})
    void aFileOfJsonNullIsNamed(String name) throws IOException {
        Path at = folder.resolve("last");
        checkpoint(1).write(at);
        assertThat(at.resolve(name)).exists();
        Files.writeString(at.resolve(name), "null");
        assertThatThrownBy(() -> TrainingCheckpoint.read(at))
                .isInstanceOf(CheckpointException.class)
                .hasMessage("Expected a JSON object, got null in " + at.resolve(name));
    }

    @Test
    void goldenSequencesOfRelease01NameNoLabel() throws IOException {
        Path at = folder.resolve("last");
        checkpoint(1).write(at);
        Files.writeString(at.resolve("golden.json"), "{\"sequences\": [{\"bases\": \"ACGT\", \"logits\": [1, 2.5]}]}");
        GoldenSequence golden = TrainingCheckpoint.read(at).golden().get(0);
        assertThat(golden.label()).isNull();
        assertThat(golden.logits()).containsExactly(1, 2.5f);
        Files.writeString(at.resolve("golden.json"), "{\"sequences\": null}");
        assertThat(TrainingCheckpoint.read(at).golden()).isEmpty();
    }

    @Test
    void embeddingsOfAnotherVocabularyAreRefused() throws IOException {
        Path at = folder.resolve("last");
        checkpoint(1).write(at);
        Path config = at.resolve("config.json");
        Files.writeString(config, Files.readString(config).replace("\"k\" : 3", "\"k\" : 4"));
        assertThatThrownBy(() -> TrainingCheckpoint.read(at))
                .isInstanceOf(CheckpointException.class)
                .hasMessage(String.format(
                        Locale.ROOT,
                        "Expected a vocabulary of 261 tokens (5 specials and all 4-mers) in %s, got 69",
                        at));
    }
}
