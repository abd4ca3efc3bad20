package io.kmerflow.cli.retrain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JournalTest {
    @TempDir
    Path folder;

    @Test
    void whoeverOpensItKnowsWhatIsDone() throws Exception {
        Journal journal = Journal.create(folder, "c", "p");
        journal.begin(Step.SPLIT);
        journal.end(
                Step.SPLIT, Journal.State.DONE, Map.of("train", 7, "check", Check.atMost("r", 1, 2, null, null)), null);
        journal.begin(Step.FINETUNE);
        Journal opened = Journal.open(folder, "c", "p");
        assertThat(opened.isOver(Step.SPLIT)).isTrue();
        assertThat(opened.result(Step.SPLIT)).containsEntry("train", 7);
        assertThat((Map<?, ?>) opened.result(Step.SPLIT).get("check"))
                .extracting("passed")
                .isEqualTo(false);
        assertThat(opened.isOver(Step.FINETUNE)).isFalse();
        opened.begin(Step.FINETUNE);
        assertThat(opened.entry(Step.FINETUNE).attempts()).isEqualTo(2);
    }

    @Test
    void refusesAnotherConfigurationOrParent() throws Exception {
        Journal.create(folder, "c", "p");
        assertThatThrownBy(() -> Journal.open(folder, "other", "p")).hasMessageContaining("configuration");
        assertThatThrownBy(() -> Journal.open(folder, "c", "other")).hasMessageContaining("Expected the parent");
    }

    @Test
    void saysWhatAJournalIsNot() throws Exception {
        Files.writeString(folder.resolve(Journal.FILE), "[1");
        assertThatThrownBy(() -> Journal.open(folder, "c", "p"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("Expected the journal of a retraining at");
    }
}
