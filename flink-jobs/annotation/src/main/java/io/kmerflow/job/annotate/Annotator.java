package io.kmerflow.job.annotate;

import io.kmerflow.contract.ModelContract;
import io.kmerflow.contract.ReadScores;
import io.kmerflow.contract.ReadScores.Outcome;
import io.kmerflow.contract.ReadScores.Segment;
import io.kmerflow.job.ingest.DecodedRead;
import io.kmerflow.job.model.ModelIdentity;
import io.kmerflow.schema.AnnotationStatus;
import io.kmerflow.schema.Call;
import io.kmerflow.schema.ReadAnnotation;
import io.kmerflow.schema.ReadCall;
import io.kmerflow.schema.WindowScores;
import io.kmerflow.sequence.PhredQualities;
import io.kmerflow.sequence.ReadWindower;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Writes annotations of one model. Used by one thread. */
public final class Annotator {
    /** More than any annotation needs besides its names, calls and window scores, as a topic record. */
    private static final int FIXED_BYTES = 1024;

    private static final int CALL_BYTES = 32;
    /** More than a record has besides its value and the names in its key. */
    private static final int OVERHEAD_BYTES = 256;

    private static final int MAX_UTF8_BYTES_PER_CHARACTER = 3;

    private final ModelIdentity model;
    private final ModelContract contract;
    private final ReadWindower windower;
    private final AnnotationSettings settings;
    private final AnnotationIds ids;
    private AnnotationEncoder encoder;

    /**
     * @param model that scores
     * @param settings what an annotation holds
     */
    public Annotator(ModelIdentity model, AnnotationSettings settings) {
        this.model = model;
        this.contract = model.contract();
        this.windower = contract.windower();
        this.settings = settings;
        this.ids = new AnnotationIds(model.digest(), settings.scoringOptions(model.precision(), contract));
    }

    /** Status of a read that needs no model, or null: {@link ReadStatuses#withoutModel}. */
    public AnnotationStatus statusWithoutModel(DecodedRead read) {
        return ReadStatuses.withoutModel(read, contract);
    }

    /** Annotation of a read whose status is settled without the model. */
    public ReadAnnotation annotate(DecodedRead read, AnnotationStatus status) {
        ReadAnnotation annotation = new ReadAnnotation();
        annotation.setAnnotationId(ids.of(read));
        annotation.setReadId(read.readId);
        annotation.setMate(read.mate);
        annotation.setRunId(read.runId);
        annotation.setSampleId(read.sampleId);
        annotation.setBarcodeName(read.barcodeName);
        annotation.setReadLength(read.bases.length);
        annotation.setMeanQuality(meanQuality(read));
        annotation.setStatus(status);
        annotation.setCalls(List.of());
        annotation.setModelName(model.name());
        annotation.setModelVersion(model.version());
        annotation.setModelDigest(model.digest());
        annotation.setVocabularyHash(contract.vocabularyHash());
        annotation.setPrecision(model.precision());
        annotation.setReadTime(
                read.origin.timestampMillis < 0 ? null : Instant.ofEpochMilli(read.origin.timestampMillis));
        annotation.setAnnotatedTime(Instant.ofEpochMilli(System.currentTimeMillis()));
        return annotation;
    }

    private static Float meanQuality(DecodedRead read) {
        boolean known = read.phredQualities != null && read.phredQualities.length > 0;
        return known ? (float) PhredQualities.mean(read.phredQualities) : null;
    }

    /** Annotation of a scored read, whose scores are decided. */
    public ReadAnnotation annotate(DecodedRead read, ReadScores scores) {
        Outcome outcome = scores.outcome();
        ReadAnnotation annotation = annotate(read, ReadStatuses.of(outcome));
        annotation.setWindowsScored(scores.scoredWindows());
        annotation.setWindowsTotal(scores.windows());
        if (annotation.getStatus() == AnnotationStatus.UNCALLED) {
            annotation.setUncalledReason(ReadStatuses.uncalledReason(contract, outcome));
        }
        if (!outcome.ambiguous()) {
            annotation.setReadCall(readCall(outcome));
            annotation.setCalls(calls(outcome));
            if (settings.labelScores()) {
                annotation.setLabelScores(list(outcome.probabilities()));
            }
        }
        if (settings.windowScores()) {
            putWindowScores(annotation, scores);
        }
        return annotation;
    }

    /** Label and score over the whole read; where segments are called, those of the strongest one. */
    private ReadCall readCall(Outcome outcome) {
        if (outcome.label().isEmpty()) {
            return new ReadCall(null, outcome.score());
        }
        int label = outcome.label().getAsInt();
        float score = 0;
        for (Segment segment : outcome.segments()) {
            score = segment.label() == label ? Math.max(score, segment.score()) : score;
        }
        return new ReadCall(contract.labels().get(label).name(), score);
    }

    private List<Call> calls(Outcome outcome) {
        List<Call> calls = new ArrayList<>(outcome.segments().size());
        for (Segment segment : outcome.segments()) {
            ModelContract.Label label = contract.labels().get(segment.label());
            calls.add(new Call(
                    label.name(),
                    label.ontologyId(),
                    segment.range().start(),
                    segment.range().end(),
                    segment.score()));
        }
        return calls;
    }

    private void putWindowScores(ReadAnnotation annotation, ReadScores scores) {
        long bytes = settings.format()
                .bound(
                        bytesWithoutWindowScores(annotation),
                        (long) scores.windows() * contract.labels().size());
        if (bytes > settings.maxBytes()) {
            annotation.setWindowScoresOmitted(true);
            return;
        }
        annotation.setWindowScores(new WindowScores(
                contract.windowBases(),
                contract.windowStrideBases(),
                windower.start(scores.windows() - 1, annotation.getReadLength()),
                list(scores.windowProbabilities())));
    }

    /**
     * What is wrong with the annotation's size in one sentence, or null if its topic takes it.
     *
     * @param annotation that {@link #annotate} gave
     */
    public String excess(ReadAnnotation annotation) {
        WindowScores windows = annotation.getWindowScores();
        long bound = settings.format()
                .bound(
                        bytesWithoutWindowScores(annotation),
                        windows == null ? 0 : windows.getScores().size());
        if (bound <= settings.maxBytes()) {
            return null;
        }
        if (encoder == null) {
            encoder = new AnnotationEncoder(settings.format(), 0); // every id is as long as the next
        }
        int key = (annotation.getRunId() + annotation.getReadId()).getBytes(StandardCharsets.UTF_8).length;
        long bytes = (long) encoder.encode(annotation).length + key + OVERHEAD_BYTES;
        return bytes <= settings.maxBytes()
                ? null
                : String.format(
                        Locale.ROOT,
                        "Expected an annotation of at most %d bytes, got %d with %d calls",
                        settings.maxBytes(),
                        bytes,
                        annotation.getCalls().size());
    }

    private static List<Float> list(float[] values) {
        List<Float> list = new ArrayList<>(values.length);
        for (float value : values) {
            list.add(value);
        }
        return list;
    }

    /** No less than the record's size on the topic; names count twice, since the key holds them too. */
    private long bytesWithoutWindowScores(ReadAnnotation annotation) {
        long characters =
                2L * (annotation.getReadId().length() + annotation.getRunId().length())
                        + length(annotation.getSampleId())
                        + length(annotation.getBarcodeName())
                        + length(model.name())
                        + length(model.version());
        for (Call call : annotation.getCalls()) {
            characters += length(call.getLabel()) + length(call.getOntologyId());
        }
        int labelScores = settings.labelScores() ? contract.labels().size() * Float.BYTES : 0;
        return FIXED_BYTES
                + labelScores
                + (long) annotation.getCalls().size() * CALL_BYTES
                + characters * MAX_UTF8_BYTES_PER_CHARACTER;
    }

    private static int length(String text) {
        return text == null ? 0 : text.length();
    }
}
