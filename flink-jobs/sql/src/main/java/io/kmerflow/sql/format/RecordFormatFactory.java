package io.kmerflow.sql.format;

import io.kmerflow.schema.registry.RegistryAddress;
import io.kmerflow.schema.registry.SchemaRegistry;
import java.util.Locale;
import java.util.Set;
import org.apache.avro.specific.SpecificData;
import org.apache.avro.specific.SpecificRecord;
import org.apache.flink.api.common.serialization.DeserializationSchema;
import org.apache.flink.api.common.serialization.SerializationSchema;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ConfigOptions;
import org.apache.flink.configuration.ReadableConfig;
import org.apache.flink.table.api.ValidationException;
import org.apache.flink.table.connector.ChangelogMode;
import org.apache.flink.table.connector.format.DecodingFormat;
import org.apache.flink.table.connector.format.EncodingFormat;
import org.apache.flink.table.connector.sink.DynamicTableSink;
import org.apache.flink.table.connector.source.DynamicTableSource;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.factories.DeserializationFormatFactory;
import org.apache.flink.table.factories.DynamicTableFactory;
import org.apache.flink.table.factories.FactoryUtil;
import org.apache.flink.table.factories.SerializationFormatFactory;
import org.apache.flink.table.types.DataType;
import org.apache.flink.table.types.logical.RowType;

/**
 * {@code 'format' = 'kmerflow', 'kmerflow.record' = 'annotations'}: records of the topics as rows whose columns have the names of their
 * fields; found by Flink as a service.
 */
public final class RecordFormatFactory implements DeserializationFormatFactory, SerializationFormatFactory {
    static final ConfigOption<String> RECORD = ConfigOptions.key("record")
            .stringType()
            .noDefaultValue()
            .withDescription("What the topic holds: reads, annotations, dead-letters, models or model-events.");
    static final ConfigOption<String> REGISTRY = ConfigOptions.key("schema-registry")
            .stringType()
            .noDefaultValue()
            .withDescription("URL of a schema registry, where records are in Confluent's format.");
    static final ConfigOption<String> CREDENTIALS = ConfigOptions.key("schema-registry-credentials")
            .stringType()
            .noDefaultValue()
            .withDescription("File with user:password for the registry, at the same path wherever the query runs.");
    static final ConfigOption<String> SUBJECT = ConfigOptions.key("subject")
            .stringType()
            .noDefaultValue()
            .withDescription(
                    "Subject of the schema in the registry, for example reads-value; needed to write in Confluent's format.");
    static final ConfigOption<Boolean> IGNORE = ConfigOptions.key("ignore-parse-errors")
            .booleanType()
            .defaultValue(false)
            .withDescription("Leave out bytes that are no record instead of failing the query.");

    @Override
    public String factoryIdentifier() {
        return "kmerflow";
    }

    @Override
    public DecodingFormat<DeserializationSchema<RowData>> createDecodingFormat(
            DynamicTableFactory.Context context, ReadableConfig options) {
        FactoryUtil.validateFactoryOptions(this, options);
        Class<? extends SpecificRecord> type = RecordType.of(options.get(RECORD));
        return new DecodingFormat<>() {
            @Override
            public DeserializationSchema<RowData> createRuntimeDecoder(
                    DynamicTableSource.Context source, DataType columns) {
                RowType row = (RowType) columns.getLogicalType();
                new RecordColumns(SpecificData.get().getSchema(type), row); // fails now rather than in the job
                return new RecordDeserializer(
                        type, row, source.createTypeInformation(columns), registry(options), options.get(IGNORE));
            }

            @Override
            public ChangelogMode getChangelogMode() {
                return ChangelogMode.insertOnly();
            }
        };
    }

    @Override
    public EncodingFormat<SerializationSchema<RowData>> createEncodingFormat(
            DynamicTableFactory.Context context, ReadableConfig options) {
        FactoryUtil.validateFactoryOptions(this, options);
        Class<? extends SpecificRecord> type = RecordType.of(options.get(RECORD));
        return new EncodingFormat<>() {
            @Override
            public SerializationSchema<RowData> createRuntimeEncoder(DynamicTableSink.Context sink, DataType columns) {
                RowType row = (RowType) columns.getLogicalType();
                new RecordColumns(SpecificData.get().getSchema(type), row).requireWritable();
                return new RecordSerializer<>(type, row, schemaId(type, options));
            }

            @Override
            public ChangelogMode getChangelogMode() {
                return ChangelogMode.insertOnly();
            }
        };
    }

    private static RegistryAddress registry(ReadableConfig options) {
        return options.getOptional(REGISTRY)
                .map(url -> new RegistryAddress(
                        url, options.getOptional(CREDENTIALS).orElse(null)))
                .orElse(null);
    }

    private static Integer schemaId(Class<? extends SpecificRecord> type, ReadableConfig options) {
        RegistryAddress address = registry(options);
        if (address == null) {
            return null;
        }
        String subject = options.getOptional(SUBJECT)
                .orElseThrow(() -> new ValidationException(String.format(
                        Locale.ROOT,
                        "Expected 'kmerflow.%s' to write with a schema registry, got none",
                        SUBJECT.key())));
        return new SchemaRegistry(address).idOf(subject, SpecificData.get().getSchema(type));
    }

    @Override
    public Set<ConfigOption<?>> requiredOptions() {
        return Set.of(RECORD);
    }

    @Override
    public Set<ConfigOption<?>> optionalOptions() {
        return Set.of(REGISTRY, CREDENTIALS, SUBJECT, IGNORE);
    }
}
