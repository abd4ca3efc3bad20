package io.kmerflow.files.write;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OutputFileTest {
    @TempDir
    Path temporary;

    private Path folder;

    @BeforeEach
    void realFolder() throws IOException {
        folder = temporary.toRealPath();
    }

    private static void write(OutputFile file, String text) throws IOException {
        try (OutputStream out = file.open()) {
            out.write(text.getBytes(StandardCharsets.UTF_8));
        }
    }

    private List<String> names() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    @Test
    void aFileThatIsThereStaysWholeUntilTheRunHasSucceeded() throws IOException {
        Path there = Files.writeString(folder.resolve("a.tsv"), "before");
        Path foreign = Files.writeString(folder.resolve("a.tsv.part"), "of somebody else");
        try (RunOutputs outputs = new RunOutputs()) {
            OutputFile file = outputs.add(new OutputFile(there.toString()));
            write(file, "after");
            assertThat(there).hasContent("before");
            outputs.commit();
        }
        assertThat(there).hasContent("after");
        assertThat(foreign).hasContent("of somebody else");
        assertThat(names()).containsExactly("a.tsv", "a.tsv.part");
    }

    @Test
    void aRunThatFailsLeavesNothingAndRemovesNothingElse() throws IOException {
        Path there = Files.writeString(folder.resolve("a.tsv"), "before");
        Path made = folder.resolve("new/deeper");
        Path shared = folder.resolve("other");
        OutputFile late;
        try (RunOutputs outputs = new RunOutputs()) {
            write(outputs.add(new OutputFile(there.toString())), "after");
            write(outputs.add(new OutputFile(made.resolve("b.tsv").toString())), "b");
            write(outputs.addScratch(new OutputFile(shared.resolve("c.calls").toString())), "c");
            late = outputs.add(new OutputFile(folder.resolve("late.tsv").toString()));
            Files.writeString(shared.resolve("of-somebody-else"), "kept");
        }
        assertThat(there).hasContent("before");
        assertThat(names()).containsExactly("a.tsv", "other");
        assertThat(shared).isDirectoryContaining("glob:**of-somebody-else");
        assertThatThrownBy(late::open).isInstanceOf(IOException.class).hasMessageContaining("stopped");
    }

    @Test
    void scratchFilesAreGoneAfterARunThatSucceeded() throws IOException {
        try (RunOutputs outputs = new RunOutputs()) {
            write(outputs.addScratch(new OutputFile(folder.resolve("calls").toString())), "c");
            outputs.add(new OutputFile(folder.resolve("never-written.tsv").toString()));
            outputs.commit();
        }
        assertThat(names()).isEmpty();
    }

    @Test
    void aLinkStaysAndWhatItPointsAtIsReplaced() throws IOException {
        Path real = Files.createDirectory(folder.resolve("elsewhere")).resolve("real.tsv");
        Files.writeString(real, "before");
        Path link = Files.createSymbolicLink(folder.resolve("link.tsv"), Path.of("elsewhere/real.tsv"));
        Path dangling = Files.createSymbolicLink(folder.resolve("new.tsv"), Path.of("elsewhere/new.tsv"));
        try (RunOutputs outputs = new RunOutputs()) {
            write(outputs.add(new OutputFile(link.toString())), "after");
            write(outputs.add(new OutputFile(dangling.toString())), "new");
            outputs.commit();
        }
        assertThat(link).isSymbolicLink().hasContent("after");
        assertThat(dangling).isSymbolicLink().hasContent("new");
        assertThat(real).hasContent("after");
    }

    @Test
    void devicesAreWrittenAtOnceAndNeverReplaced() throws IOException {
        for (String path : List.of("-", "/dev/stdout", "/dev/null", "/dev/fd/1", "/dev/stderr")) {
            assertThat(OutputFile.isSpecial(path)).as(path).isTrue();
        }
        assertThat(OutputFile.isSpecial(folder.resolve("a.tsv").toString())).isFalse();
        assertThat(OutputFile.isSpecial(folder.toString())).isFalse();
        try (RunOutputs outputs = new RunOutputs()) {
            write(outputs.add(new OutputFile("/dev/null")), "nowhere");
            outputs.commit();
        }
        assertThat(Files.isRegularFile(Path.of("/dev/null"))).isFalse();
    }

    @Test
    void aFullDeviceIsNamed() {
        OutputFile full = new OutputFile("/dev/full");
        assertThatThrownBy(() -> write(full, "x"))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("/dev/full");
    }

    @Test
    void aNameAsLongAsTheSystemAllowsCanBeWritten() throws IOException {
        Path longest = folder.resolve("n".repeat(251) + ".tsv");
        try (RunOutputs outputs = new RunOutputs()) {
            write(outputs.add(new OutputFile(longest.toString())), "x");
            outputs.commit();
        }
        assertThat(longest).hasContent("x");
    }

    @Test
    void anEndingInCapitalsIsCompressedToo() throws IOException {
        Path capitals = folder.resolve("A.TSV.GZ");
        try (RunOutputs outputs = new RunOutputs()) {
            write(outputs.add(new OutputFile(capitals.toString())), "x");
            outputs.commit();
        }
        try (InputStream in = new GZIPInputStream(Files.newInputStream(capitals))) {
            assertThat(in.readAllBytes()).containsExactly('x');
        }
    }
}
