package io.kmerflow.sequence.inspect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.kmerflow.sequence.QualityEncoding;
import io.kmerflow.sequence.file.SequenceFiles;
import io.kmerflow.sequence.file.SequenceReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.junit.jupiter.api.Test;

class InspectionTest {
    private static SequenceReader reader(String text) throws IOException {
        return SequenceFiles.open(new ByteArrayInputStream(text.getBytes(StandardCharsets.US_ASCII)));
    }

    private static FileInspection file(String text) throws IOException {
        return FileInspector.inspect(reader(text));
    }

    private static PairInspection pair(String first, String second) throws IOException {
        return PairInspector.inspect(reader(first), reader(second));
    }

    /** Records of one base, by their headers. */
    private static String reads(String... headers) {
        StringBuilder text = new StringBuilder();
        for (String header : headers) {
            text.append('@').append(header).append("\nA\n+\n#\n");
        }
        return text.toString();
    }

    @Test
    void recordsCountBeforeTheFirstErrorAndRecoveredOnesAfter() throws IOException {
        FileInspection file = file(reads("a", "b") + "junk\n" + reads("c") + "junk\n" + reads("d", "e"));

        assertThat(file.verdict()).isEqualTo(Verdict.REJECT);
        assertThat(file.records()).isEqualTo(2);
        assertThat(file.recovered()).isEqualTo(2); // c stands before junk and is not trusted after an error
        assertThat(file.errorCount()).isEqualTo(1);
        assertThat(file.errors().get(0).record()).isEqualTo(3);
    }

    @Test
    void lengthsAreSummedUp() throws IOException {
        FileInspection file = file(">a\nA\n>b\nACG\n>c\nACGT\n>d\nACGTACGTNN\n");

        assertThat(file.lengths()).isEqualTo(new LengthDistribution(1, 4.5, 3.5, 10, 10));
        assertThat(file.bases()).isEqualTo(18);
        assertThat(file.gcShare()).isEqualTo(0.5);
        assertThat(file.hasQualities()).isFalse();
        assertThat(file.meanQuality()).isNull();
    }

    @Test
    void theMeanQualityIsThatOfTheMeanErrorProbabilityInTheFilesOwnEncoding() throws IOException {
        // Qualities 10 and 30: error 0.1 and 0.001, mean 0.0505.
        assertThat(file("@a\nAC\n+\n+?\n").meanQuality()).isCloseTo(12.967, within(0.001));
        FileInspection phred64 = file("@a\nAC\n+\nJ^\n");
        assertThat(phred64.qualityEncoding()).isEqualTo(QualityEncoding.PHRED64);
        assertThat(phred64.meanQuality()).isCloseTo(12.967, within(0.001));
        assertThat(file("@a\nAC\n+\nBB\n").meanQuality()).isNull();
    }

    @Test
    void headersAreCounted() throws IOException {
        HeaderSummary headers = file(reads(
                        "M1:7:FC:1:1101:15:14 1:N:0:ACGT", "M1:7:FC:1:1101:15:15 1:Y:0:TTTT", "u ch=5 colour=red"))
                .headers();

        assertThat(headers.platforms()).containsEntry("ILLUMINA", 2L);
        assertThat(headers.runIds()).containsEntry("M1:7:FC", 2L);
        assertThat(headers.barcodes()).containsEntry("ACGT", 1L).containsEntry("TTTT", 1L);
        assertThat(headers.fields())
                .containsEntry("filtered", 1L)
                .containsEntry("colour", 1L)
                .containsEntry("channel", 1L);
    }

    @Test
    void differentValuesAreCountedUpToALimit() throws IOException {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < 1500; i++) {
            text.append(reads(String.format(Locale.ROOT, "u%d runid=r%d", i, i)));
        }

        assertThat(file(text.toString()).headers().runIds()).hasSize(1001).containsEntry(HeaderSummary.OTHERS, 500L);
    }

    @Test
    void matesAgreeByNameInTheDialectsOfTheirNumbers() throws IOException {
        assertThat(pair(reads("a/1", "b/1"), reads("a/2", "b/2")).verdict()).isEqualTo(Verdict.ACCEPT);
        assertThat(pair(reads("a 1:N:0:AC"), reads("a 2:N:0:AC")).verdict()).isEqualTo(Verdict.ACCEPT);
        assertThat(pair(reads("a", "b"), reads("a", "b")).pairs()).isEqualTo(2);
        assertThat(pair(reads("a/1"), reads("a/1")).verdict()).isEqualTo(Verdict.ACCEPT);
    }

    @Test
    void anotherNameAnotherNumberOrAMissingRecordIsAPairReject() throws IOException {
        PairInspection swapped = pair(reads("a/1", "b/1", "c/1"), reads("a/2", "c/2", "b/2"));
        assertThat(swapped.verdict()).isEqualTo(Verdict.PAIR_REJECT);
        assertThat(swapped.pairs()).isEqualTo(1);
        assertThat(swapped.disagreement().record()).isEqualTo(2);
        assertThat(swapped.disagreement().message()).isEqualTo("Expected the mate of 'b', got 'c'");

        assertThat(pair(reads("a/1", "b"), reads("a/2", "b/2")).verdict()).isEqualTo(Verdict.PAIR_REJECT);
        assertThat(pair(reads("a/2"), reads("a/1")).disagreement().message()).contains("swapped");
        PairInspection shorter = pair(reads("a/1", "b/1"), reads("a/2"));
        assertThat(shorter.verdict()).isEqualTo(Verdict.PAIR_REJECT);
        assertThat(shorter.pairs()).isEqualTo(1);
    }

    @Test
    void aDamagedFileRejectsThePairWithoutBlamingTheMates() throws IOException {
        PairInspection pair = pair(reads("a/1", "b/1", "c/1"), reads("a/2") + "junk\n" + reads("c/2"));

        assertThat(pair.verdict()).isEqualTo(Verdict.REJECT);
        assertThat(pair.pairs()).isEqualTo(1);
        assertThat(pair.disagreement()).isNull();
    }

    private static InterleavedInspection interleaved(String text) throws IOException {
        return InterleavedInspector.inspect(
                SequenceFiles.open(new ByteArrayInputStream(text.getBytes(StandardCharsets.US_ASCII))), null);
    }

    @Test
    void matesInOneFileStandInPairs() throws IOException {
        for (String text : new String[] {reads("a/1", "a/2", "b/1", "b/2"), reads("a", "a", "b", "b")}) {
            assertThat(interleaved(text).verdict()).isEqualTo(Verdict.ACCEPT);
            assertThat(interleaved(text).pairs()).isEqualTo(2);
        }
        assertThat(interleaved("").verdict()).isEqualTo(Verdict.ACCEPT);
    }

    @Test
    void anOddNumberOrAnotherNameIsAPairReject() throws IOException {
        InterleavedInspection odd = interleaved(reads("a/1", "a/2", "b/1"));
        assertThat(odd.verdict()).isEqualTo(Verdict.PAIR_REJECT);
        assertThat(odd.file().verdict()).isEqualTo(Verdict.ACCEPT);
        assertThat(odd.pairs()).isOne();
        assertThat(odd.disagreement().record()).isEqualTo(3);
        assertThat(odd.disagreement().message()).contains("'b'").contains("the file ends");

        InterleavedInspection other = interleaved(reads("a/1", "a/2", "b/1", "c/2", "d/1", "d/2"));
        assertThat(other.verdict()).isEqualTo(Verdict.PAIR_REJECT);
        assertThat(other.disagreement().record()).isEqualTo(4);
        assertThat(other.disagreement().message()).isEqualTo("Expected the mate of 'b' behind it, got 'c'");

        assertThat(interleaved(reads("a/2", "a/1")).disagreement().message()).contains("swapped");
        assertThat(interleaved(reads("a/1", "a/2") + "junk\n").verdict()).isEqualTo(Verdict.REJECT);
    }

    @Test
    void everyFieldOfAHeaderIsCounted() throws IOException {
        HeaderSummary headers = file(reads(
                        "n1 runid=x sampleid=s barcode=barcode01 ch=7 start_time=2024-05-01T10:00:00Z parent_read_id=p model_version_id=m odd=1",
                        "n2\tdx:i:1\tRX:Z:ACGT\tBC:Z:ACGT",
                        "M1:7:FC:1:1101:15:14 2:Y:0:ACGT",
                        "M1:7:FC:1:1101:15:15 1:N:0:ACGT",
                        "plain"))
                .headers();
        assertThat(headers.fields())
                .containsEntry("mate", 2L)
                .containsEntry("runId", 3L)
                .containsEntry("sampleId", 1L)
                .containsEntry("barcodeName", 1L)
                .containsEntry("indexSequence", 3L)
                .containsEntry("umi", 1L)
                .containsEntry("channel", 1L)
                .containsEntry("startTime", 1L)
                .containsEntry("basecallerModel", 1L)
                .containsEntry("parentReadId", 1L)
                .containsEntry("duplex", 1L)
                .containsEntry("filtered", 1L)
                .containsEntry("odd", 1L)
                .hasSize(13);
        assertThat(headers.barcodes())
                .containsEntry("barcode01", 1L)
                .containsEntry("ACGT", 3L)
                .hasSize(2);
    }
}
