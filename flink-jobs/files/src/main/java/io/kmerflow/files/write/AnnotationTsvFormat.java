package io.kmerflow.files.write;

import io.kmerflow.schema.ReadAnnotation;
import java.util.StringJoiner;

/**
 * Tab-separated values with a header line: one line per read, with the call over the whole read. Absent values are empty;
 * characters within
 * names that are not printed become their number ({@link ReadNames#plain}).
 */
public final class AnnotationTsvFormat implements RowFormat<ReadAnnotation> {
    @Override
    public String header() {
        return "read_id\tmate\trun_id\tsample_id\tbarcode\tstatus\tread_length\tlabel\tscore\tcalls\tmodel\tmodel_version"
                + "\tannotation_id\tuncalled_reason\twindows_scored\twindows_total";
    }

    private static String text(Object value) {
        return value == null ? "" : value.toString();
    }

    @Override
    public String row(ReadAnnotation annotation) {
        String label = annotation.getReadCall() == null
                ? null
                : annotation.getReadCall().getLabel();
        return new StringJoiner("\t")
                .add(ReadNames.plain(annotation.getReadId()))
                .add(Integer.toString(annotation.getMate()))
                .add(ReadNames.plain(annotation.getRunId()))
                .add(ReadNames.plain(annotation.getSampleId()))
                .add(ReadNames.plain(annotation.getBarcodeName()))
                .add(annotation.getStatus().name())
                .add(Integer.toString(annotation.getReadLength()))
                .add(ReadNames.plain(label))
                .add(
                        annotation.getReadCall() == null
                                ? ""
                                : Float.toString(annotation.getReadCall().getScore()))
                .add(Integer.toString(annotation.getCalls().size()))
                .add(ReadNames.plain(annotation.getModelName()))
                .add(ReadNames.plain(annotation.getModelVersion()))
                .add(annotation.getAnnotationId())
                .add(text(annotation.getUncalledReason()))
                .add(text(annotation.getWindowsScored()))
                .add(text(annotation.getWindowsTotal()))
                .toString();
    }
}
