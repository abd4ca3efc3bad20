package io.kmerflow.sequence.file;

import io.kmerflow.sequence.MalformedReadException;
import io.kmerflow.sequence.Nucleotide;
import io.kmerflow.sequence.QualityEncoding;
import io.kmerflow.sequence.file.LineReader.Line;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/**
 * What a FASTQ record is: '@' and a name, one or more lines of bases, '+' with nothing or the name again, and as many
 * quality characters as there are bases, on one or more lines. Looks ahead, consumes nothing.
 */
final class FastqRecordParser {
    /** More bases than any read has, fewer than a heap holds: a file of bases without '+' must not be held whole. */
    private static final int MAX_BASES = 1 << 28;

    static final String LINE_ENDS = "Expected lines that end in LF or CRLF, got a carriage return alone in %s";
    static final String LINE_LENGTH = String.format(
            Locale.ROOT, "Expected a line of at most %,d bytes, got a longer one", LineReader.MAX_LINE_BYTES);

    /**
     * What parsing at one line gave: a record's arrays and its number of lines, or the problem.
     *
     * @param problem one sentence, or null
     */
    record Attempt(int lines, byte[] bases, byte[] phredQualities, String problem) {
        static Attempt failed(String problem) {
            return new Attempt(0, null, null, problem);
        }

        boolean failed() {
            return problem != null;
        }
    }

    private final LineReader lines;
    private final QualityEncoding encoding;

    FastqRecordParser(LineReader lines, QualityEncoding encoding) {
        this.lines = lines;
        this.encoding = encoding;
    }

    /** The record that begins {@code at} lines ahead, where there is a line. */
    Attempt parse(int at) throws IOException {
        return parse(at, true);
    }

    private Attempt parse(int at, boolean doubtQualities) throws IOException {
        Line header = lines.peek(at);
        if (!header.startsWith('@')) {
            return Attempt.failed("Expected a line that begins with '@', got " + header.quoted());
        }
        if (header.overlong()) {
            return Attempt.failed(LINE_LENGTH);
        }
        if (header.bytes().length == 1 || " \t\r".indexOf(header.bytes()[1]) >= 0) {
            return Attempt.failed("Expected a read name after '@', got none");
        }
        if (joinedByCarriageReturns(header)) {
            return Attempt.failed(String.format(Locale.ROOT, LINE_ENDS, header.quoted()));
        }
        try {
            int separator = separator(at + 1);
            String repeated = repetitionProblem(header, lines.peek(separator));
            if (repeated != null) {
                return Attempt.failed(repeated);
            }
            byte[] bases = joined(at + 1, separator);
            int end = qualitiesEnd(separator + 1, bases.length, doubtQualities);
            byte[] qualities = encoding.decode(joined(separator + 1, end));
            return new Attempt(end - at, bases, qualities, null);
        } catch (MalformedReadException e) {
            return Attempt.failed(
                    header.hasCarriageReturn()
                            ? String.format(Locale.ROOT, LINE_ENDS, header.quoted())
                            : e.getMessage());
        }
    }

    /** Whether lines of records hang together in one: a carriage return elsewhere in a header is part of its comment. */
    private static boolean joinedByCarriageReturns(Line header) {
        byte[] bytes = header.bytes();
        for (int i = 0; i + 1 < bytes.length; i++) {
            if (bytes[i] == '\r' && (bytes[i + 1] == '+' || bytes[i + 1] == '@')) {
                return true;
            }
        }
        return false;
    }

    /** The line of the '+' behind the bases, which begin at line {@code first}. */
    private int separator(int first) throws IOException {
        int at = first;
        long bases = 0;
        for (Line line = lines.peek(at); line != null; line = lines.peek(++at)) {
            if (line.startsWith('+') && at > first) {
                return at;
            }
            if (line.overlong()) {
                throw new MalformedReadException(LINE_LENGTH);
            }
            boolean trimmedToNothing = line.bytes().length == 0 && at == first && startsWithPlus(at + 1);
            if (!trimmedToNothing && (line.blank() || line.startsWith('+'))) {
                throw new MalformedReadException("Expected bases, got " + line.quoted());
            }
            try {
                Nucleotide.normalize(line.bytes()); // checks; the read keeps its case and codes
            } catch (MalformedReadException e) {
                if (line.hasCarriageReturn()) {
                    throw new MalformedReadException(String.format(Locale.ROOT, LINE_ENDS, line.quoted()));
                }
                throw at == first
                        ? e
                        : new MalformedReadException(
                                "Expected more bases or a line that begins with '+', got " + line.quoted());
            }
            bases += line.bytes().length;
            if (bases > MAX_BASES) {
                throw new MalformedReadException(
                        String.format(Locale.ROOT, "Expected at most %,d bases and then '+'", MAX_BASES));
            }
        }
        throw new MalformedReadException("Expected bases, '+' and qualities, the file ends within the record");
    }

    private boolean startsWithPlus(int at) throws IOException {
        Line line = lines.peek(at);
        return line != null && line.startsWith('+');
    }

    /** One past the last quality line; qualities begin at line {@code first}. */
    private int qualitiesEnd(int first, int bases, boolean doubt) throws IOException {
        int at = first;
        int characters = 0;
        do {
            Line line = lines.peek(at);
            if (line == null && at == first) {
                if (bases == 0) {
                    return at; // a read trimmed to nothing: its blank line is the end of the file
                }
                throw new MalformedReadException("Expected qualities, the file ends within the record");
            }
            // A short quality line makes the next header look like the rest of it.
            boolean next = line == null || (at > first && nextRecord(at, doubt));
            boolean blank = line != null && line.bytes().length == 0 && bases > 0;
            if (next || blank) {
                throw wrongNumber(bases, characters);
            }
            if (line.overlong()) {
                throw new MalformedReadException(LINE_LENGTH);
            }
            if (characters + line.bytes().length > bases) {
                boolean header = at > first && line.startsWith('@');
                throw wrongNumber(bases, header ? characters : characters + line.bytes().length);
            }
            characters += line.bytes().length;
            at++;
        } while (characters < bases);
        return at;
    }

    private boolean nextRecord(int at, boolean doubt) throws IOException {
        return doubt && lines.peek(at).startsWith('@') && !parse(at, false).failed();
    }

    private static MalformedReadException wrongNumber(int bases, int characters) {
        return new MalformedReadException(
                String.format(Locale.ROOT, "Expected %d quality characters, one per base, got %d", bases, characters));
    }

    /** What is wrong with the text after '+', or null: nothing may stand there, or the read's name. */
    private static String repetitionProblem(Line header, Line separator) {
        String again = name(separator);
        if (again.isEmpty() || withoutMate(again).equals(withoutMate(name(header)))) {
            return null;
        }
        return String.format(
                Locale.ROOT,
                "Expected nothing or the name of %s after '+', got %s",
                header.quoted(),
                separator.quoted());
    }

    private static String name(Line line) {
        String text = new String(line.bytes(), 1, line.bytes().length - 1, StandardCharsets.ISO_8859_1);
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) == ' ' || text.charAt(i) == '\t') {
                return text.substring(0, i);
            }
        }
        return text;
    }

    /** The mate number is left out: tools that rename mates often change it in the header alone. */
    private static String withoutMate(String name) {
        int slash = name.lastIndexOf('/');
        return slash > 0 && slash >= name.length() - 2 ? name.substring(0, slash) : name;
    }

    /** The content of lines {@code [from, to)}; the line's own array if there is only one. */
    private byte[] joined(int from, int to) throws IOException {
        if (to - from == 1) {
            return lines.peek(from).bytes();
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (int at = from; at < to; at++) {
            bytes.writeBytes(lines.peek(at).bytes());
        }
        return bytes.toByteArray();
    }
}
