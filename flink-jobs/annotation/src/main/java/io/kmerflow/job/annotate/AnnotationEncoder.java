package io.kmerflow.job.annotate;

import io.kmerflow.job.json.AnnotationJson;
import io.kmerflow.schema.ReadAnnotation;
import io.kmerflow.schema.codec.ConfluentFormat;
import io.kmerflow.schema.codec.RecordCodec;
import java.nio.charset.StandardCharsets;

/** Writes annotations in one format. Used by one thread. */
public final class AnnotationEncoder {
    private final AnnotationFormat format;
    private final int schemaId;
    private final RecordCodec<ReadAnnotation> codec = new RecordCodec<>(ReadAnnotation.class);

    /**
     * @param format of the bytes
     * @param schemaId of the current schema in the registry; of no use to other formats than {@link AnnotationFormat#CONFLUENT}
     */
    public AnnotationEncoder(AnnotationFormat format, int schemaId) {
        this.format = format;
        this.schemaId = schemaId;
    }

    /** The annotation as bytes, a new array; JSON is UTF-8. */
    public byte[] encode(ReadAnnotation annotation) {
        return switch (format) {
            case AVRO -> codec.encode(annotation);
            case CONFLUENT -> ConfluentFormat.of(schemaId, codec.encode(annotation));
            case JSON -> AnnotationJson.text(annotation).getBytes(StandardCharsets.UTF_8);
        };
    }
}
