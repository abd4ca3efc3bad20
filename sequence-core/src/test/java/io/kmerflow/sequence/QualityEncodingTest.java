package io.kmerflow.sequence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class QualityEncodingTest {
    private static Optional<QualityEncoding> detected(String... qualities) {
        QualityEncodingDetector detector = new QualityEncodingDetector();
        for (String quality : qualities) {
            detector.add(ascii(quality));
        }
        return detector.encoding();
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    @Test
    void eachEncodingHasItsOwnZero() {
        assertThat(QualityEncoding.PHRED33.decode(ascii("!I~"))).containsExactly(0, 40, 93);
        assertThat(QualityEncoding.PHRED64.decode(ascii("@h~"))).containsExactly(0, 40, 62);
    }

    @Test
    void solexaQualitiesBecomePhredOnes() {
        // Solexa -5, -4, 0, 9, 10, 40: error probabilities 0.76, 0.72, 0.5, 0.11, 0.09 and 0.0001.
        assertThat(QualityEncoding.SOLEXA64.decode(ascii(";<@IJh"))).containsExactly(1, 1, 3, 10, 10, 40);
    }

    @Test
    void aCharacterUnderTheOffsetIsMalformed() {
        assertThatThrownBy(() -> QualityEncoding.PHRED64.decode(ascii("hh?")))
                .isInstanceOf(MalformedReadException.class)
                .hasMessage("Expected a quality character '@' to '~' at position 2, got '?'");
        assertThatThrownBy(() -> QualityEncoding.SOLEXA64.decode(new byte[] {'h', (byte) 0x9f}))
                .isInstanceOf(MalformedReadException.class);
    }

    @Test
    void charactersThatOneEncodingAloneHasDecide() {
        assertThat(detected("IIII", "hh~:")).contains(QualityEncoding.PHRED33);
        assertThat(detected("hhhB", "@")).contains(QualityEncoding.PHRED64);
        assertThat(detected("hhh;")).contains(QualityEncoding.SOLEXA64);
    }

    @Test
    void plausibleQualitiesDecideWhereBothOffsetsFit() {
        assertThat(detected("IIIIFFFF")).contains(QualityEncoding.PHRED33);
        assertThat(detected("~~~~")).contains(QualityEncoding.PHRED33);
    }

    @Test
    void oneQualityThroughoutIsThatOfTheOnlyEncodingItFits() {
        for (char constant = '!'; constant <= '~'; constant++) {
            QualityEncoding expected = QualityEncoding.PHRED33;
            if (constant >= '@' && constant <= 'B') {
                expected = null; // Phred+33 31 to 33, or old Illumina's failed reads
            } else if (constant > 'K' && constant <= 'i') {
                expected = QualityEncoding.PHRED64;
            }
            assertThat(detected(String.valueOf(constant).repeat(4)).orElse(null))
                    .as("%c", constant)
                    .isEqualTo(expected);
        }
        assertThat(detected("????", ";<=>")).contains(QualityEncoding.PHRED33);
    }

    @Test
    void aFileOfFailedReadsAloneIsUnknown() {
        assertThat(detected("BBBB")).isEmpty();
        assertThat(detected()).isEmpty();
    }
}
