package io.kmerflow.sql.format;

import io.kmerflow.schema.codec.ConfluentFormat;
import io.kmerflow.schema.codec.RecordCodec;
import org.apache.avro.Schema;
import org.apache.avro.specific.SpecificData;
import org.apache.avro.specific.SpecificRecord;
import org.apache.flink.api.common.serialization.SerializationSchema;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.types.logical.RowType;

/**
 * Rows to bytes of a topic.
 *
 * @param <T> record of the topic
 */
final class RecordSerializer<T extends SpecificRecord> implements SerializationSchema<RowData> {
    private final Class<T> type;
    private final RowType row;
    private final Integer schemaId;
    private transient Schema schema;
    private transient RecordCodec<T> codec;
    private transient RecordColumns columns;

    /** @param schemaId of the record's schema in the registry, for Confluent's format; null for single-object encoding */
    RecordSerializer(Class<T> type, RowType row, Integer schemaId) {
        this.type = type;
        this.row = row;
        this.schemaId = schemaId;
    }

    @Override
    public void open(InitializationContext context) {
        schema = SpecificData.get().getSchema(type);
        codec = new RecordCodec<>(type);
        columns = new RecordColumns(schema, row);
    }

    @Override
    public byte[] serialize(RowData element) {
        T record = type.cast(SpecificData.newInstance(type, schema));
        byte[] bytes = codec.encode(columns.toRecord(element, record));
        return schemaId == null ? bytes : ConfluentFormat.of(schemaId, bytes);
    }
}
