package io.kmerflow.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kmerflow.files.write.LabelStrands;
import io.kmerflow.files.write.RefusedOutputException;
import io.kmerflow.job.scoring.TestModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.apache.flink.configuration.Configuration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What would lose data is refused before anything is written. */
class OutputCheckTest {
    private static final String READS = "@r1\nACGTACGTACGGGACGACGT\n+\nIIIIIIIIIIIIIIIIIIII\n";

    @TempDir
    Path folder;

    private Path input;
    private List<String> before;

    @BeforeEach
    void writeReads() throws IOException {
        input = Files.writeString(folder.resolve("in.tsv"), READS); // told by content, whatever its name
    }

    @AfterEach
    void nothingWasWritten() throws IOException {
        assertThat(input).hasContent(READS);
        if (before != null) {
            assertThat(listing()).isEqualTo(before);
        }
    }

    private List<String> listing() throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.map(Path::toString).sorted().toList();
        }
    }

    private FileAnnotationJob job(List<String> outputs, String counts, String split, boolean force, String report)
            throws IOException {
        Configuration options = new Configuration();
        options.set(FileOptions.INPUT_FILES, List.of(input.toString()));
        options.set(FileOptions.OUTPUT_FILE, outputs.get(0));
        FileOutputs more = new FileOutputs(
                outputs.subList(1, outputs.size()),
                counts,
                TaxonReports.NONE,
                split,
                force,
                report,
                null,
                "test",
                TestModel.DIGEST,
                List.of("even", "odd"),
                LabelStrands.NONE,
                null,
                null);
        return new FileAnnotationJob(FileConfig.from(options), new TestModel(), more);
    }

    private void assertRefused(String words, List<Path> outputs, Path counts, Path split, Path report)
            throws IOException {
        before = listing();
        assertThatThrownBy(() -> job(
                        outputs.stream().map(Path::toString).toList(),
                        counts == null ? null : counts.toString(),
                        split == null ? null : split.toString(),
                        false,
                        report == null ? null : report.toString()))
                .isInstanceOf(RefusedOutputException.class)
                .hasMessageContaining(words);
    }

    @Test
    void anOutputThatIsTheInputByAnyName() throws IOException {
        Path other = folder.resolve("other.tsv");
        Path hard = Files.createLink(folder.resolve("hard.tsv"), input);
        Path soft = Files.createSymbolicLink(folder.resolve("soft.tsv"), Path.of("in.tsv"));
        Path through =
                Files.createSymbolicLink(folder.resolve("linked"), folder).resolve("in.tsv");
        for (Path name : List.of(input, hard, soft, through, folder.resolve("./linked/../in.tsv"))) {
            assertRefused("which is the input", List.of(name), null, null, null);
            assertRefused("which is the input", List.of(other, name), null, null, null);
            assertRefused("which is the input", List.of(other), name, null, null);
            assertRefused("which is the input", List.of(other), null, null, name);
        }
    }

    @Test
    void deadLettersThatWouldReplaceTheInput() throws IOException {
        Path named = folder.resolve("o.tsv.dead-letters.jsonl");
        Files.move(input, named);
        input = named;
        assertRefused("dead letters", List.of(folder.resolve("o.tsv")), null, null, null);
    }

    @Test
    void onePathForTwoOutputs() throws IOException {
        Path one = folder.resolve("o.tsv");
        Path link = Files.createSymbolicLink(folder.resolve("l.tsv"), Path.of("o.tsv"));
        assertRefused("a different file for each output", List.of(one, one), null, null, null);
        assertRefused("a different file for each output", List.of(one, folder.resolve("x/../o.tsv")), null, null, null);
        assertRefused("a different file for each output", List.of(one), link, null, null);
        assertRefused("a different file for each output", List.of(one), one, null, null);
        assertRefused("a different file for each output", List.of(one), null, null, one);
        assertRefused(
                "a different file for each output",
                List.of(folder.resolve("o.jsonl")),
                null,
                null,
                folder.resolve("o.jsonl.dead-letters.jsonl"));
        assertRefused(
                "a different file for each output", List.of(Path.of("-"), Path.of("/dev/stdout")), null, null, null);
    }

    @Test
    void nowhereIsAnOutputAsOftenAsOneLikes() throws IOException {
        assertThat(job(List.of("/dev/null", "/dev/null"), null, null, false, null))
                .isNotNull();
    }

    @Test
    void foldersAndFilesInEachOthersPlace() throws IOException {
        Path sub = Files.createDirectory(folder.resolve("sub.tsv"));
        assertRefused("got the folder", List.of(sub), null, null, null);
        assertRefused("got the folder", List.of(folder.resolve("o.tsv")), sub, null, null);
        assertRefused("got the folder", List.of(folder.resolve("o.tsv")), null, null, sub);
        assertRefused("is no folder", List.of(input.resolve("o.tsv")), null, null, null);
        assertRefused("got the file", List.of(folder.resolve("o.tsv")), null, input, null);
        assertRefused("is no folder", List.of(folder.resolve("o.tsv")), null, input.resolve("split"), null);
    }

    @Test
    void anOutputWithinAnother() throws IOException {
        Path one = folder.resolve("one.tsv");
        assertRefused("within the file of --output", List.of(one, one.resolve("o.tsv")), null, null, null);
        assertRefused("within the file of --output", List.of(one.resolve("a/o.tsv"), one), null, null, null);
        assertRefused("within the file of --output", List.of(one), one.resolve("counts.tsv"), null, null);
        assertRefused("within the file of --output", List.of(one), null, null, one.resolve("report.html"));
        assertRefused("which is the file of --output", List.of(one), null, one, null);
        assertRefused("within the file of --output", List.of(one), null, one.resolve("split"), null);
        assertThat(job(List.of(folder.resolve("split/o.tsv").toString()), null, folder + "/split", false, null))
                .isNotNull();
        assertThat(job(List.of(one.toString(), folder + "/one.tsv.tsv"), null, folder + "/one", false, null))
                .isNotNull();
    }

    @Test
    void parquetOnAPipe() throws Exception {
        Path pipe = folder.resolve("p.parquet");
        assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor())
                .isZero();
        assertRefused("the pipe or device", List.of(pipe), null, null, null);
        assertRefused("the pipe or device", List.of(folder.resolve("o.tsv"), pipe), null, null, null);
    }

    @Test
    void aSplitFolderWithFilesOfAnotherRunUnlessForced() throws IOException {
        Path split = Files.createDirectory(folder.resolve("split"));
        Path output = folder.resolve("o.tsv");
        Files.writeString(split.resolve("notes.txt"), "mine");
        assertThat(job(List.of(output.toString()), null, split.toString(), false, null))
                .isNotNull();
        Files.writeString(split.resolve("Other_label.R1.fastq.gz"), "of another run");
        assertRefused("--force", List.of(output), null, split, null);
        assertThat(job(List.of(output.toString()), null, split.toString(), true, null))
                .isNotNull();
    }

    @Test
    void aSplitFileThatIsAnInputOrAnOutputEvenIfForced() throws IOException {
        Path split = Files.createDirectory(folder.resolve("split"));
        Files.createLink(split.resolve("even.fastq.gz"), input);
        before = listing();
        assertThatThrownBy(() -> job(List.of(folder.resolve("o.tsv").toString()), null, split.toString(), true, null))
                .isInstanceOf(RefusedOutputException.class)
                .hasMessageContaining("even.fastq.gz is the input");
        Path clean = folder.resolve("clean");
        assertRefused("does not write", List.of(clean.resolve("uncalled.bam")), null, clean, null);
        assertThat(job(List.of(clean.resolve("calls.bam").toString()), null, clean.toString(), false, null))
                .isNotNull();
    }
}
