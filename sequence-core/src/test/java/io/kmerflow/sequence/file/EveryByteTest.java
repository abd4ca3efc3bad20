package io.kmerflow.sequence.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.kmerflow.sequence.MalformedReadException;
import io.kmerflow.sequence.Nucleotide;
import io.kmerflow.sequence.file.SequenceItem.Failure;
import io.kmerflow.sequence.file.SequenceItem.Parsed;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What each of the 256 byte values is in a line of bases, and in one of qualities. */
class EveryByteTest {
    private static final String BASES = "ACGT";
    private static final String CODES = "NRYSWKMBDHV";

    static List<Integer> everyByte() {
        List<Integer> values = new ArrayList<>();
        for (int value = 0; value < 256; value++) {
            values.add(value);
        }
        return values;
    }

    /** The base a byte stands for, or 0. */
    private static char expected(int value) {
        char upper = (char) (value >= 'a' && value <= 'z' ? value - 32 : value);
        if (BASES.indexOf(upper) >= 0) {
            return upper;
        }
        if (upper == 'U') {
            return 'T';
        }
        return CODES.indexOf(upper) >= 0 || value == '.' ? 'N' : 0;
    }

    private static List<SequenceItem> read(SequenceReader reader) throws IOException {
        List<SequenceItem> items = new ArrayList<>();
        for (SequenceItem item = reader.next(); item != null; item = reader.next()) {
            items.add(item);
        }
        return items;
    }

    private static ByteArrayInputStream with(int value, String before, String behind) {
        return new ByteArrayInputStream((before + (char) value + behind).getBytes(StandardCharsets.ISO_8859_1));
    }

    @Test
    void exactlyThirtyThreeBytesAreBases() {
        assertThat(everyByte().stream().filter(value -> expected(value) != 0)).hasSize(33);
    }

    @ParameterizedTest
    @MethodSource("everyByte")
    void normalizingKeepsBasesAndRefusesTheRest(int value) {
        byte[] bases = {'A', (byte) value, 'C'};
        if (expected(value) != 0) {
            assertThat(Nucleotide.normalize(bases)).containsExactly('A', expected(value), 'C');
        } else {
            assertThat(catchThrowable(() -> Nucleotide.normalize(bases)))
                    .isInstanceOf(MalformedReadException.class)
                    .hasMessageContaining("at base 1");
        }
    }

    @ParameterizedTest
    @MethodSource("everyByte")
    void inFastqItIsABaseOrALineEndOrMalformed(int value) throws IOException {
        List<SequenceItem> items = read(new FastqReader(with(value, "@x\nAC", "GT\n+\nIIIII\n@next\nGG\n+\nII\n")));

        if (expected(value) != 0) {
            assertThat(((Parsed) items.get(0)).bases()).containsExactly('A', 'C', value, 'G', 'T');
        } else {
            // A line feed leaves four bases for five qualities.
            assertThat(items.get(0)).isInstanceOf(Failure.class);
        }
        assertThat(((Parsed) items.get(1)).header()).isEqualTo("next");
        assertThat(items).hasSize(2);
    }

    @ParameterizedTest
    @MethodSource("everyByte")
    void inFastaItIsABaseOrALineEndOrMalformed(int value) throws IOException {
        List<SequenceItem> items = read(new FastaReader(with(value, ">x\nAC", "GT\n>next\nGG\n")));

        if (value == '\n') {
            assertThat(((Parsed) items.get(0)).bases()).asString().isEqualTo("ACGT");
        } else if (expected(value) != 0) {
            assertThat(((Parsed) items.get(0)).bases()).containsExactly('A', 'C', value, 'G', 'T');
        } else {
            assertThat(items.get(0)).isInstanceOf(Failure.class);
        }
        assertThat(((Parsed) items.get(1)).header()).isEqualTo("next");
        assertThat(items).hasSize(2);
    }

    @ParameterizedTest
    @MethodSource("everyByte")
    void beforeALineFeedOnlyACarriageReturnIsPartOfTheLineEnd(int value) throws IOException {
        List<SequenceItem> fastq = read(new FastqReader(with(value, "@x\nAC", "\n+\nII\n")));
        List<SequenceItem> fasta = read(new FastaReader(with(value, ">x\nAC", "\nGG\n")));

        assertThat(fastq.get(0) instanceof Parsed).isEqualTo(value == '\r');
        boolean trimmed = value == '\r' || value == '\n' || value == ' ' || value == '\t';
        if (trimmed) {
            assertThat(((Parsed) fasta.get(0)).bases()).asString().isEqualTo("ACGG");
        } else {
            assertThat(fasta.get(0) instanceof Parsed).isEqualTo(expected(value) != 0);
        }
    }

    @ParameterizedTest
    @MethodSource("everyByte")
    void amongQualitiesItIsOneOfNinetyFourCharactersOrMalformed(int value) throws IOException {
        List<SequenceItem> items = read(new FastqReader(with(value, "@x\nACGTA\n+\nII", "II\n@next\nGG\n+\nII\n")));

        if (value >= '!' && value <= '~') {
            assertThat(((Parsed) items.get(0)).phredQualities()).containsExactly(40, 40, value - 33, 40, 40);
        } else {
            assertThat(items.get(0)).isInstanceOf(Failure.class);
        }
        assertThat(((Parsed) items.get(1)).header()).isEqualTo("next");
    }
}
