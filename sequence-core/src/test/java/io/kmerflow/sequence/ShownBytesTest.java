package io.kmerflow.sequence;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class ShownBytesTest {
    private static String quoted(String text) {
        return ShownBytes.quoted(text.getBytes(StandardCharsets.UTF_8), 10);
    }

    @Test
    void aByteIsShownAsItsCharacterOrByItsName() {
        assertThat(ShownBytes.character((byte) '!')).isEqualTo("'!'");
        assertThat(ShownBytes.character((byte) '~')).isEqualTo("'~'");
        assertThat(ShownBytes.character((byte) 0)).isEqualTo("a NUL byte");
        assertThat(ShownBytes.character((byte) '\t')).isEqualTo("a tab");
        assertThat(ShownBytes.character((byte) '\n')).isEqualTo("a line feed");
        assertThat(ShownBytes.character((byte) '\r')).isEqualTo("a carriage return");
        assertThat(ShownBytes.character((byte) ' ')).isEqualTo("a blank");
        assertThat(ShownBytes.character((byte) 0x1b)).isEqualTo("control character 0x1b");
        assertThat(ShownBytes.character((byte) 0x7f)).isEqualTo("control character 0x7f");
        assertThat(ShownBytes.character((byte) 0x80)).isEqualTo("byte 0x80");
        assertThat(ShownBytes.character((byte) 0xff)).isEqualTo("byte 0xff");
    }

    @Test
    void aLongTextIsCutAndSaidToBe() {
        assertThat(quoted("0123456789")).isEqualTo("'0123456789'");
        assertThat(quoted("0123456789a")).isEqualTo("'0123456789...'");
        assertThat(quoted("")).isEqualTo("''");
    }

    @Test
    void quotedBytesHaveNothingThatATerminalObeys() {
        assertThat(quoted("sm\u00f8r \u65e5")).isEqualTo("'sm\u00f8r \u65e5'");
        assertThat(quoted("a\u001bb")).isEqualTo("'a\\x1bb'");
        assertThat(quoted("a\u0000b")).isEqualTo("'a\\x00b'");
        assertThat(quoted("a\u202eb")).as("turns the direction of writing").isEqualTo("'a\\u202eb'");
        assertThat(ShownBytes.quoted(new byte[] {'a', (byte) 0xff, 'b'}, 10)).isEqualTo("'a\ufffdb'");
    }
}
