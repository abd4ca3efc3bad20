package io.kmerflow.sequence.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ReadListTest {
    @TempDir
    Path folder;

    private ReadList list(String text) throws IOException {
        return ReadList.read(Files.writeString(folder.resolve("list.tsv"), text));
    }

    @Test
    void whatIsNotGivenIsAny() throws IOException {
        ReadList list = list("# withdrawn\nanywhere\n\nin-run\trun\none-mate\trun\t2\n");

        assertThat(list.test(new ReadIdentity("any", "anywhere", 1))).isTrue();
        assertThat(list.test(new ReadIdentity("run", "in-run", 1))).isTrue();
        assertThat(list.test(new ReadIdentity("other", "in-run", 1))).isFalse();
        assertThat(list.test(new ReadIdentity("run", "one-mate", 2))).isTrue();
        assertThat(list.test(new ReadIdentity("run", "one-mate", 1))).isFalse();
        assertThat(ReadList.EMPTY.test(new ReadIdentity("any", "anywhere", 1))).isFalse();
    }

    @Test
    void takesWhatEditorsAndSpreadsheetsMakeOfAList() throws IOException {
        ReadList list = list("\uFEFFfirst\r\nsecond \trun\r\n");

        assertThat(list.test(new ReadIdentity("any", "first", 0))).isTrue();
        assertThat(list.test(new ReadIdentity("run", "second", 0))).isTrue();
    }

    @Test
    void tellsWhichLinesMeanARead() throws IOException {
        ReadList list = list("a\na\trun\na\trun\t1\nb\nb\n");

        assertThat(list.size()).isEqualTo(4);
        assertThat(list.linesOf(new ReadIdentity("run", "a", 1))).hasSize(3);
        assertThat(list.linesOf(new ReadIdentity("other", "a", 1))).hasSize(1);
        assertThat(list.linesOf(new ReadIdentity("run", "c", 1))).isEmpty();
    }

    @Test
    void rejectsOtherCharsets() {
        assertThatThrownBy(() ->
                        ReadList.read(Files.write(folder.resolve("latin.tsv"), new byte[] {'r', (byte) 0xE9, '\n'})))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("in UTF-8, got other bytes in ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"a\t\n", "a\trun\t3\n", "a\trun\t1\tx\n", "good\n\trun\n"})
    void rejectsLinesThatNameNoRead(String text) {
        assertThatThrownBy(() -> list(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("Expected the name of a read, its run and mate 0, 1 or 2")
                .hasMessageContaining("in line " + text.lines().count() + " of ");
    }

    @Test
    void rejectsListsWithoutARead() {
        assertThatThrownBy(() -> list("# none\n")).hasMessageContaining("got none in");
        assertThatThrownBy(() -> ReadList.read(folder.resolve("absent"))).hasMessageContaining("absent");
    }
}
