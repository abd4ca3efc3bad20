package io.kmerflow.sequence.file;

import static org.assertj.core.api.Assertions.assertThat;

import io.kmerflow.sequence.file.SequenceItem.Parsed;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which name and which mate number two records get that stand in the places of mates. */
class MatesTest {
    private static SequenceReader fastq(List<String> headers) {
        StringBuilder text = new StringBuilder();
        headers.forEach(header -> text.append("@").append(header).append("\nACGT\n+\n!III\n"));
        return new FastqReader(new ByteArrayInputStream(text.toString().getBytes(StandardCharsets.UTF_8)));
    }

    private static String said(ReadHeader header) {
        return header.readId() + " " + header.mate();
    }

    private static List<String> pairs(List<String> first, List<String> second) throws IOException {
        List<String> said = new ArrayList<>();
        try (MateReaders mates = new MateReaders(fastq(first), fastq(second))) {
            for (int i = 0; i < Math.max(first.size(), second.size()); i++) {
                for (int side = 0; side < 2; side++) {
                    if (mates.next(side) instanceof Parsed parsed) {
                        said.add(said(parsed.readHeader()));
                    }
                }
            }
        }
        return said;
    }

    private static List<String> interleaved(String... headers) throws IOException {
        List<String> said = new ArrayList<>();
        try (InterleavedReader mates = new InterleavedReader(fastq(List.of(headers)))) {
            for (SequenceItem item = mates.next(); item != null; item = mates.next()) {
                said.add(said(((Parsed) item).readHeader()));
            }
        }
        return said;
    }

    @ParameterizedTest
    @CsvSource({
        "x%s, x%s",
        "x%s/1, x%s/2",
        "x%s/1, x%s/1",
        "x%s/2, x%s/2",
        "x%s/1, x%s/3",
        "x%s/1, x%s",
        "x%s.1, x%s.2",
        "x%s_1, x%s_2",
        "x%s-1, x%s-2",
        "x%s_R1, x%s_R2",
        "x%s_r1, x%s_r3",
        "x%s.R1, x%s.R2",
        "x%s 1:N:0:ACGT, x%s 2:N:0:ACGT",
        "x%s 1:N:0:ACGT, x%s 3:N:0:ACGT",
        "x%s 1:N:0:ACGT, x%s 1:N:0:ACGT",
    })
    void matesGetOneNameAndTheNumberOfTheirPlace(String first, String second) throws IOException {
        List<String> firsts = Stream.of("a", "b", "c")
                .map(name -> String.format(Locale.ROOT, first, name))
                .toList();
        List<String> seconds = Stream.of("a", "b", "c")
                .map(name -> String.format(Locale.ROOT, second, name))
                .toList();

        assertThat(pairs(firsts, seconds)).containsExactly("xa 1", "xa 2", "xb 1", "xb 2", "xc 1", "xc 2");
        assertThat(pairs(firsts.subList(0, 1), seconds.subList(0, 1))).containsExactly("xa 1", "xa 2");
        assertThat(interleaved(firsts.get(0), seconds.get(0), firsts.get(1), seconds.get(1)))
                .containsExactly("xa 1", "xa 2", "xb 1", "xb 2");
    }

    @Test
    void twoFilesThatAreSwappedKeepTheNumbersOfTheirNames() throws IOException {
        assertThat(pairs(List.of("a/2", "b/2"), List.of("a/1", "b/1"))).containsExactly("a 2", "a 1", "b 2", "b 1");
        assertThat(pairs(List.of("a 2:N:0:A"), List.of("a 1:N:0:A"))).containsExactly("a 2", "a 1");
    }

    @Test
    void archivesAndOldIlluminaRuns() throws IOException {
        assertThat(pairs(List.of("SRR7.1 1 length=4"), List.of("SRR7.1 1 length=4")))
                .containsExactly("SRR7.1 1", "SRR7.1 2");
        assertThat(pairs(List.of("CRR7.9.1 9"), List.of("CRR7.9.2 9"))).containsExactly("CRR7.9 1", "CRR7.9 2");
        assertThat(pairs(List.of("H:6:73:941:1970#0/1"), List.of("H:6:73:941:1970#0/2")))
                .containsExactly("H:6:73:941:1970#0 1", "H:6:73:941:1970#0 2");
    }

    @Test
    void aNumberOfRecordsIsNoNumberOfMates() throws IOException {
        // One read was taken out of the second file: its neighbours look like mates 1 and 2.
        List<String> first = Stream.of(1, 2, 3, 4).map(i -> "x." + i).toList();
        List<String> second = Stream.of(2, 3, 4).map(i -> "x." + i).toList();
        assertThat(pairs(first, second)).containsExactly("x.1 1", "x.2 2", "x.2 1", "x.3 2", "x.3 1", "x.4 2", "x.4 1");
        assertThat(interleaved("x.1", "x.2", "x.3", "x.4", "x.5", "x.6", "x.7", "x.8", "x.9"))
                .doesNotContain("x 1", "x 2");
    }

    @Test
    void aNameThatBeginsAsAnotherDoesIsAnother() throws IOException {
        assertThat(pairs(List.of("x:1:21460", "x:1:21461"), List.of("x:1:214610", "x:1:214611")))
                .containsExactly("x:1:21460 1", "x:1:214610 2", "x:1:21461 1", "x:1:214611 2");
    }

    @Test
    void theRuleHoldsWhereMatesAreOutOfStepFromTheStart() throws IOException {
        assertThat(pairs(List.of("a_R1", "b_R1"), List.of("b_R2", "c_R2"))).containsExactly("a 1", "b 2", "b 1", "c 2");
        assertThat(pairs(List.of("a_R1", "b_R1"), List.of("c_R2", "d_R2"))).containsExactly("a 1", "c 2", "b 1", "d 2");
    }

    @Test
    void theRuleOfTheFirstRecordsHoldsForLaterOnes() throws IOException {
        List<String> first = new ArrayList<>();
        List<String> second = new ArrayList<>();
        for (int i = 0; i < MateNames.DECIDING_RECORDS; i++) {
            first.add("x" + i);
            second.add("x" + i);
        }
        first.add("y.1");
        second.add("y.2");
        assertThat(pairs(first, second)).endsWith("y.1 1", "y.2 2");
    }

    @Test
    void aReadWithoutAMateKeepsTheNumberOfItsName() throws IOException {
        assertThat(interleaved("a/1", "a/2", "b/2", "c/1", "c/2")).containsExactly("a 1", "a 2", "b 2", "c 1", "c 2");
        assertThat(interleaved("a_1", "a_2", "b_2", "c_1", "c_2")).containsExactly("a 1", "a 2", "b 2", "c 1", "c 2");
        assertThat(interleaved("transcript/0", "transcript/1", "other/3"))
                .containsExactly("transcript/0 0", "transcript/1 0", "other/3 0");
    }

    @Test
    void aMateWithoutARunHasThatOfTheOther() throws IOException {
        String casava = "M1:7:FC:1:1101:15:14";
        for (List<String> headers :
                List.of(List.of(casava + " 1:N:0:A", casava), List.of(casava, casava + " 2:N:0:A"))) {
            try (MateReaders mates = new MateReaders(fastq(headers.subList(0, 1)), fastq(headers.subList(1, 2)))) {
                for (int side = 0; side < 2; side++) {
                    assertThat(((Parsed) mates.next(side)).readHeader().runId()).isEqualTo("M1:7:FC");
                }
            }
            try (InterleavedReader mates = new InterleavedReader(fastq(headers))) {
                for (int side = 0; side < 2; side++) {
                    assertThat(((Parsed) mates.next()).readHeader().runId()).isEqualTo("M1:7:FC");
                }
            }
        }
    }

    /** Files given the other way round: a record that does not say which mate it is has its place in that order. */
    @Test
    void aRecordWithoutANumberIsTheMateThatOthersOfItsFileAre() throws IOException {
        assertThat(pairs(List.of("a/2", "b"), List.of("a/1", "b"))).containsExactly("a 2", "a 1", "b 2", "b 1");
        assertThat(pairs(List.of("a/1", "b"), List.of("a/2", "b"))).containsExactly("a 1", "a 2", "b 1", "b 2");
        assertThat(pairs(List.of("a/1", "b/2"), List.of("a/1", "b/2"))).containsExactly("a 1", "a 2", "b 1", "b 2");
    }
}
