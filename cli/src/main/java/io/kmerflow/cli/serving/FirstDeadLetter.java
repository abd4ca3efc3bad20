package io.kmerflow.cli.serving;

import com.fasterxml.jackson.databind.JsonNode;
import io.kmerflow.bundle.JsonMappers;
import io.kmerflow.schema.DeadLetter;
import io.kmerflow.sequence.PrintableText;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/** The first dead letter of an input in words: what most often tells what is wrong with it. */
final class FirstDeadLetter {
    private FirstDeadLetter() {}

    /** The first line of a file of dead letters. */
    static void print(Path deadLetters, PrintWriter err) throws IOException {
        try (BufferedReader lines = Files.newBufferedReader(deadLetters)) {
            String line = lines.readLine();
            if (line != null) {
                JsonNode letter = JsonMappers.COMPACT.readTree(line);
                print(
                        letter.path("file").asText(),
                        letter.path("recordNumber").asText(),
                        letter.path("line").asText(),
                        letter.path("message").asText(),
                        err);
            }
        }
    }

    /** One of a file. */
    static void print(DeadLetter letter, PrintWriter err) {
        print(letter.getFile(), letter.getRecordNumber(), letter.getLine(), letter.getMessage(), err);
    }

    private static void print(Object file, Object record, Object line, String message, PrintWriter err) {
        err.println(PrintableText.escape(
                String.format(Locale.ROOT, "first of them: %s, record %s, line %s: %s", file, record, line, message)));
        err.flush();
    }
}
