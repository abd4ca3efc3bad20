package io.kmerflow.cli.serving;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kmerflow.job.json.PrintableJson;
import io.kmerflow.sequence.inspect.FileInspection;
import io.kmerflow.sequence.inspect.InspectionError;
import io.kmerflow.sequence.inspect.InterleavedInspection;
import io.kmerflow.sequence.inspect.PairInspection;
import io.kmerflow.sequence.inspect.Verdict;

/** Inspections as JSON: one object per file, or per pair with the second file's object inside. */
final class InspectionJson {
    private static final ObjectMapper MAPPER = new ObjectMapper(PrintableJson.factory());

    private InspectionJson() {}

    static ObjectNode of(String path, FileInspection file) {
        ObjectNode json = MAPPER.createObjectNode();
        json.put("file", path);
        json.put("verdict", file.verdict().label());
        json.put("records", file.records());
        json.put("recovered", file.recovered());
        ArrayNode errors = json.putArray("errors");
        for (InspectionError error : file.errors()) {
            errors.addPOJO(error);
        }
        json.put("errorCount", file.errorCount());
        json.put("notPrimary", file.notPrimary());
        json.put("qualityEncoding", encoding(file));
        json.put("bases", file.bases());
        json.set("lengths", MAPPER.valueToTree(file.lengths()));
        json.put("meanQuality", file.meanQuality());
        json.put("gcShare", file.gcShare());
        json.set("headers", MAPPER.valueToTree(file.headers()));
        return json;
    }

    /** The first file's object, with the verdict on the pair; where the pair is rejected, {@code records} is good pairs. */
    static ObjectNode of(String path, String mates, PairInspection pair) {
        ObjectNode json = of(path, pair.first());
        mates(json, pair.first(), pair.verdict(), pair.pairs(), pair.pairs(), pair.disagreement());
        json.set("mate", of(mates, pair.second()));
        return json;
    }

    /** The file's object, with the verdict on its mates; where they are rejected, {@code records} is those of good pairs. */
    static ObjectNode of(String path, InterleavedInspection mates) {
        ObjectNode json = of(path, mates.file());
        mates(json, mates.file(), mates.verdict(), mates.pairs(), 2 * mates.pairs(), mates.disagreement());
        return json;
    }

    private static void mates(
            ObjectNode json,
            FileInspection file,
            Verdict verdict,
            long pairs,
            long recordsOfPairs,
            InspectionError disagreement) {
        json.put("verdict", verdict.label());
        if (disagreement != null) {
            json.put("records", recordsOfPairs);
            json.put("recovered", file.records() + file.recovered() - recordsOfPairs);
            ((ArrayNode) json.get("errors")).insertPOJO(0, disagreement);
            json.put("errorCount", file.errorCount() + 1);
        }
        json.put("pairs", pairs);
    }

    /** The encoding's label, {@code unknown} where two fit, or null without qualities. */
    static String encoding(FileInspection file) {
        if (!file.hasQualities()) {
            return null;
        }
        return file.qualityEncoding() == null
                ? "unknown"
                : file.qualityEncoding().label();
    }

    static String line(ObjectNode json) {
        try {
            return MAPPER.writeValueAsString(json);
        } catch (com.fasterxml.jackson.core.JsonProcessingException e) {
            throw new IllegalStateException("Expected numbers and text alone, got what JSON cannot hold", e);
        }
    }
}
