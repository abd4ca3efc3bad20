package io.kmerflow.sql.format;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kmerflow.schema.ReadAnnotation;
import io.kmerflow.schema.SequencedRead;
import java.util.HashMap;
import java.util.Map;
import org.apache.flink.table.api.DataTypes;
import org.apache.flink.table.data.GenericArrayData;
import org.apache.flink.table.data.GenericMapData;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.StringData;
import org.apache.flink.table.types.DataType;
import org.apache.flink.table.types.logical.RowType;
import org.junit.jupiter.api.Test;

class RecordColumnsTest {
    private static RowType row(String name, DataType type) {
        return (RowType) DataTypes.ROW(DataTypes.FIELD(name, type)).getLogicalType();
    }

    @Test
    void aNullInAMapOrAListIsToldWithItsColumn() {
        RecordColumns reads = new RecordColumns(
                SequencedRead.getClassSchema(),
                row("attributes", DataTypes.MAP(DataTypes.STRING(), DataTypes.STRING())));
        Map<StringData, StringData> attributes = new HashMap<>();
        attributes.put(StringData.fromString("comment"), null);
        assertThatThrownBy(() -> reads.toRecord(GenericRowData.of(new GenericMapData(attributes)), new SequencedRead()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("Expected values in all of the column 'attributes', got NULL");

        RecordColumns annotations = new RecordColumns(
                ReadAnnotation.getClassSchema(), row("labelScores", DataTypes.ARRAY(DataTypes.FLOAT())));
        assertThatThrownBy(() -> annotations.toRecord(
                        GenericRowData.of(new GenericArrayData(new Object[] {0.5f, null})), new ReadAnnotation()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("Expected values in all of the column 'labelScores', got NULL");
    }

    @Test
    void aTextThatIsNoConstantIsToldWithThoseThatAre() {
        RecordColumns annotations =
                new RecordColumns(ReadAnnotation.getClassSchema(), row("status", DataTypes.STRING()));

        assertThatThrownBy(() ->
                        annotations.toRecord(GenericRowData.of(StringData.fromString("called")), new ReadAnnotation()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("Expected one of [")
                .hasMessageContaining("SCORED")
                .hasMessageEndingWith(" in the column 'status', got 'called'");
    }
}
