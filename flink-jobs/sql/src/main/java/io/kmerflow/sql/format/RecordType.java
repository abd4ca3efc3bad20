package io.kmerflow.sql.format;

import io.kmerflow.schema.codec.TopicSchema;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.avro.specific.SpecificRecord;
import org.apache.flink.table.api.ValidationException;

/** The records that a table can be of, by the names of their topics. */
final class RecordType {
    private RecordType() {}

    /** @throws ValidationException if there is no such topic */
    static Class<? extends SpecificRecord> of(String topic) {
        for (TopicSchema schema : TopicSchema.values()) {
            if (schema.topic().equals(topic)) {
                return type(schema);
            }
        }
        throw new ValidationException(String.format(
                Locale.ROOT,
                "Expected 'kmerflow.record' with one of %s, got '%s'",
                Stream.of(TopicSchema.values()).map(TopicSchema::topic).collect(Collectors.joining(", ")),
                topic));
    }

    private static Class<? extends SpecificRecord> type(TopicSchema schema) {
        String name = schema.current().getFullName();
        try {
            return Class.forName(name, true, TopicSchema.class.getClassLoader()).asSubclass(SpecificRecord.class);
        } catch (ClassNotFoundException e) {
            throw new IllegalStateException("Expected the class of " + name, e);
        }
    }
}
