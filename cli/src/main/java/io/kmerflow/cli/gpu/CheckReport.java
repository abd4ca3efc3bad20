package io.kmerflow.cli.gpu;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kmerflow.bundle.JsonMappers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/** The report of a check: written whole after every step, so that a check that is cut short leaves what it has found. */
final class CheckReport {

    private final Path file;
    private final ObjectNode root = JsonMappers.INDENTED.createObjectNode();
    private final ArrayNode steps;

    /** @param head facts of the whole check */
    CheckReport(Path file, Object head) {
        this.file = file;
        root.setAll((ObjectNode) JsonMappers.INDENTED.valueToTree(head));
        steps = root.putArray("steps");
    }

    /** Adds a step and writes the report. */
    void add(Object step) throws IOException {
        steps.add(JsonMappers.INDENTED.<JsonNode>valueToTree(step));
        Path temporary = file.resolveSibling(file.getFileName() + ".tmp");
        JsonMappers.INDENTED.writeValue(temporary.toFile(), root);
        Files.move(temporary, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    }

    static void write(Path file, Object result) throws IOException {
        JsonMappers.INDENTED.writeValue(file.toFile(), result);
    }

    static JsonNode read(Path file) throws IOException {
        return JsonMappers.INDENTED.readTree(file.toFile());
    }
}
