package io.kmerflow.cases;

import com.fasterxml.jackson.databind.JsonNode;
import htsjdk.samtools.SAMRecord;
import htsjdk.samtools.SamReader;
import htsjdk.samtools.SamReaderFactory;
import htsjdk.samtools.ValidationStringency;
import io.kmerflow.bundle.JsonMappers;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.zip.GZIPInputStream;

/** Reads chosen columns of a file; an absent value is empty. */
enum RowSource {
    /** Tab-separated with a header line; a row must have as many columns as the header. */
    TABLE {
        @Override
        List<List<String>> rows(Path file, List<String> columns) throws IOException {
            List<String> lines = lines(file);
            if (lines.isEmpty()) {
                throw new IOException(String.format(
                        Locale.ROOT, "expected a header line in %s, got an empty file", file.getFileName()));
            }
            List<String> header = Arrays.asList(lines.get(0).split("\t", -1));
            List<List<String>> rows = new ArrayList<>();
            for (String line : lines.subList(1, lines.size())) {
                List<String> cells = Arrays.asList(line.split("\t", -1));
                if (cells.size() != header.size()) {
                    throw new IOException(String.format(
                            Locale.ROOT,
                            "expected %d columns in row %d of %s, got %d",
                            header.size(),
                            rows.size() + 1,
                            file.getFileName(),
                            cells.size()));
                }
                List<String> row = new ArrayList<>();
                for (String column : columns) {
                    if (!header.contains(column)) {
                        throw new IOException(String.format(
                                Locale.ROOT,
                                "expected the column %s in %s, got %s",
                                column,
                                file.getFileName(),
                                header));
                    }
                    row.add(cells.get(header.indexOf(column)));
                }
                rows.add(row);
            }
            return rows;
        }
    },
    /** One JSON object a line; columns are names with dots, numbers are places in arrays. */
    JSON {
        @Override
        List<List<String>> rows(Path file, List<String> columns) throws IOException {
            List<List<String>> rows = new ArrayList<>();
            for (String line : lines(file)) {
                JsonNode object = JsonMappers.COMPACT.readTree(line);
                List<String> row = new ArrayList<>();
                for (String column : columns) {
                    JsonNode value = object.at("/" + column.replace('.', '/'));
                    row.add(
                            value.isMissingNode() || value.isNull()
                                    ? ""
                                    : value.isValueNode() ? value.asText() : value.toString());
                }
                rows.add(row);
            }
            return rows;
        }
    },
    /**
     * SAM or BAM: {@code file}, {@code name}, {@code flag}, {@code ref}, {@code pos} (from 1), {@code length}, {@code bases}, {@code header}
     * (the whole text, the same in each row), else a tag.
     */
    ALIGNMENTS {
        @Override
        List<List<String>> rows(Path file, List<String> columns) throws IOException {
            SamReaderFactory factory = SamReaderFactory.makeDefault().validationStringency(ValidationStringency.SILENT);
            List<List<String>> rows = new ArrayList<>();
            try (SamReader reader = factory.open(file)) {
                String header = reader.getFileHeader().getSAMString();
                for (SAMRecord record : reader) {
                    List<String> row = new ArrayList<>();
                    for (String column : columns) {
                        row.add(
                                switch (column) {
                                    case "header" -> header;
                                    case "file" -> file.getFileName().toString();
                                    default -> field(record, column);
                                });
                    }
                    rows.add(row);
                }
            }
            return rows;
        }
    };

    /** The rows of the file in its order, each with the columns in the order asked for. */
    abstract List<List<String>> rows(Path file, List<String> columns) throws IOException;

    private static String field(SAMRecord record, String column) {
        return switch (column) {
            case "name" -> record.getReadName();
            case "flag" -> String.valueOf(record.getFlags());
            case "ref" -> record.getReferenceName();
            case "pos" -> String.valueOf(record.getAlignmentStart());
            case "length" -> String.valueOf(record.getReadLength());
            case "bases" -> record.getReadString();
            default -> {
                Object value = record.getAttribute(column);
                yield value == null ? "" : String.valueOf(value);
            }
        };
    }

    private static List<String> lines(Path file) throws IOException {
        try (InputStream plain = Files.newInputStream(file);
                InputStream in = file.toString().endsWith(".gz") ? new GZIPInputStream(plain) : plain) {
            // Split at newlines alone: a stray CR is part of a value and must be seen.
            String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            List<String> lines = new ArrayList<>(Arrays.asList(text.split("\n", -1)));
            if (lines.get(lines.size() - 1).isEmpty()) {
                lines.remove(lines.size() - 1);
            }
            return lines;
        }
    }
}
