package io.kmerflow.schema;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kmerflow.schema.codec.RecordCodec;
import io.kmerflow.schema.codec.UndecodableRecordException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.message.BinaryMessageEncoder;
import org.junit.jupiter.api.Test;

class RecordCodecTest {
    private final RecordCodec<SequencedRead> codec = new RecordCodec<>(SequencedRead.class);

    private static SequencedRead read() {
        return SequencedRead.newBuilder()
                .setReadId("r1")
                .setRunId("run")
                .setBases(ByteBuffer.wrap("ACGT".getBytes(StandardCharsets.US_ASCII)))
                .setPhredQualities(ByteBuffer.wrap(new byte[] {1, 2, 3, 40}))
                .setAttributes(Map.of("comment", "x"))
                .build();
    }

    @Test
    void recordsComeBackEqual() throws Exception {
        assertThat(codec.decode(codec.encode(read()))).isEqualTo(read());
    }

    @Test
    void bytesBeginWithTheSingleObjectMarker() {
        assertThat(Arrays.copyOf(codec.encode(read()), 2)).containsExactly(0xC3, 0x01);
    }

    @Test
    void cutForeignAndMissingBytesAreUndecodable() {
        byte[] bytes = codec.encode(read());
        byte[] otherRecord = new RecordCodec<>(ModelEvent.class)
                .encode(ModelEvent.newBuilder()
                        .setModelName("m")
                        .setSlot(ModelSlot.ACTIVE)
                        .setRevision(1)
                        .setSubtask(0)
                        .setOutcome(ModelOutcome.COMMITTED)
                        .setEventTime(java.time.Instant.EPOCH)
                        .build());
        for (byte[] bad : new byte[][] {
            null,
            {},
            "hello, world".getBytes(StandardCharsets.US_ASCII),
            Arrays.copyOf(bytes, bytes.length - 3),
            otherRecord
        }) {
            assertThatThrownBy(() -> codec.decode(bad))
                    .isInstanceOf(UndecodableRecordException.class)
                    .hasMessageContaining("Expected a SequencedRead");
        }
    }

    @Test
    void anAddedWriterSchemaIsRead() throws Exception {
        Schema older = new Schema.Parser().parse("""
                {"type":"record","name":"SequencedRead","namespace":"io.kmerflow.schema","fields":[
                  {"name":"readId","type":"string"},{"name":"runId","type":"string"},{"name":"bases","type":"bytes"}]}""");
        GenericRecord record = new GenericData.Record(older);
        record.put("readId", "old");
        record.put("runId", "run");
        record.put("bases", ByteBuffer.wrap(new byte[] {'A'}));
        ByteBuffer written = new BinaryMessageEncoder<GenericRecord>(GenericData.get(), older).encode(record);
        SequencedRead read =
                new RecordCodec<>(SequencedRead.class).reading(older).decode(written.array());
        assertThat(read.getReadId()).isEqualTo("old");
        assertThat(read.getMate()).isZero();
        assertThat(read.getPhredQualities()).isNull();
    }
}
