package io.kmerflow.sequence.file;

import static org.assertj.core.api.Assertions.assertThat;

import io.kmerflow.sequence.file.LineReader.Line;
import io.kmerflow.sequence.file.SequenceItem.Reason;
import java.io.ByteArrayInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LineReaderTest {
    private static final String MARK = "\u00ef\u00bb\u00bf";

    /** Gives no more than some bytes at a time, and then ends or fails. */
    private static final class Pieces extends FilterInputStream {
        private final int bytes;
        private boolean closed;
        private final DamagedStreamException damage;

        Pieces(String text, int bytes, DamagedStreamException damage) {
            super(new ByteArrayInputStream(text.getBytes(StandardCharsets.ISO_8859_1)));
            this.bytes = bytes;
            this.damage = damage;
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            int count = super.read(target, offset, Math.min(bytes, length));
            if (count < 0 && damage != null) {
                throw damage;
            }
            return count;
        }

        @Override
        public void close() {
            closed = true;
        }
    }

    private static String said(Line line) {
        return new String(line.bytes(), StandardCharsets.ISO_8859_1) + " " + line.number() + ":" + line.start() + "-"
                + line.end() + (line.overlong() ? " overlong" : "");
    }

    private static List<String> all(InputStream in, int maxLineBytes) throws IOException {
        List<String> lines = new ArrayList<>();
        try (LineReader reader = new LineReader(in, maxLineBytes)) {
            for (Line line = reader.next(); line != null; line = reader.next()) {
                lines.add(said(line));
            }
            assertThat(reader.next()).isNull();
            assertThat(reader.count()).isEqualTo(lines.size());
        }
        return lines;
    }

    private static List<String> all(String text, int pieces) throws IOException {
        return all(new Pieces(text, pieces, null), 1_000);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 5, 1_000})
    void linesEndInEitherWayAndHaveTheirPlaces(int pieces) throws IOException {
        assertThat(all("", pieces)).isEmpty();
        assertThat(all("ab\ncd\r\n\r\n\nlast", pieces))
                .containsExactly("ab 1:0-3", "cd 2:3-7", " 3:7-9", " 4:9-10", "last 5:10-14");
        assertThat(all("a\rb\n\r", pieces)).containsExactly("a\rb 1:0-4", " 2:4-5");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 4, 1_000})
    void aByteOrderMarkIsNoPartOfALine(int pieces) throws IOException {
        assertThat(all(MARK + "a\n" + MARK + "\n" + MARK, pieces)).containsExactly("a 1:0-5", " 2:5-9", " 3:9-12");
        String part = MARK.substring(0, 2);
        assertThat(all(part + "\n" + part + "x\nx" + MARK + "\n", pieces))
                .containsExactly(part + " 1:0-3", part + "x 2:3-7", "x" + MARK + " 3:7-12");
    }

    @Test
    void aLineLongerThanTheBufferIsWhole() throws IOException {
        String line = "0123456789".repeat(20_000);
        assertThat(all(new Pieces("a\n" + line + "\nb\n", 7_000, null), 1 << 20))
                .containsExactly("a 1:0-2", line + " 2:2-200003", "b 3:200003-200005");
        assertThat(all(new Pieces(line, 7_000, null), 1 << 20)).containsExactly(line + " 1:0-200000");
    }

    /** Of 100 bytes with its end. */
    @ParameterizedTest
    @ValueSource(ints = {1, 7, 64, 150})
    void aLineOverTheLimitIsPassedAndKeepsItsPlace(int pieces) throws IOException {
        String whole = "w".repeat(99);
        List<String> lines =
                all(new Pieces(whole + "\n" + "x".repeat(730) + "\nb\n" + "y".repeat(555), pieces, null), 100);

        assertThat(lines).hasSize(4);
        assertThat(lines.get(0)).isEqualTo(whole + " 1:0-100");
        assertThat(lines.get(1)).startsWith("xxxx").endsWith("x 2:100-831 overlong");
        assertThat(lines.get(2)).isEqualTo("b 3:831-833");
        assertThat(lines.get(3)).startsWith("yyyy").endsWith("y 4:833-1388 overlong");
        assertThat(all(new Pieces("z".repeat(100) + "\n", pieces, null), 100).get(0))
                .endsWith(" 1:0-101 overlong");
        assertThat(all(new Pieces("z".repeat(100), pieces, null), 100).get(0)).endsWith("z 1:0-100");
    }

    @Test
    void lookingAheadConsumesNothing() throws IOException {
        StringBuilder text = new StringBuilder();
        for (int i = 1; i <= 20_000; i++) {
            text.append(i).append('\n');
        }
        try (LineReader reader = new LineReader(new Pieces(text.toString(), 5_000, null))) {
            assertThat(reader.peek(9_999).quoted()).isEqualTo("'10000'");
            assertThat(reader.count()).isEqualTo(10_000);
            assertThat(reader.peek(20_000)).isNull();
            for (int i = 1; i <= 20_000; i++) {
                assertThat(reader.peek(0).number()).isEqualTo(i);
                if (i + 3 <= 20_000) {
                    assertThat(reader.peek(3).number()).isEqualTo(i + 3);
                }
                assertThat(reader.next().quoted()).isEqualTo("'" + i + "'");
            }
            assertThat(reader.peek(0)).isNull();
            assertThat(reader.next()).isNull();
            assertThat(reader.damage()).isNull();
        }
    }

    @Test
    void whatCameBeforeDamageIsGivenAndTheStreamIsClosed() throws IOException {
        DamagedStreamException damage = new DamagedStreamException(Reason.DAMAGED_GZIP, "damaged");
        Pieces pieces = new Pieces("a\nbc", 1_000, damage);
        try (LineReader reader = new LineReader(pieces)) {
            assertThat(said(reader.next())).isEqualTo("a 1:0-2");
            assertThat(said(reader.next())).isEqualTo("bc 2:2-4");
            assertThat(reader.next()).isNull();
            assertThat(reader.damage()).isSameAs(damage);
        }
        assertThat(pieces.closed).isTrue();
    }

    @Test
    void aBlankLineHasBlanksAlone() throws IOException {
        try (LineReader reader = new LineReader(new Pieces("\n \t\n x\na\rb\n", 1_000, null))) {
            assertThat(reader.peek(0).blank()).isTrue();
            assertThat(reader.peek(0).startsWith('x')).isFalse();
            assertThat(reader.peek(1).blank()).isTrue();
            assertThat(reader.peek(2).blank()).isFalse();
            assertThat(reader.peek(2).startsWith(' ')).isTrue();
            assertThat(reader.peek(2).hasCarriageReturn()).isFalse();
            assertThat(reader.peek(3).hasCarriageReturn()).isTrue();
        }
    }
}
