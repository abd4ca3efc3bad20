package io.kmerflow.cli.live;

import io.kmerflow.schema.AnnotationStatus;
import io.kmerflow.schema.DeadLetter;
import io.kmerflow.schema.DeadLetterStage;
import io.kmerflow.schema.DriftReport;
import io.kmerflow.schema.ModelEvent;
import io.kmerflow.schema.ModelOutcome;
import io.kmerflow.schema.ModelSlot;
import io.kmerflow.schema.ReadAnnotation;
import io.kmerflow.schema.ReadCall;
import io.kmerflow.schema.UncalledReason;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A run of 1,200 reads of two barcodes in 20 minutes, one a second. Barcode 01 is E. coli, and every tenth read of it another
 * organism; barcode 02 is human, and every tenth read uncalled. After ten minutes version 2 of the model takes over.
 */
final class SimulatedRun {
    static final int READS = 1_200;
    private static final int SWAP = READS / 2;

    private final Instant start;

    /** @param start time of the first read */
    SimulatedRun(Instant start) {
        this.start = start;
    }

    List<ReadAnnotation> annotations() {
        List<ReadAnnotation> annotations = new ArrayList<>();
        for (int i = 0; i < READS; i++) {
            annotations.add(annotation(i));
        }
        return annotations;
    }

    ReadAnnotation annotation(int i) {
        boolean first = i % 2 == 0;
        boolean tenth = i / 2 % 10 == 9;
        String version = i < SWAP ? "1" : "2";
        ReadAnnotation annotation = new ReadAnnotation();
        annotation.setAnnotationId(String.valueOf(i));
        annotation.setReadId("secret-read-" + i);
        annotation.setRunId("run");
        annotation.setSampleId("pool");
        annotation.setBarcodeName(first ? "barcode01" : "barcode02");
        annotation.setReadLength(first ? 2_000 : 500);
        annotation.setMeanQuality(first ? 12f : 17f);
        annotation.setStatus(tenth ? AnnotationStatus.UNCALLED : AnnotationStatus.SCORED);
        annotation.setUncalledReason(tenth ? first ? UncalledReason.OTHER : UncalledReason.LOW_SCORE : null);
        annotation.setReadCall(
                new ReadCall(tenth ? null : first ? "Escherichia coli" : "Homo sapiens", tenth ? 0.42f : 0.97f));
        annotation.setCalls(List.of());
        annotation.setModelName("species");
        annotation.setModelVersion(version);
        annotation.setModelDigest("sha256:" + version.repeat(64));
        annotation.setVocabularyHash("v");
        annotation.setPrecision("fp32");
        annotation.setAnnotatedTime(start.plusSeconds(i));
        return annotation;
    }

    List<DeadLetter> deadLetters() {
        return List.of(deadLetter("MALFORMED_RECORD"), deadLetter("MALFORMED_RECORD"), deadLetter("READ_TOO_LONG"));
    }

    private DeadLetter deadLetter(String reason) {
        return DeadLetter.newBuilder()
                .setDeadLetterId("d")
                .setStage(DeadLetterStage.DECODE)
                .setReason(reason)
                .setMessage("Expected a read")
                .setFailedTime(start)
                .build();
    }

    /** The pool drifts in the second of two windows. */
    List<DriftReport> driftReports() {
        return List.of(driftReport(300, List.of()), driftReport(600, List.of("gc", "kmers")));
    }

    private DriftReport driftReport(int second, List<String> exceeded) {
        return DriftReport.newBuilder()
                .setRunId("run")
                .setSampleId("pool")
                .setModelName("species")
                .setModelVersion("1")
                .setModelDigest("sha256:" + "1".repeat(64))
                .setSubtask(0)
                .setWindowReads(250)
                .setDivergences(Map.of("gc", 0.312, "kmers", 0.0241))
                .setThresholds(Map.of("gc", 0.0875, "kmers", 0.0063))
                .setExceeded(exceeded)
                .setReportTime(start.plusSeconds(second))
                .build();
    }

    /** The second model is loaded by the one subtask and becomes active; a third is refused. */
    List<ModelEvent> modelEvents() {
        return List.of(
                event(0, ModelOutcome.PREPARED, null),
                event(-1, ModelOutcome.COMMITTED, null),
                event(-1, ModelOutcome.ABORTED, "DIGEST: Expected another digest"));
    }

    private ModelEvent event(int subtask, ModelOutcome outcome, String reason) {
        return ModelEvent.newBuilder()
                .setModelName("species")
                .setSlot(ModelSlot.ACTIVE)
                .setRevision(2)
                .setSubtask(subtask)
                .setOutcome(outcome)
                .setReason(reason)
                .setEventTime(start.plusSeconds(SWAP))
                .build();
    }
}
