package io.kmerflow.sequence.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.junit.jupiter.api.Test;

class QualityEncodingGuardTest {
    private static QualityEncodingGuard guard(String text) {
        return new QualityEncodingGuard(
                new FastqReader(new ByteArrayInputStream(text.getBytes(StandardCharsets.US_ASCII))));
    }

    private static String record(String qualities) {
        return String.format(Locale.ROOT, "@r\n%s\n+\n%s\n", "A".repeat(qualities.length()), qualities);
    }

    private static int count(SequenceReader reader) throws IOException {
        int items = 0;
        while (reader.next() != null) {
            items++;
        }
        return items;
    }

    @Test
    void everyItemOfAPhred33FilePasses() throws IOException {
        assertThat(count(guard(record("IIII") + "junk\n" + record("##II").repeat(3))))
                .isEqualTo(5);
        assertThat(count(guard(record("FFFF").repeat(20_000)))).isEqualTo(20_000);
        assertThat(count(guard(record("~~~~")))).isOne();
    }

    @Test
    void aFileWithoutQualitiesPasses() throws IOException {
        assertThat(count(guard(record("").repeat(3)))).isEqualTo(3);
        assertThat(count(guard(""))).isZero();
    }

    @Test
    void offset64IsRefusedBeforeTheFirstReadWithTheOptionToGive() {
        assertThatThrownBy(() ->
                        guard(record("BBBB").repeat(9_000) + record("ffff")).next())
                .isInstanceOf(UnclearQualitiesException.class)
                .hasMessageContaining("--quality-encoding phred64");
        assertThatThrownBy(() -> guard(record("hh;h")).next()).hasMessageContaining("--quality-encoding solexa64");
    }

    @Test
    void failedReadsAloneFitBothAndAreRefused() {
        assertThatThrownBy(() -> guard(record("BBBB")).next())
                .isInstanceOf(UnclearQualitiesException.class)
                .hasMessageContaining("--quality-encoding phred33, phred64 or solexa64");
    }

    @Test
    void aLaterCharacterThatTellsOffset64EndsTheReading() throws IOException {
        int plausible = QualityEncodingGuard.LOOK_AHEAD_RECORDS;
        QualityEncodingGuard guard = guard(record("CDEF").repeat(plausible) + record("hhhh"));
        for (int i = 0; i < plausible; i++) {
            assertThat(guard.next()).isInstanceOf(SequenceItem.Parsed.class);
        }
        assertThatThrownBy(guard::next).isInstanceOf(UnclearQualitiesException.class);
    }
}
