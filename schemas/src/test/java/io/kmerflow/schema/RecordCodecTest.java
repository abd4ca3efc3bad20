package io.kmerflow.schema;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kmerflow.schema.codec.RecordCodec;
import io.kmerflow.schema.codec.UndecodableRecordException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
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

    /** A record with an attribute, cut apart at the map of attributes, which comes last. */
    private static byte[] withAttributes(RecordCodec<SequencedRead> codec, byte... attributes) {
        SequencedRead read = read();
        read.setAttributes(Map.of());
        byte[] whole = codec.encode(read); // ends with the byte 0: no block of attributes
        byte[] changed = Arrays.copyOf(whole, whole.length - 1 + attributes.length);
        System.arraycopy(attributes, 0, changed, whole.length - 1, attributes.length);
        return changed;
    }

    @Test
    void bytesAfterTheRecordAreUndecodable() {
        byte[] whole = codec.encode(read());
        assertThatThrownBy(() -> codec.decode(Arrays.copyOf(whole, whole.length + 1)))
                .isInstanceOf(UndecodableRecordException.class)
                .hasMessageContaining(String.format(
                        Locale.ROOT, "Expected the end of the record at byte %d, got 1 bytes more", whole.length));
    }

    @Test
    void countsAndLengthsThatCannotBeAreUndecodable() throws Exception {
        byte[] one = {2, 2, 'k', 2, 'v', 0}; // one entry, k to v, end
        assertThat(codec.decode(withAttributes(codec, one)).getAttributes()).isEqualTo(Map.of("k", "v"));
        byte[][] damaged = {
            {1, 2, 'k', 2, 'v', 0}, // -1 entries without a size
            {1, 9, 2, 'k', 2, 'v', 0}, // -1 entries of a block of -5 bytes
            {1, 10, 2, 'k', 2, 'v', 0}, // -1 entries of 5 bytes, there are 4
            {1, 6, 2, 'k', 2, 'v', 0}, // -1 entries of 3 bytes, there are 4
            {-1, -1, -1, -1, -1, -1, -1, -1, -1, 1, 8, 2, 'k', 2, 'v', 0}, // Long.MIN_VALUE entries
            {-2, -1, -1, -1, -1, -1, -1, -1, -1, 1, 2, 'k', 2, 'v', 0}, // Long.MAX_VALUE entries
            {-2, -1, -1, -1, 15, 2, 'k', 2, 'v', 0}, // 2^31 - 1 entries
            {2, 1, 'k', 2, 'v', 0}, // a key of -1 bytes
            {2, 2, 'k', 1, 'v', 0}, // a value of -1 bytes
            {2, 2, 'k', 100, 'v', 0}, // a value of 50 bytes, there is 1
            {2, 2, 'k', -2, -1, -1, -1, 15, 'v', 0}, // a value of 2^31 - 1 bytes
            {2, 2, 'k', -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, 1, 0}, // a length of 11 bytes
        };
        for (byte[] attributes : damaged) {
            assertThatThrownBy(() -> codec.decode(withAttributes(codec, attributes)))
                    .as(Arrays.toString(attributes))
                    .isInstanceOf(UndecodableRecordException.class)
                    .hasMessageContaining("Expected a SequencedRead")
                    .hasMessageNotContaining("Exception");
        }
    }

    /** Avro's other form of a block, which writers of other languages may choose. */
    @Test
    void aBlockWithItsSizeIsRead() throws Exception {
        byte[] block = {1, 8, 2, 'k', 2, 'v', 2, 2, 'm', 2, 'n', 0};
        assertThat(codec.decode(withAttributes(codec, block)).getAttributes()).isEqualTo(Map.of("k", "v", "m", "n"));
    }

    /** Every cut, and every byte set to every value: a record or the one exception, and never much memory. */
    @Test
    void anyDamageIsARecordOrUndecodable() {
        byte[] whole = codec.encode(read());
        int records = 0;
        for (int i = 0; i < whole.length; i++) {
            byte[] cut = Arrays.copyOf(whole, i);
            assertThatThrownBy(() -> codec.decode(cut)).isInstanceOf(UndecodableRecordException.class);
            for (int value = 0; value < 256; value++) {
                byte[] changed = whole.clone();
                changed[i] = (byte) value;
                try {
                    codec.decode(changed);
                    records++;
                } catch (UndecodableRecordException e) {
                    assertThat(e).hasMessageStartingWith("Expected a SequencedRead");
                }
            }
        }
        assertThat(records).as("another base or quality is another record").isGreaterThan(whole.length);
    }

    @Test
    void anIndexOfAnEnumBeyondItsSymbolsIsUndecodable() {
        RecordCodec<DeadLetter> letters = new RecordCodec<>(DeadLetter.class);
        DeadLetter letter = DeadLetter.newBuilder()
                .setDeadLetterId("id")
                .setStage(DeadLetterStage.SINK)
                .setReason("REASON")
                .setMessage("message")
                .setFailedTime(java.time.Instant.EPOCH)
                .build();
        byte[] bytes = letters.encode(letter);
        int stage = new String(bytes, StandardCharsets.ISO_8859_1).indexOf("REASON") - 2;
        assertThat(bytes[stage]).isEqualTo((byte) (2 * DeadLetterStage.SINK.ordinal()));
        bytes[stage] = 98;
        assertThatThrownBy(() -> letters.decode(bytes))
                .isInstanceOf(UndecodableRecordException.class)
                .hasMessageContaining("got 49");
    }

    @Test
    void bytesOfConfluentsFormatAreToldAsSuch() {
        assertThatThrownBy(() -> new RecordCodec<>(SequencedRead.class).decode(new byte[] {0, 0, 0, 0, 7, 2, 'r'}))
                .isInstanceOf(UndecodableRecordException.class)
                .hasMessageEndingWith(
                        "got 00 00 00 00 07 02 72, as Confluent's format begins, which is read with a schema registry");
    }
}
