package io.kmerflow.job.sink;

import io.kmerflow.schema.ReadAnnotation;
import java.util.StringJoiner;

/**
 * Tab-separated values with a header line: one line per read, with the call over the whole read. Absent values are empty;
 * tabs and line ends within names become spaces.
 */
public final class AnnotationTsvFormat implements RowFormat<ReadAnnotation> {
    @Override
    public String header() {
        return "read_id\tmate\trun_id\tsample_id\tbarcode\tstatus\tread_length\tlabel\tscore\tcalls\tmodel\tmodel_version"
                + "\tannotation_id";
    }

    @Override
    public String row(ReadAnnotation annotation) {
        String label = annotation.getReadCall() == null
                ? null
                : annotation.getReadCall().getLabel();
        return new StringJoiner("\t")
                .add(text(annotation.getReadId()))
                .add(Integer.toString(annotation.getMate()))
                .add(text(annotation.getRunId()))
                .add(text(annotation.getSampleId()))
                .add(text(annotation.getBarcodeName()))
                .add(annotation.getStatus().name())
                .add(Integer.toString(annotation.getReadLength()))
                .add(text(label))
                .add(
                        annotation.getReadCall() == null
                                ? ""
                                : Float.toString(annotation.getReadCall().getScore()))
                .add(Integer.toString(annotation.getCalls().size()))
                .add(text(annotation.getModelName()))
                .add(text(annotation.getModelVersion()))
                .add(annotation.getAnnotationId())
                .toString();
    }

    private static String text(String value) {
        return value == null ? "" : value.replace('\t', ' ').replace('\n', ' ').replace('\r', ' ');
    }
}
