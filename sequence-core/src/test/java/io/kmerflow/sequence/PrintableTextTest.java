package io.kmerflow.sequence;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Locale;
import org.junit.jupiter.api.Test;

class PrintableTextTest {
    @Test
    void everyControlCharacterBecomesItsNumber() {
        for (char c = 0; c < 0xa0; c++) {
            boolean control = c < ' ' || c >= 0x7f;
            String expected = control ? String.format(Locale.ROOT, "a\\x%02xb", (int) c) : "a" + c + "b";
            assertThat(PrintableText.escape("a" + c + "b"))
                    .as("0x%02x", (int) c)
                    .isEqualTo(expected);
        }
    }

    @Test
    void separatorsAndCharactersThatTurnTheDirectionBecomeNumbers() {
        assertThat(PrintableText.escape("a\u2028b\u2029c\u202ed\u200fe\ufefff"))
                .isEqualTo("a\\u2028b\\u2029c\\u202ed\\u200fe\\ufefff");
        assertThat(PrintableText.escape("half \ud83d and \udc00")).isEqualTo("half \\ud83d and \\udc00");
    }

    @Test
    void printedCharactersStayWhateverTheirScript() {
        String printed = "Grüße 日本 \ud83e\uddec a\\b %s /1 é";
        assertThat(PrintableText.escape(printed)).isEqualTo(printed);
        assertThat(PrintableText.escape(null)).isNull();
    }
}
