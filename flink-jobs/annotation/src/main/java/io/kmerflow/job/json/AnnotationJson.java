package io.kmerflow.job.json;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.kmerflow.schema.Call;
import io.kmerflow.schema.ReadAnnotation;
import io.kmerflow.schema.ReadCall;
import io.kmerflow.schema.WindowScores;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.List;

/** An annotation as one JSON object: keys always in the same order, intervals 0-based and half-open on the read. */
public final class AnnotationJson {
    private static final JsonFactory JSON = PrintableJson.factory();

    private AnnotationJson() {}

    /** The object in one line. */
    public static String text(ReadAnnotation annotation) {
        StringWriter text = new StringWriter(512);
        try (JsonGenerator json = JSON.createGenerator(text)) {
            json.writeStartObject();
            json.writeStringField("readId", annotation.getReadId());
            json.writeNumberField("mate", annotation.getMate());
            json.writeStringField("runId", annotation.getRunId());
            json.writeStringField("sampleId", annotation.getSampleId());
            if (annotation.getBarcodeName() != null) {
                json.writeStringField("barcodeName", annotation.getBarcodeName());
            }
            json.writeStringField("status", annotation.getStatus().name());
            if (annotation.getUncalledReason() != null) {
                json.writeStringField(
                        "uncalledReason", annotation.getUncalledReason().name());
            }
            json.writeNumberField("readLength", annotation.getReadLength());
            if (annotation.getMeanQuality() != null) {
                json.writeNumberField("meanQuality", annotation.getMeanQuality());
            }
            writeCall(json, "readCall", annotation.getReadCall());
            if (annotation.getMateCall() != null) {
                writeCall(json, "mateCall", annotation.getMateCall());
            }
            writeCalls(json, annotation);
            if (annotation.getWindowsScored() != null) {
                json.writeNumberField("windowsScored", annotation.getWindowsScored());
                json.writeNumberField("windowsTotal", annotation.getWindowsTotal());
            }
            writeScores(json, "labelScores", annotation.getLabelScores());
            writeWindowScores(json, annotation);
            json.writeObjectFieldStart("model");
            json.writeStringField("name", annotation.getModelName());
            json.writeStringField("version", annotation.getModelVersion());
            json.writeStringField("digest", annotation.getModelDigest());
            json.writeEndObject();
            json.writeStringField("annotationId", annotation.getAnnotationId());
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException(e); // writes to memory only
        }
        return text.toString();
    }

    private static void writeCall(JsonGenerator json, String name, ReadCall call) throws IOException {
        if (call == null) {
            json.writeNullField(name);
            return;
        }
        json.writeObjectFieldStart(name);
        json.writeStringField("label", call.getLabel());
        json.writeNumberField("score", call.getScore());
        json.writeEndObject();
    }

    private static void writeCalls(JsonGenerator json, ReadAnnotation annotation) throws IOException {
        json.writeArrayFieldStart("calls");
        for (Call call : annotation.getCalls()) {
            json.writeStartObject();
            json.writeStringField("label", call.getLabel());
            json.writeStringField("ontologyId", call.getOntologyId());
            json.writeNumberField("score", call.getScore());
            json.writeNumberField("start", call.getStart());
            json.writeNumberField("end", call.getEnd());
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    /** Only where they were asked for. */
    private static void writeWindowScores(JsonGenerator json, ReadAnnotation annotation) throws IOException {
        WindowScores scores = annotation.getWindowScores();
        if (annotation.getWindowScoresOmitted()) {
            json.writeBooleanField("windowScoresOmitted", true);
        }
        if (scores == null) {
            return;
        }
        json.writeObjectFieldStart("windowScores");
        json.writeNumberField("windowBases", scores.getWindowBases());
        json.writeNumberField("strideBases", scores.getStrideBases());
        json.writeNumberField("lastStart", scores.getLastStart());
        writeScores(json, "scores", scores.getScores());
        json.writeEndObject();
    }

    private static void writeScores(JsonGenerator json, String name, List<Float> scores) throws IOException {
        if (scores == null) {
            return;
        }
        json.writeArrayFieldStart(name);
        for (float score : scores) {
            json.writeNumber(score);
        }
        json.writeEndArray();
    }
}
