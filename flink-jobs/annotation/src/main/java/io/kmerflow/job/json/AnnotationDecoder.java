package io.kmerflow.job.json;

import static io.kmerflow.job.json.JsonFields.has;
import static io.kmerflow.job.json.JsonFields.list;
import static io.kmerflow.job.json.JsonFields.number;
import static io.kmerflow.job.json.JsonFields.optionalText;
import static io.kmerflow.job.json.JsonFields.require;
import static io.kmerflow.job.json.JsonFields.text;
import static io.kmerflow.job.json.JsonFields.whole;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.kmerflow.schema.AnnotationStatus;
import io.kmerflow.schema.Call;
import io.kmerflow.schema.ReadAnnotation;
import io.kmerflow.schema.ReadCall;
import io.kmerflow.schema.UncalledReason;
import io.kmerflow.schema.WindowScores;
import io.kmerflow.schema.codec.ConfluentDecoder;
import io.kmerflow.schema.codec.RecordCodec;
import io.kmerflow.schema.codec.RecordDecoder;
import io.kmerflow.schema.codec.UndecodableRecordException;
import io.kmerflow.schema.registry.RegistryAddress;
import io.kmerflow.schema.registry.SchemaRegistry;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * Reads annotations in every format that they are written in: {@link AnnotationJson} begins with a brace, Confluent's format with
 * 0, single-object encoding with C3. Of JSON, which has neither, the time is {@link #NO_TIME} and the hash of the vocabulary is
 * empty. Not safe for several threads.
 */
public final class AnnotationDecoder implements RecordDecoder<ReadAnnotation> {
    /** Time of an annotation that does not tell when it was made. */
    public static final Instant NO_TIME = Instant.EPOCH;

    private final ObjectMapper json = new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);
    private final RecordDecoder<ReadAnnotation> avro;

    /** @param registry of the schemas of annotations in Confluent's format; null reads the others alone */
    public AnnotationDecoder(RegistryAddress registry) {
        avro = registry == null
                ? new RecordCodec<>(ReadAnnotation.class)
                : new ConfluentDecoder<>(ReadAnnotation.class, new SchemaRegistry(registry)::schema);
    }

    /**
     * Gives an annotation that does not tell when it was made the time of its record.
     *
     * @param recordMillis milliseconds since 1970-01-01 UTC
     */
    public static void date(ReadAnnotation annotation, long recordMillis) {
        if (annotation.getAnnotatedTime().equals(NO_TIME)) {
            annotation.setAnnotatedTime(Instant.ofEpochMilli(recordMillis));
        }
    }

    @Override
    public ReadAnnotation decode(byte[] bytes) throws UndecodableRecordException {
        if (bytes == null || bytes.length == 0 || bytes[0] != '{') {
            return avro.decode(bytes);
        }
        try {
            return annotation(json.readTree(bytes));
        } catch (JsonProcessingException e) {
            throw new UndecodableRecordException(
                    String.format(
                            Locale.ROOT,
                            "Expected an annotation as a JSON object, got %d bytes that are none: %s",
                            bytes.length,
                            JsonProblem.of(e)),
                    e);
        } catch (IOException | IllegalArgumentException e) {
            throw new UndecodableRecordException(
                    String.format(Locale.ROOT, "Expected an annotation as a JSON object: %s", e.getMessage()), e);
        }
    }

    private static ReadAnnotation annotation(JsonNode tree) {
        ReadAnnotation annotation = new ReadAnnotation();
        annotation.setAnnotationId(text(tree, "annotationId"));
        annotation.setReadId(text(tree, "readId"));
        annotation.setMate(whole(tree, "mate"));
        annotation.setRunId(text(tree, "runId"));
        annotation.setSampleId(optionalText(tree, "sampleId"));
        annotation.setBarcodeName(optionalText(tree, "barcodeName"));
        annotation.setStatus(constant(AnnotationStatus.values(), text(tree, "status"), AnnotationStatus.UNKNOWN));
        String reason = optionalText(tree, "uncalledReason");
        annotation.setUncalledReason(
                reason == null ? null : constant(UncalledReason.values(), reason, UncalledReason.UNKNOWN));
        annotation.setReadLength(whole(tree, "readLength"));
        annotation.setMeanQuality(has(tree, "meanQuality") ? number(tree, "meanQuality") : null);
        annotation.setReadCall(readCall(tree, "readCall"));
        annotation.setMateCall(readCall(tree, "mateCall"));
        List<Call> calls = new ArrayList<>();
        for (JsonNode call : list(tree, "calls")) {
            calls.add(new Call(
                    text(call, "label"),
                    optionalText(call, "ontologyId"),
                    whole(call, "start"),
                    whole(call, "end"),
                    number(call, "score")));
        }
        annotation.setCalls(calls);
        annotation.setWindowsScored(has(tree, "windowsScored") ? whole(tree, "windowsScored") : null);
        annotation.setWindowsTotal(has(tree, "windowsTotal") ? whole(tree, "windowsTotal") : null);
        annotation.setLabelScores(has(tree, "labelScores") ? scores(tree, "labelScores") : null);
        annotation.setWindowScoresOmitted(tree.path("windowScoresOmitted").asBoolean());
        if (has(tree, "windowScores")) {
            JsonNode windows = tree.get("windowScores");
            annotation.setWindowScores(new WindowScores(
                    whole(windows, "windowBases"),
                    whole(windows, "strideBases"),
                    whole(windows, "lastStart"),
                    scores(windows, "scores")));
        }
        JsonNode model = tree.path("model");
        annotation.setModelName(text(model, "name"));
        annotation.setModelVersion(text(model, "version"));
        annotation.setModelDigest(text(model, "digest"));
        annotation.setVocabularyHash("");
        annotation.setPrecision("");
        annotation.setAnnotatedTime(NO_TIME);
        return annotation;
    }

    private static ReadCall readCall(JsonNode tree, String name) {
        return has(tree, name)
                ? new ReadCall(optionalText(tree.get(name), "label"), number(tree.get(name), "score"))
                : null;
    }

    private static <E extends Enum<E>> E constant(E[] all, String name, E newer) {
        return Stream.of(all).filter(one -> one.name().equals(name)).findFirst().orElse(newer);
    }

    private static List<Float> scores(JsonNode tree, String name) {
        List<Float> scores = new ArrayList<>();
        for (JsonNode score : list(tree, name)) {
            require(score.isNumber(), "numbers", name, score);
            scores.add(score.floatValue());
        }
        return scores;
    }
}
