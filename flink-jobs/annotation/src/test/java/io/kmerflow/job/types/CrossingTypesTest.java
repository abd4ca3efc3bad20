package io.kmerflow.job.types;

import static org.assertj.core.api.Assertions.assertThat;

import io.kmerflow.job.deadletter.DeadLetterPolicy;
import io.kmerflow.job.deadletter.DeadLetters;
import io.kmerflow.job.ingest.DecodedRead;
import io.kmerflow.job.ingest.Origin;
import io.kmerflow.job.ingest.RawRecord;
import io.kmerflow.schema.DeadLetter;
import io.kmerflow.schema.DeadLetterStage;
import io.kmerflow.sequence.Read;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.apache.flink.api.common.serialization.SerializerConfigImpl;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.apache.flink.types.PojoTestUtils;
import org.junit.jupiter.api.Test;

class CrossingTypesTest {
    private static <T> T overTheNetwork(TypeSerializer<T> serializer, T value) throws IOException {
        DataOutputSerializer out = new DataOutputSerializer(64);
        serializer.serialize(value, out);
        return serializer.deserialize(new DataInputDeserializer(out.getCopyOfBuffer()));
    }

    private static DeadLetter letter() {
        return new DeadLetters(new DeadLetterPolicy(true, null))
                .of(
                        Origin.ofTopic("reads", 3, 17, 5),
                        null,
                        DeadLetterStage.DECODE,
                        "UNDECODABLE",
                        "not a read",
                        new IOException(),
                        new byte[] {9, 8});
    }

    @Test
    void recordsBetweenOperatorsArePojosWithoutKryo() {
        PojoTestUtils.assertSerializedAsPojoWithoutKryo(Origin.class);
        PojoTestUtils.assertSerializedAsPojoWithoutKryo(RawRecord.class);
        PojoTestUtils.assertSerializedAsPojoWithoutKryo(DecodedRead.class);
    }

    @Test
    void aDecodedReadIsTheSameReadAfterTheNetwork() throws IOException {
        Read read =
                new Read("r", 1, "run", null, true, "ACGN".getBytes(StandardCharsets.UTF_8), new byte[] {1, 2, 3, 4});
        DecodedRead arrived = overTheNetwork(
                TypeInformation.of(DecodedRead.class).createSerializer(new SerializerConfigImpl()),
                DecodedRead.of(read, "barcode01", Origin.ofFile("a.fastq", 1, 1, 0, 9)));

        assertThat(arrived.toRead().readId()).isEqualTo("r");
        assertThat(arrived.toRead().mate()).isEqualTo(1);
        assertThat(arrived.toRead().filtered()).isTrue();
        assertThat(arrived.toRead().sampleId()).isNull();
        assertThat(arrived.toRead().bases()).asString().isEqualTo("ACGN");
        assertThat(arrived.toRead().phredQualities()).containsExactly(1, 2, 3, 4);
        assertThat(arrived.barcodeName).isEqualTo("barcode01");
        assertThat(arrived.origin.byteEnd).isEqualTo(9);
    }

    @Test
    void anAvroRecordIsEqualAfterTheNetworkAndAfterACopy() throws IOException {
        TypeSerializer<DeadLetter> serializer =
                new RecordTypeInfo<>(DeadLetter.class).createSerializer(new SerializerConfigImpl());
        DeadLetter letter = letter();

        assertThat(overTheNetwork(serializer, letter)).isEqualTo(letter).isNotSameAs(letter);
        assertThat(serializer.copy(letter)).isEqualTo(letter).isNotSameAs(letter);
        assertThat(letter.getPayload()).isEqualTo(ByteBuffer.wrap(new byte[] {9, 8}));
    }

    @Test
    void copyingBytesKeepsTheRecord() throws IOException {
        RecordSerializer<DeadLetter> serializer = new RecordSerializer<>(DeadLetter.class);
        DataOutputSerializer first = new DataOutputSerializer(64);
        DataOutputSerializer second = new DataOutputSerializer(64);
        serializer.serialize(letter(), first);
        serializer.copy(new DataInputDeserializer(first.getCopyOfBuffer()), second);

        assertThat(second.getCopyOfBuffer()).isEqualTo(first.getCopyOfBuffer());
    }

    @Test
    void theSerializersSnapshotRestoresIt() throws IOException {
        RecordSerializer<DeadLetter> serializer = new RecordSerializer<>(DeadLetter.class);
        DataOutputSerializer out = new DataOutputSerializer(64);
        TypeSerializerSnapshot.writeVersionedSnapshot(out, serializer.snapshotConfiguration());

        TypeSerializerSnapshot<DeadLetter> read = TypeSerializerSnapshot.readVersionedSnapshot(
                new DataInputDeserializer(out.getCopyOfBuffer()), getClass().getClassLoader());

        assertThat(read.restoreSerializer()).isEqualTo(serializer);
        assertThat(serializer
                        .snapshotConfiguration()
                        .resolveSchemaCompatibility(read)
                        .isCompatibleAsIs())
                .isTrue();
    }
}
