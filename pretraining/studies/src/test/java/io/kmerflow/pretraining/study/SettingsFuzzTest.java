package io.kmerflow.pretraining.study;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.kmerflow.pretraining.PretrainConfig;
import io.kmerflow.pretraining.finetune.FinetuneConfig;
import io.kmerflow.pretraining.finetune.Recipe;
import io.kmerflow.pretraining.settings.SettingsTree;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Any bytes taken for the YAML file of a run: docs/fuzzing.md. */
class SettingsFuzzTest {
    @FuzzTest
    void bytesAreAConfigurationOrRefusedWithTheFile(byte[] yaml) throws IOException {
        Path file = Files.createTempFile("config", ".yaml");
        try {
            Files.write(file, yaml);
            for (Class<? extends Record> type :
                    List.of(PretrainConfig.class, FinetuneConfig.class, StudyConfig.class, Recipe.class)) {
                try {
                    SettingsTree.read(file, type);
                } catch (IllegalArgumentException e) {
                    if (e.getMessage() == null || !e.getMessage().contains(file.toString())) {
                        throw new AssertionError("Expected the file in the message, got: " + e.getMessage(), e);
                    }
                }
            }
        } finally {
            Files.delete(file);
        }
    }
}
