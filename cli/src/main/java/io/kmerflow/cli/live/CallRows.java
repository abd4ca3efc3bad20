package io.kmerflow.cli.live;

import io.kmerflow.job.annotate.ReadStatuses;
import io.kmerflow.schema.AnnotationStatus;
import io.kmerflow.schema.ReadAnnotation;

/** Rows of a table of calls: labels, and in brackets why reads have none. */
public final class CallRows {
    private CallRows() {}

    /**
     * The label of a called read, else such as {@code (other)} or {@code (too short)}; {@code (scored)} for
     * a record of another program that is called and has no label.
     */
    public static String of(ReadAnnotation annotation) {
        boolean named =
                annotation.getReadCall() != null && annotation.getReadCall().getLabel() != null;
        return annotation.getStatus() == AnnotationStatus.SCORED && named
                ? annotation.getReadCall().getLabel()
                : "(" + ReadStatuses.group(annotation).replace('_', ' ') + ")";
    }

    /** Whether a row is one of reads without a call. */
    public static boolean isWithoutCall(String row) {
        return row.startsWith("(");
    }
}
