package io.kmerflow.cli.serving;

import static org.assertj.core.api.Assertions.assertThat;

import io.kmerflow.cli.CommandRun;
import io.kmerflow.cli.base.ExitCode;
import io.kmerflow.schema.ReadAnnotation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.apache.avro.Schema;
import org.apache.avro.SchemaNormalization;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SchemasCommandTest {
    @TempDir
    Path folder;

    private List<String> files(Path below) throws IOException {
        try (Stream<Path> all = Files.walk(below)) {
            return all.filter(Files::isRegularFile)
                    .map(file -> below.relativize(file).toString())
                    .sorted()
                    .toList();
        }
    }

    @Test
    void writesTheCurrentSchemaOfEveryTopicAndPrintsFingerprints() throws IOException {
        Path out = folder.resolve("new/schemas");

        CommandRun run = CommandRun.of("schemas", "--out", out);

        assertThat(run.exitCode()).as(run.err()).isEqualTo(ExitCode.FINE);
        assertThat(files(out))
                .containsExactly(
                        "DeadLetter.avsc",
                        "DriftReport.avsc",
                        "ModelAnnouncement.avsc",
                        "ModelEvent.avsc",
                        "ReadAnnotation.avsc",
                        "ReadAnnotation.schema.json",
                        "ReadLabel.avsc",
                        "SequencedRead.avsc",
                        "SequencedRead.schema.json");
        Schema annotation = new Schema.Parser().parse(Files.readString(out.resolve("ReadAnnotation.avsc")));
        long fingerprint = SchemaNormalization.parsingFingerprint64(annotation);
        assertThat(fingerprint).isEqualTo(SchemaNormalization.parsingFingerprint64(ReadAnnotation.getClassSchema()));
        assertThat(run.out().lines().filter(line -> line.startsWith("annotations ")))
                .singleElement()
                .asString()
                .contains("ReadAnnotation", "current", String.format(Locale.ROOT, "%016x", fingerprint));
    }

    @Test
    void writesEveryReleaseWhenAsked() throws IOException {
        CommandRun run = CommandRun.of("schemas", "--out", folder, "--all-versions");

        assertThat(run.exitCode()).as(run.err()).isEqualTo(ExitCode.FINE);
        assertThat(files(folder)).contains("ReadAnnotation.avsc", "v1/ReadAnnotation.avsc", "v2/ModelEvent.avsc");
        assertThat(Files.readString(folder.resolve("v1/ReadAnnotation.avsc"))).doesNotContain("uncalledReason");
        assertThat(Files.readString(folder.resolve("ReadAnnotation.avsc"))).contains("uncalledReason");
        assertThat(run.out()).hasLineCount(files(folder).size() - 1); // a heading, and no line for the two JSON schemas
    }

    @Test
    void reportsAFolderThatCannotBeMadeInOneLine() throws IOException {
        Path file = Files.writeString(folder.resolve("file"), "");

        CommandRun run = CommandRun.of("schemas", "--out", file.resolve("below"));

        assertThat(run.exitCode()).isEqualTo(ExitCode.FAILED);
        assertThat(run.err()).hasLineCount(1).contains(file.toString());
    }
}
