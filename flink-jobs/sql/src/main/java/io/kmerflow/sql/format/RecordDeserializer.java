package io.kmerflow.sql.format;

import io.kmerflow.job.json.ReadDecoder;
import io.kmerflow.schema.SequencedRead;
import io.kmerflow.schema.codec.ConfluentDecoder;
import io.kmerflow.schema.codec.RecordCodec;
import io.kmerflow.schema.codec.RecordDecoder;
import io.kmerflow.schema.codec.UndecodableRecordException;
import io.kmerflow.schema.registry.RegistryAddress;
import io.kmerflow.schema.registry.SchemaRegistry;
import java.io.IOException;
import org.apache.avro.specific.SpecificData;
import org.apache.avro.specific.SpecificRecord;
import org.apache.flink.api.common.serialization.DeserializationSchema;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.types.logical.RowType;

/** Bytes of a topic to rows. */
final class RecordDeserializer implements DeserializationSchema<RowData> {
    private final Class<? extends SpecificRecord> type;
    private final RowType row;
    private final TypeInformation<RowData> produced;
    private final RegistryAddress registry;
    private final boolean ignoreUndecodable;
    private transient RecordDecoder<? extends SpecificRecord> decoder;
    private transient RecordColumns columns;

    /**
     * @param registry of schemas, for Confluent's format; null if the topic has none of it
     * @param ignoreUndecodable whether bytes that are no record are left out instead of failing the query
     */
    RecordDeserializer(
            Class<? extends SpecificRecord> type,
            RowType row,
            TypeInformation<RowData> produced,
            RegistryAddress registry,
            boolean ignoreUndecodable) {
        this.type = type;
        this.row = row;
        this.produced = produced;
        this.registry = registry;
        this.ignoreUndecodable = ignoreUndecodable;
    }

    @Override
    public void open(InitializationContext context) {
        decoder = decoder();
        columns = new RecordColumns(SpecificData.get().getSchema(type), row);
    }

    /** Of reads in JSON too; annotations in JSON have no time, which is for Flink's own format to take from the record. */
    private RecordDecoder<? extends SpecificRecord> decoder() {
        if (type == SequencedRead.class) {
            return new ReadDecoder(registry);
        }
        return registry == null
                ? new RecordCodec<>(type)
                : new ConfluentDecoder<>(type, new SchemaRegistry(registry)::schema);
    }

    @Override
    public RowData deserialize(byte[] message) throws IOException {
        if (message == null) {
            return null;
        }
        try {
            return columns.toRow(decoder.decode(message));
        } catch (UndecodableRecordException e) {
            if (ignoreUndecodable) {
                return null; // which the connector leaves out
            }
            throw new IOException(e.getMessage(), e);
        }
    }

    @Override
    public boolean isEndOfStream(RowData nextElement) {
        return false;
    }

    @Override
    public TypeInformation<RowData> getProducedType() {
        return produced;
    }
}
