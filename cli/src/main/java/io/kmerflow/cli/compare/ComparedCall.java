package io.kmerflow.cli.compare;

import io.kmerflow.cli.live.CallRows;
import io.kmerflow.schema.AnnotationStatus;
import io.kmerflow.schema.ReadAnnotation;
import io.kmerflow.sequence.identity.ReadIdentity;

/**
 * What one annotation says of its read.
 *
 * @param read key of the read's identity
 * @param sample or barcode of the read, or null
 * @param call label, or in brackets why there is none
 * @param score of the best label; NaN where the read was not scored
 * @param bases length of the read
 * @param timeMillis when the annotation was made, 0 if it does not tell
 */
record ComparedCall(String read, String sample, String call, float score, int bases, long timeMillis) {
    /** @throws IllegalArgumentException if the identity of the read cannot be, or it is called and has no call */
    static ComparedCall of(ReadAnnotation annotation) {
        boolean named =
                annotation.getReadCall() != null && annotation.getReadCall().getLabel() != null;
        if (annotation.getStatus() == AnnotationStatus.SCORED && !named) {
            throw new IllegalArgumentException("Expected the label of a read with status SCORED, got none");
        }
        return new ComparedCall(
                new ReadIdentity(annotation.getRunId(), annotation.getReadId(), annotation.getMate()).key(),
                annotation.getSampleId() == null ? annotation.getBarcodeName() : annotation.getSampleId(),
                CallRows.of(annotation),
                annotation.getReadCall() == null
                        ? Float.NaN
                        : annotation.getReadCall().getScore(),
                annotation.getReadLength(),
                annotation.getAnnotatedTime().toEpochMilli());
    }

    /** Whether it stands instead of one that came before it, of the same read: the one made last, else the one that came last. */
    boolean replaces(ComparedCall before) {
        return timeMillis >= before.timeMillis;
    }
}
