package io.kmerflow.pretraining.gue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;

/**
 * A tab-separated table that is part of the program; lines with # say where it is from.
 *
 * @param header column names
 * @param rows each as wide as the header
 */
record Table(String[] header, List<String[]> rows) {
    static Table read(String resource) {
        try (BufferedReader reader = new BufferedReader(
                new InputStreamReader(Table.class.getResourceAsStream(resource), StandardCharsets.UTF_8))) {
            List<String[]> lines = reader.lines()
                    .filter(line -> !line.startsWith("#"))
                    .map(line -> line.split("\t"))
                    .toList();
            for (String[] line : lines) {
                if (line.length != lines.get(0).length) {
                    throw new IllegalStateException(String.format(
                            Locale.ROOT,
                            "Expected %d columns in a line of %s, got %d",
                            lines.get(0).length,
                            resource,
                            line.length));
                }
            }
            return new Table(lines.get(0), lines.subList(1, lines.size()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
