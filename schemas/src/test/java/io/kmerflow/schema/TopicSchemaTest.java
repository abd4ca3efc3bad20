package io.kmerflow.schema;

import static org.assertj.core.api.Assertions.assertThat;

import io.kmerflow.schema.codec.TopicSchema;
import org.apache.avro.Schema;
import org.apache.avro.SchemaFormatter;
import org.apache.avro.SchemaNormalization;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class TopicSchemaTest {
    private static Schema written(TopicSchema topic) {
        return switch (topic) {
            case READS -> SequencedRead.getClassSchema();
            case ANNOTATIONS -> ReadAnnotation.getClassSchema();
            case DEAD_LETTERS -> DeadLetter.getClassSchema();
            case MODELS -> ModelAnnouncement.getClassSchema();
            case MODEL_EVENTS -> ModelEvent.getClassSchema();
            case LABELS -> ReadLabel.getClassSchema();
            case DRIFT -> DriftReport.getClassSchema();
        };
    }

    @ParameterizedTest
    @EnumSource(TopicSchema.class)
    void currentSchemaHasTheFingerprintOfTheRecordsOnTheTopic(TopicSchema topic) {
        assertThat(SchemaNormalization.parsingFingerprint64(topic.current()))
                .isEqualTo(SchemaNormalization.parsingFingerprint64(written(topic)));
    }

    @ParameterizedTest
    @EnumSource(TopicSchema.class)
    void schemaAsTextIsCompleteInItselfAndDocumented(TopicSchema topic) {
        Schema alone = new Schema.Parser().parse(SchemaFormatter.format("json/pretty", topic.current()));

        assertThat(alone).isEqualTo(topic.current());
        assertThat(alone.getDoc()).isNotBlank();
        assertThat(topic.current().toString()).doesNotContain("avro.java.string");
    }

    @Test
    void everyTopicIsInTheNewestRelease() {
        assertThat(TopicSchema.READS.released().firstKey()).isOne();
        assertThat(TopicSchema.values())
                .extracting(topic -> topic.released().lastKey())
                .containsOnly(TopicSchema.READS.released().size());
    }
}
