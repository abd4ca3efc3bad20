package io.kmerflow.sequence.file;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class StreamStartTest {
    private static StreamStart of(String text) {
        return new StreamStart(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    private static String other(String text) {
        return of(text).otherThanReads();
    }

    @Test
    void aRecordOfFastqAnywhereSaysThatItIsNoFasta() {
        assertThat(of(">IIII\n@r\nACGT\n+\n>III\n").isFasta()).isFalse();
        assertThat(of("@r\nACGT\n").isFasta()).isFalse();
        assertThat(of("\n; comment\n>r\nACGT\n").isFasta()).isTrue();
        assertThat(of(">r\n@x\nAC GT\n+\n").isFasta()).as("no bases between").isTrue();
        assertThat(of(">r\n@x\nACGT\nACGT\n").isFasta()).as("no separator").isTrue();
        assertThat(of(">r\nx\nACGT\n+\n").isFasta()).as("no header").isTrue();
        assertThat(of("ACGT\n").isFasta()).isFalse();
        for (String before : new String[] {"", "\n", " \n", "; comment\n"}) {
            assertThat(of(before + "@r\n>x\n").isFasta())
                    .as("a quality line behind a header")
                    .isFalse();
        }
    }

    @Test
    void proteinHasATenthOfLettersOfItsOwn() {
        assertThat(of(">p\nMKTAYIAKQR\n").isProtein()).isTrue();
        assertThat(of(">EEEE\n;EEEE\nACGTACGTAC\n").isProtein())
                .as("headers and comments")
                .isFalse();
        assertThat(of(">p\nE" + "A".repeat(8) + "\n").isProtein()).isTrue();
        assertThat(of(">p\nE" + "A".repeat(9) + "\n").isProtein())
                .as("a tenth and no more")
                .isFalse();
        assertThat(of(">p\nEE A\tC-EE\n").isProtein()).as("blanks and gaps").isTrue();
        assertThat(of(">p\nEEEE1\n").isProtein())
                .as("a digit is no letter of either")
                .isFalse();
        assertThat(of(">p\nEEEEEEEEEE" + " ".repeat(200) + "\n").isProtein()).isTrue();
    }

    @Test
    void textOfTwoBytesACharacterIsTold() {
        for (String start : new String[] {"\u00ff\u00fe", "\u00fe\u00ff", ">\0", "@\0", "\0@", "\0>", ";\0"}) {
            assertThat(other(start + "abcd")).startsWith("UTF-16");
            assertThat(other(start)).startsWith("UTF-16");
        }
        for (String start : new String[] {"", ">", "\u00ff", "\u00ffa", "\u00fea", "a\u00fe", ">a", "@@"}) {
            assertThat(other(start)).as(start).isNull();
        }
        assertThat(other("x\0" + "abcd".repeat(20))).isNull();
        assertThat(other("\0x" + "abcd".repeat(20))).isNull();
    }

    @Test
    void anArchiveIsToldByItsMagicAtByte257() {
        byte[] tar = new byte[512];
        Arrays.fill(tar, (byte) 'a');
        System.arraycopy("ustar".getBytes(StandardCharsets.US_ASCII), 0, tar, 257, 5);
        assertThat(new StreamStart(tar).otherThanReads()).startsWith("a tar archive");
        assertThat(new StreamStart(Arrays.copyOf(tar, 263)).otherThanReads()).startsWith("a tar archive");
        assertThat(new StreamStart(Arrays.copyOf(tar, 262)).otherThanReads()).isNull();
    }

    @Test
    void moreThanATwentiethOfControlCharactersIsNoText() {
        assertThat(other("a".repeat(19) + "\1")).isNull();
        assertThat(other("a".repeat(18) + "\1")).isEqualTo("binary data, no text");
        assertThat(other("a".repeat(18) + "\37")).isEqualTo("binary data, no text");
        assertThat(other("a".repeat(18) + "\0")).isEqualTo("binary data, no text");
        for (String space : new String[] {"\t", "\n", "\r", " ", "\u00e9", "\u0080"}) {
            assertThat(other("aa" + space.repeat(18))).as(space).isNull();
        }
    }
}
