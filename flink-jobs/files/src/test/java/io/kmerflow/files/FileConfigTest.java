package io.kmerflow.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kmerflow.files.read.InputFile;
import java.lang.reflect.Field;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.Configuration;
import org.junit.jupiter.api.Test;

class FileConfigTest {
    private static FileConfig config(Map<String, String> options) {
        return FileConfig.from(Configuration.fromMap(options));
    }

    @Test
    void everyOptionHasADescription() {
        assertThat(FileOptions.all())
                .allSatisfy(option -> assertThat(option.description())
                        .isNotEqualTo(org.apache.flink.configuration.description.Description.builder()
                                .build()));
        assertThat(FileOptions.all()).extracting(option -> option.key()).doesNotHaveDuplicates();
    }

    @Test
    void everyOptionCanBeGiven() throws Exception {
        List<Object> declared = new ArrayList<>();
        for (Field field : FileOptions.class.getDeclaredFields()) {
            if (field.getType() == ConfigOption.class) {
                declared.add(field.get(null));
            }
        }
        assertThat(List.<Object>copyOf(FileOptions.all())).containsExactlyInAnyOrderElementsOf(declared);
    }

    @Test
    void matesFollowTheOtherFilesAndOutputIsOrdered() {
        FileConfig config = config(Map.of(
                "input.files", "a.fq;b.fq",
                "input.mates", "c.fq;d.fq",
                "input.sample-id", "s",
                "output.file", "o.jsonl"));

        assertThat(config.inputs())
                .isEqualTo(List.of(
                        new InputFile("a.fq", 1, null, "s"),
                        new InputFile("b.fq", 1, null, "s"),
                        new InputFile("c.fq", 2, "a", "s"),
                        new InputFile("d.fq", 2, "b", "s")));
        assertThat(config.job().scoring().ordered()).isTrue();
    }

    @Test
    void modelsBySampleAreForReadsFromATopic() {
        assertThatThrownBy(() -> config(Map.of("input.files", "a.fq", "model.routes", "s1:/models/a")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("--model.routes for reads from a topic");
    }

    @Test
    void anOutputOfUnknownFormatIsRefusedBeforeTheRun() {
        Configuration options = new Configuration();
        options.set(FileOptions.INPUT_FILES, List.of("a.fq"));
        options.set(FileOptions.OUTPUT_FILE, "out.xlsx");

        assertThatThrownBy(() -> new FileAnnotationJob(FileConfig.from(options), subtask -> null))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("out.xlsx");
    }
}
