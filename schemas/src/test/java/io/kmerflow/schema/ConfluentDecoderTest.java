package io.kmerflow.schema;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kmerflow.schema.codec.ConfluentDecoder;
import io.kmerflow.schema.codec.ConfluentFormat;
import io.kmerflow.schema.codec.RecordCodec;
import io.kmerflow.schema.codec.UndecodableRecordException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.avro.Schema;
import org.apache.avro.SchemaBuilder;
import org.junit.jupiter.api.Test;

class ConfluentDecoderTest {
    private static final int CURRENT = 7;
    private static final int FOREIGN = 8;

    private final List<Integer> asked = new ArrayList<>();
    private final ConfluentDecoder<ModelEvent> decoder = new ConfluentDecoder<>(ModelEvent.class, this::registry);
    private final ModelEvent event = ModelEvent.newBuilder()
            .setModelName("species")
            .setSlot(ModelSlot.ACTIVE)
            .setRevision(3)
            .setSubtask(-1)
            .setOutcome(ModelOutcome.COMMITTED)
            .setEventTime(Instant.EPOCH)
            .build();
    private final byte[] singleObject = new RecordCodec<>(ModelEvent.class).encode(event);

    private Schema registry(int id) {
        asked.add(id);
        return switch (id) {
            case CURRENT -> ModelEvent.getClassSchema();
            case FOREIGN ->
                SchemaBuilder.record("Other").fields().requiredString("name").endRecord();
            default -> null;
        };
    }

    @Test
    void readsBothFormatsAndAsksOnceForEachId() throws Exception {
        byte[] confluent = ConfluentFormat.of(CURRENT, singleObject);

        assertThat(confluent).startsWith(0, 0, 0, 0, 7).hasSize(singleObject.length - 5);
        assertThat(decoder.decode(confluent)).isEqualTo(event);
        assertThat(decoder.decode(singleObject)).isEqualTo(event);
        assertThat(decoder.decode(confluent)).isEqualTo(event);
        assertThat(asked).containsExactly(CURRENT);
    }

    @Test
    void idsThatAreUnknownOrOfAnotherRecordAreUndecodable() {
        for (int turn = 0; turn < 2; turn++) {
            assertUndecodable(ConfluentFormat.of(99, singleObject), "Avro schema 99");
            assertUndecodable(ConfluentFormat.of(FOREIGN, singleObject), "schema 8 of the registry, Other, is none");
        }
        assertThat(asked).containsExactly(99, FOREIGN);
    }

    @Test
    void damagedBytesAreUndecodable() {
        byte[] whole = ConfluentFormat.of(CURRENT, singleObject);
        for (int length = 0; length < whole.length; length++) {
            byte[] cut = Arrays.copyOf(whole, length);
            assertThatThrownBy(() -> decoder.decode(cut)).isInstanceOf(UndecodableRecordException.class);
        }
        assertUndecodable(Arrays.copyOf(whole, whole.length + 1), "the end of the record");
        assertThatThrownBy(() -> decoder.decode(null)).isInstanceOf(UndecodableRecordException.class);
    }

    @Test
    void aRegistryThatDoesNotAnswerIsNoUndecodableRecord() {
        ConfluentDecoder<ModelEvent> lost = new ConfluentDecoder<>(ModelEvent.class, id -> {
            throw new IllegalStateException("no answer");
        });

        assertThatThrownBy(() -> lost.decode(ConfluentFormat.of(CURRENT, singleObject)))
                .isInstanceOf(IllegalStateException.class);
    }

    private void assertUndecodable(byte[] bytes, String reason) {
        assertThatThrownBy(() -> decoder.decode(bytes))
                .isInstanceOf(UndecodableRecordException.class)
                .hasMessageContaining(reason);
    }
}
