package io.kmerflow.schema.codec;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.SortedMap;
import org.apache.avro.Schema;

/** The topics and the schemas of their records, as files for other programs need them: each complete in itself. */
public enum TopicSchema {
    READS("reads", "SequencedRead"),
    ANNOTATIONS("annotations", "ReadAnnotation"),
    DEAD_LETTERS("dead-letters", "DeadLetter"),
    MODELS("models", "ModelAnnouncement"),
    /** After {@link #MODELS}, whose file defines a type that this one uses. */
    MODEL_EVENTS("model-events", "ModelEvent"),
    LABELS("labels", "ReadLabel"),
    DRIFT("drift", "DriftReport");

    private final String topic;
    private final String record;

    TopicSchema(String topic, String record) {
        this.topic = topic;
        this.record = record;
    }

    /** Name of the topic, where none was configured. */
    public String topic() {
        return topic;
    }

    /** Simple name of the record. */
    public String record() {
        return record;
    }

    /** The schema that is written now. */
    public Schema current() {
        Schema.Parser parser = new Schema.Parser(); // knows the types of the files before
        for (TopicSchema one : values()) {
            Schema schema = one.parse(parser);
            if (one == this) {
                return schema;
            }
        }
        throw new IllegalStateException(name());
    }

    private Schema parse(Schema.Parser parser) {
        try (InputStream in =
                TopicSchema.class.getResourceAsStream("/io/kmerflow/schema/current/" + record + ".avsc")) {
            return parser.parse(in);
        } catch (IOException e) {
            throw new UncheckedIOException(e); // from the same jar as this class
        }
    }

    /** The schemas of all releases that have the record, by the number of the release. */
    public SortedMap<Integer, Schema> released() {
        return ReleasedSchemas.of(record);
    }
}
