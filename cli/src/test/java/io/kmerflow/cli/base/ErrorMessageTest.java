package io.kmerflow.cli.base;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ErrorMessageTest {
    @TempDir
    Path folder;

    @Test
    void errorsOfFilesThatSayTheirNameAloneBecomeSentences() throws IOException {
        Path file = Files.createFile(folder.resolve("there"));
        Path absent = folder.resolve("absent");

        assertThat(ErrorMessage.of(catchThrowable(() -> Files.newInputStream(absent))))
                .isEqualTo("Expected to use " + absent + ", there is no such file or folder");
        assertThat(ErrorMessage.of(catchThrowable(() -> Files.createFile(file))))
                .isEqualTo("Expected no file at " + file + ", there is one");
        assertThat(ErrorMessage.of(catchThrowable(() -> Files.newDirectoryStream(file))))
                .isEqualTo("Expected a folder at " + file + ", got a file");
        assertThat(ErrorMessage.of(catchThrowable(() -> Files.delete(folder))))
                .isEqualTo("Expected an empty folder at " + folder + ", got one with files");
        assertThat(ErrorMessage.of(catchThrowable(() -> Files.createFile(file.resolve("below")))))
                .isEqualTo("Expected to use " + file.resolve("below") + ", got: Not a directory");
        assertThat(ErrorMessage.of(new UncheckedIOException(new AccessDeniedException("/corpora"))))
                .isEqualTo("Expected permission to use /corpora, got none");
    }

    @Test
    void errorsOfOurOwnSayTheirSentence() {
        assertThat(ErrorMessage.of(new RuntimeException("wrapped", new CommandFailure("Expected this, got that"))))
                .isEqualTo("Expected this, got that");
        assertThat(ErrorMessage.of(new IllegalArgumentException(
                        "Expected the manifest of a corpus at x, got: a directory", new IOException("Is a directory"))))
                .isEqualTo("Expected the manifest of a corpus at x, got: a directory");
    }
}
