package io.kmerflow.cli.compare;

import io.kmerflow.job.json.AnnotationDecoder;
import io.kmerflow.schema.AnnotationStatus;
import io.kmerflow.schema.ReadAnnotation;
import io.kmerflow.schema.ReadCall;
import io.kmerflow.schema.UncalledReason;
import io.kmerflow.schema.codec.UndecodableRecordException;
import io.kmerflow.sequence.file.LineReader;
import io.kmerflow.sequence.file.SequenceFiles;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** A file of annotations as {@code annotate} writes it, JSON Lines or a table with a header, plain or compressed. */
final class AnnotationFile {
    private static final List<String> COLUMNS =
            List.of("read_id", "mate", "run_id", "status", "read_length", "label", "score");

    private final String path;
    private final AnnotationDecoder json = new AnnotationDecoder(null);
    private Map<String, Integer> columns;

    /** @param path file, or - for standard input */
    AnnotationFile(String path) {
        this.path = path;
    }

    /** What to do with a line that is no annotation. */
    interface Problem {
        void at(String place, String message);
    }

    /**
     * Reads it to its end.
     *
     * @param annotations gets each annotation; of a table without what it does not have
     * @param problems gets the lines that are none
     * @throws IOException if it cannot be opened
     */
    void read(Consumer<ReadAnnotation> annotations, Problem problems) throws IOException {
        InputStream in = path.equals(SequenceFiles.STANDARD_INPUT) ? System.in : Files.newInputStream(Path.of(path));
        try (LineReader reader = new LineReader(SequenceFiles.decompress(in))) {
            for (LineReader.Line line = reader.next(); line != null; line = reader.next()) {
                try {
                    ReadAnnotation annotation = annotation(line);
                    if (annotation != null) {
                        annotations.accept(annotation);
                    }
                } catch (UndecodableRecordException | IllegalArgumentException e) {
                    problems.at(String.format(Locale.ROOT, "%s line %d", path, line.number()), e.getMessage());
                }
            }
            if (reader.damage() != null) {
                problems.at(path, reader.damage().getMessage());
            }
        }
    }

    private ReadAnnotation annotation(LineReader.Line line) throws UndecodableRecordException {
        if (line.overlong()) {
            throw new IllegalArgumentException("Expected an annotation, got a line without an end");
        }
        if (line.bytes().length > 0 && line.bytes()[0] == '{') {
            return json.decode(line.bytes());
        }
        String text = new String(line.bytes(), StandardCharsets.UTF_8);
        if (text.isBlank()) {
            return null;
        }
        String[] fields = text.split("\t", -1);
        if (columns == null && List.of(fields).containsAll(COLUMNS)) {
            columns = new HashMap<>();
            for (int i = 0; i < fields.length; i++) {
                columns.putIfAbsent(fields[i], i);
            }
            return null;
        }
        if (columns == null) {
            throw new IllegalArgumentException(
                    "Expected a JSON object, or the header of a table with " + String.join(", ", COLUMNS));
        }
        return row(fields);
    }

    private ReadAnnotation row(String[] fields) {
        ReadAnnotation annotation = new ReadAnnotation();
        annotation.setReadId(field(fields, "read_id"));
        annotation.setMate(number(fields, "mate"));
        annotation.setRunId(field(fields, "run_id"));
        annotation.setSampleId(optional(fields, "sample_id"));
        annotation.setBarcodeName(optional(fields, "barcode"));
        annotation.setReadLength(number(fields, "read_length"));
        annotation.setStatus(constant(AnnotationStatus.values(), field(fields, "status"), AnnotationStatus.UNKNOWN));
        String reason = optional(fields, "uncalled_reason");
        annotation.setUncalledReason(
                reason == null ? null : constant(UncalledReason.values(), reason, UncalledReason.UNKNOWN));
        String score = optional(fields, "score");
        String label = optional(fields, "label");
        annotation.setReadCall(score == null ? null : new ReadCall(label, Float.parseFloat(score)));
        annotation.setModelName(text(optional(fields, "model")));
        annotation.setModelVersion(text(optional(fields, "model_version")));
        annotation.setModelDigest("");
        annotation.setAnnotatedTime(AnnotationDecoder.NO_TIME);
        return annotation;
    }

    private static String text(String value) {
        return value == null ? "" : value;
    }

    private String field(String[] fields, String name) {
        Integer column = columns.get(name);
        if (column >= fields.length) {
            throw new IllegalArgumentException(
                    String.format(Locale.ROOT, "Expected %d fields up to %s, got %d", column + 1, name, fields.length));
        }
        return fields[column];
    }

    private String optional(String[] fields, String name) {
        String value = columns.containsKey(name) && columns.get(name) < fields.length ? fields[columns.get(name)] : "";
        return value.isEmpty() ? null : value;
    }

    private int number(String[] fields, String name) {
        String value = field(fields, name);
        try {
            return Integer.parseInt(value);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(
                    String.format(Locale.ROOT, "Expected a whole number as %s, got '%s'", name, value), e);
        }
    }

    private static <E extends Enum<E>> E constant(E[] all, String name, E newer) {
        return Stream.of(all).filter(one -> one.name().equals(name)).findFirst().orElse(newer);
    }
}
