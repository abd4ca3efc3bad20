package io.kmerflow.cli.serving;

import com.fasterxml.jackson.databind.JsonNode;
import io.kmerflow.bundle.JsonMappers;
import io.kmerflow.sequence.PrintableText;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/** The first line of a file of dead letters in words: what most often tells what is wrong with an input. */
final class FirstDeadLetter {
    private FirstDeadLetter() {}

    static void print(Path deadLetters, PrintWriter err) throws IOException {
        try (BufferedReader lines = Files.newBufferedReader(deadLetters)) {
            String line = lines.readLine();
            if (line != null) {
                JsonNode letter = JsonMappers.COMPACT.readTree(line);
                err.println(PrintableText.escape(String.format(
                        Locale.ROOT,
                        "first of them: %s, record %s, line %s: %s",
                        letter.path("file").asText(),
                        letter.path("recordNumber").asText(),
                        letter.path("line").asText(),
                        letter.path("message").asText())));
            }
        }
    }
}
