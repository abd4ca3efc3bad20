package io.kmerflow.cli.base;

import io.kmerflow.sequence.PrintableText;
import java.io.FilterWriter;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.Writer;

/**
 * Messages for people: whatever text from outside comes along, no control character but line ends and tabs gets through
 * ({@link PrintableText}).
 */
public final class TerminalWriter extends PrintWriter {
    private static final String CLEAR_LINE = "\r\033[K";

    private final Writer terminal;

    /** @param terminal where it goes */
    public TerminalWriter(Writer terminal) {
        super(new Printable(terminal), true);
        this.terminal = terminal;
    }

    /** Empties the line that is shown on a terminal and goes to its begin. */
    public void clearLine() {
        flush();
        try {
            terminal.write(CLEAR_LINE);
            terminal.flush();
        } catch (IOException e) {
            setError();
        }
    }

    private static final class Printable extends FilterWriter {
        Printable(Writer out) {
            super(out);
        }

        @Override
        public void write(int character) throws IOException {
            char c = (char) character;
            boolean kept = c == '\n' || c == '\t' || Character.isSurrogate(c) || PrintableText.isPrintable(c);
            if (kept) {
                out.write(c);
            } else {
                out.write(PrintableText.escape(c));
            }
        }

        @Override
        public void write(char[] characters, int offset, int length) throws IOException {
            for (int i = offset; i < offset + length; i++) {
                write(characters[i]);
            }
        }

        @Override
        public void write(String text, int offset, int length) throws IOException {
            for (int i = offset; i < offset + length; i++) {
                write(text.charAt(i));
            }
        }
    }
}
