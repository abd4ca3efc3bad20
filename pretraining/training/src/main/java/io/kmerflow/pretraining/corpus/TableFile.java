package io.kmerflow.pretraining.corpus;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;

/**
 * Opens a table: RFC 4180 (quoted fields, either line end), UTF-8, plain or gzip, a byte order mark skipped. The first line
 * says what separates its fields: tabs if it has any, else commas, else semicolons.
 */
final class TableFile {
    private static final int FIRST_LINE_CHARS = 8_192;
    /** Blank lines are kept, so that the reader can tell one at the end from one within. */
    private static final CSVFormat TABLE =
            CSVFormat.RFC4180.builder().setIgnoreEmptyLines(false).get();

    private TableFile() {}

    static CSVParser open(Path file) throws IOException {
        BufferedReader text = new BufferedReader(
                new InputStreamReader(TextFile.open(file), StandardCharsets.UTF_8), FIRST_LINE_CHARS);
        try {
            return CSVParser.parse(
                    text, TABLE.builder().setDelimiter(delimiter(text)).get());
        } catch (IOException e) {
            text.close();
            throw e;
        }
    }

    private static char delimiter(BufferedReader text) throws IOException {
        text.mark(FIRST_LINE_CHARS);
        boolean comma = false;
        boolean semicolon = false;
        for (int i = 0; i < FIRST_LINE_CHARS; i++) {
            int c = text.read();
            if (c == '\t') {
                text.reset();
                return '\t';
            }
            if (c < 0 || c == '\n') {
                break;
            }
            comma |= c == ',';
            semicolon |= c == ';';
        }
        text.reset();
        return semicolon && !comma ? ';' : ',';
    }
}
