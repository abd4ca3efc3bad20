package io.kmerflow.sql.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kmerflow.schema.SequencedRead;
import io.kmerflow.schema.codec.RecordCodec;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.apache.flink.table.api.DataTypes;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.data.StringData;
import org.apache.flink.table.runtime.typeutils.InternalTypeInfo;
import org.apache.flink.table.types.logical.RowType;
import org.junit.jupiter.api.Test;

class RecordDeserializerTest {
    private static final RowType ROW = (RowType) DataTypes.ROW(
                    DataTypes.FIELD("readId", DataTypes.STRING()),
                    DataTypes.FIELD("bases", DataTypes.STRING()),
                    DataTypes.FIELD("phredQualities", DataTypes.STRING()))
            .getLogicalType();

    private static RecordDeserializer reads() {
        RecordDeserializer reads =
                new RecordDeserializer(SequencedRead.class, ROW, InternalTypeInfo.of(ROW), null, false);
        reads.open(null);
        return reads;
    }

    @Test
    void readsInJsonAndInAvroAreTheSameRows() throws Exception {
        RowData expected = GenericRowData.of(
                StringData.fromString("r"), StringData.fromString("ACG"), StringData.fromString("!I~"));
        SequencedRead read = SequencedRead.newBuilder()
                .setReadId("r")
                .setRunId("run")
                .setBases(ByteBuffer.wrap("ACG".getBytes(StandardCharsets.US_ASCII)))
                .setPhredQualities(ByteBuffer.wrap(new byte[] {0, 40, 93}))
                .build();
        String json = "{\"readId\":\"r\",\"runId\":\"run\",\"bases\":\"ACG\",\"phredQualities\":[0,40,93]}";

        assertThat(reads().deserialize(new RecordCodec<>(SequencedRead.class).encode(read)))
                .isEqualTo(expected);
        assertThat(reads().deserialize(json.getBytes(StandardCharsets.UTF_8))).isEqualTo(expected);
    }

    @Test
    void anObjectThatIsNoReadFailsWithTheNameOfItsField() {
        assertThatThrownBy(() -> reads().deserialize("{\"readId\":\"r\"}".getBytes(StandardCharsets.UTF_8)))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("expected a text as runId, got nothing");
    }
}
