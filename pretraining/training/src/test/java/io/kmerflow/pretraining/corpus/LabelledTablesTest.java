package io.kmerflow.pretraining.corpus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kmerflow.pretraining.corpus.LabelledSequences.Columns;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Tables as users have them: words for labels, other columns, other separators. */
class LabelledTablesTest {
    @TempDir
    Path folder;

    private Path file(String name, String text) throws IOException {
        return Files.writeString(folder.resolve(name), text);
    }

    private static List<String> read(Path file, Columns columns, LabelNames names) {
        return LabelledSequences.read(file, columns, names).stream()
                .map(row -> new String(row.bases(), StandardCharsets.US_ASCII) + row.label())
                .toList();
    }

    @Test
    void wordsAreLabelsInAlphabeticalOrder() throws IOException {
        Path table = file("w.csv", "sequence,label\nACGT,yeast\nAAAA,human\nCCCC,\"E. coli, K-12\"\nTTTT,human\n");
        LabelNames names = LabelledSequences.names(table, Columns.USUAL);
        assertThat(names.names()).containsExactly("E. coli, K-12", "human", "yeast");
        assertThat(read(table, Columns.USUAL, names)).containsExactly("ACGT2", "AAAA1", "CCCC0", "TTTT1");
        Path other = file("o.csv", "sequence,label\nACGT,0\n");
        assertThatThrownBy(() -> LabelledSequences.read(other, Columns.USUAL, names))
                .as("a number is no word: which one it stands for nobody said")
                .hasMessageContaining("one of the labels E. coli, K-12, human, yeast in line 2")
                .hasMessageContaining("got '0'");
    }

    @ParameterizedTest
    @CsvSource({"'\t'", "','", "';'"})
    void namedColumnsAreTakenFromAmongOthersWhateverSeparatesThem(String separator) throws IOException {
        String text = "\ufeff,id,Bases,\"species\"\r\n0,a,acgu,one\r\n1,\"b\"\"c\",RYAC,two\r\n\r\n";
        Path table = file("t.txt", text.replace(",", separator));
        Columns columns = new Columns("bases", "species");
        LabelNames names = LabelledSequences.names(table, columns);
        assertThat(read(table, columns, names)).containsExactly("ACGT0", "NNAC1");
        assertThatThrownBy(() -> LabelledSequences.names(table, Columns.USUAL))
                .hasMessageContaining("header sequence,label in line 1")
                .hasMessageContaining("--sequence-column");
    }

    @Test
    void twoColumnsThatCouldBeMeantAreRefused() throws IOException {
        Path table = file("t.csv", "seq,sequence,label\nA,ACGT,0\nC,ACGA,1\n");
        assertThatThrownBy(() -> LabelledSequences.names(table, Columns.USUAL))
                .hasMessageContaining("got 'seq,sequence");
        assertThat(read(table, new Columns("sequence", null), LabelNames.numbers(2)))
                .containsExactly("ACGT0", "ACGA1");
    }

    @Test
    void aFileOfLabelsNamesNumbersOrWordsAndSaysTheirOrder() throws IOException {
        Path numbers = file("n.csv", "sequence,label\nACGT,2\nAAAA,1\n");
        LabelNames pairs = LabelNames.read(file("l.tsv", "label\tclass\tgenomes\n1\tpromoter\t9\n2\tother\t7\n"));
        assertThat(pairs.names()).containsExactly("promoter", "other");
        assertThat(read(numbers, Columns.USUAL, pairs)).containsExactly("ACGT1", "AAAA0");
        Path words = file("w.csv", "sequence,label\nACGT,promoter\nAAAA,other\n");
        assertThat(read(words, Columns.USUAL, pairs)).containsExactly("ACGT0", "AAAA1");
        LabelNames list = LabelNames.read(file("l.txt", "promoter\nother\n"));
        assertThat(read(words, Columns.USUAL, list)).containsExactly("ACGT0", "AAAA1");
        assertThat(read(file("z.csv", "sequence,label\nACGT,1\n"), Columns.USUAL, list))
                .containsExactly("ACGT1");
        assertThatThrownBy(() -> LabelledSequences.read(numbers, Columns.USUAL, list))
                .hasMessageContaining("got '2'");
        Path twice = file("t.txt", "a\nb\na\n");
        assertThatThrownBy(() -> LabelNames.read(twice))
                .hasMessageContaining("line 3 of")
                .hasMessageContaining("got 'a'");
    }

    @ParameterizedTest
    @CsvSource({"0.0;1.0, got '0.0'", "1;2, got '2'", "-1;0, got '-1'", "a;a, got a alone"})
    void labelsThatAreMistakenNumbersAreRefused(String labels, String got) throws IOException {
        String[] two = labels.split(";");
        Path table = file("t.csv", "sequence,label\nACGT," + two[0] + "\nACGG," + two[1] + "\n");
        assertThatThrownBy(() -> LabelledSequences.names(table, Columns.USUAL))
                .isInstanceOf(CorpusException.class)
                .hasMessageContaining(got);
    }
}
