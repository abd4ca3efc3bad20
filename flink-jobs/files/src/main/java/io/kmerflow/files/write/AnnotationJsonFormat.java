package io.kmerflow.files.write;

import io.kmerflow.job.json.AnnotationJson;
import io.kmerflow.schema.ReadAnnotation;

/** JSON Lines: one object per read, as {@link AnnotationJson} has it. */
public final class AnnotationJsonFormat implements RowFormat<ReadAnnotation> {
    @Override
    public String header() {
        return null;
    }

    @Override
    public String row(ReadAnnotation annotation) {
        return AnnotationJson.text(annotation);
    }
}
