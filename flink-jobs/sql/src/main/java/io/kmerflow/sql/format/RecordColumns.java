package io.kmerflow.sql.format;

import io.kmerflow.sequence.MalformedReadException;
import io.kmerflow.sequence.PhredQualities;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.avro.Schema;
import org.apache.avro.generic.IndexedRecord;
import org.apache.avro.specific.SpecificData;
import org.apache.flink.table.api.ValidationException;
import org.apache.flink.table.data.ArrayData;
import org.apache.flink.table.data.GenericArrayData;
import org.apache.flink.table.data.GenericMapData;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.MapData;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.data.StringData;
import org.apache.flink.table.data.TimestampData;
import org.apache.flink.table.types.logical.ArrayType;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.table.types.logical.LogicalTypeRoot;
import org.apache.flink.table.types.logical.MapType;
import org.apache.flink.table.types.logical.RowType;

/**
 * Columns of a table and the fields of a record with their names, any of them in any order. Bytes of bases and of qualities may be STRING:
 * letters, and FASTQ's characters (Phred+33). Made anew where it is used, since schemas of Avro do not travel.
 */
final class RecordColumns {
    /** A value of one side as one of the other; neither is null. */
    private interface Conversion {
        Object apply(Object value);
    }

    /** Both ways of a type. */
    private record Both(Conversion toTable, Conversion toAvro) {}

    private record Column(Schema.Field field, RowData.FieldGetter getter, Both both) {}

    private static final Both SAME = new Both(value -> value, value -> value);
    private static final String BASES = "bases";
    private static final String QUALITIES = "phredQualities";

    private final Schema schema;
    private final SpecificData data = new SpecificData();
    private final List<Column> columns = new ArrayList<>();

    /** @throws ValidationException if a column has no field of its name, or another type */
    RecordColumns(Schema schema, RowType row) {
        this.schema = schema;
        for (int i = 0; i < row.getFieldCount(); i++) {
            String name = row.getFieldNames().get(i);
            Schema.Field field = schema.getField(name);
            if (field == null) {
                throw new ValidationException(String.format(
                        Locale.ROOT,
                        "Expected a column with the name of a field of %s, got '%s'; there are %s",
                        schema.getName(),
                        name,
                        schema.getFields().stream().map(Schema.Field::name).toList()));
            }
            LogicalType type = row.getTypeAt(i);
            columns.add(new Column(field, RowData.createFieldGetter(type, i), both(field.schema(), type, name)));
        }
    }

    /** @throws ValidationException if records cannot be written from these columns alone */
    RecordColumns requireWritable() {
        for (Schema.Field field : schema.getFields()) {
            boolean given = columns.stream().anyMatch(column -> column.field().equals(field));
            if (!given && !field.hasDefaultValue()) {
                throw new ValidationException(String.format(
                        Locale.ROOT,
                        "Expected a column '%s', which every %s has, to write to the table",
                        field.name(),
                        schema.getName()));
            }
        }
        return this;
    }

    RowData toRow(IndexedRecord record) {
        GenericRowData row = new GenericRowData(columns.size());
        for (int i = 0; i < columns.size(); i++) {
            Object value = record.get(columns.get(i).field().pos());
            row.setField(
                    i, value == null ? null : columns.get(i).both().toTable().apply(value));
        }
        return row;
    }

    /**
     * Fills a new record; fields without a column get their defaults.
     *
     * @throws IllegalArgumentException if a value cannot be in such a record
     */
    <T extends IndexedRecord> T toRecord(RowData row, T record) {
        for (Schema.Field field : schema.getFields()) {
            if (field.hasDefaultValue()) {
                record.put(field.pos(), data.deepCopy(field.schema(), data.getDefaultValue(field)));
            }
        }
        for (Column column : columns) {
            Object value = column.getter().getFieldOrNull(row);
            if (value == null && !column.field().schema().isNullable()) {
                throw new IllegalArgumentException(String.format(
                        Locale.ROOT,
                        "Expected a value in the column '%s', which every %s has, got NULL",
                        column.field().name(),
                        schema.getName()));
            }
            record.put(
                    column.field().pos(),
                    value == null ? null : column.both().toAvro().apply(value));
        }
        return record;
    }

    private Both both(Schema nullable, LogicalType type, String name) {
        Schema avro = withoutNull(nullable);
        LogicalTypeRoot root = type.getTypeRoot();
        boolean text = root == LogicalTypeRoot.VARCHAR;
        Both both = switch (avro.getType()) {
            case STRING -> text ? new Both(value -> StringData.fromString((String) value), Object::toString) : null;
            case ENUM ->
                text
                        ? new Both(
                                value -> StringData.fromString(value.toString()),
                                value -> data.createEnum(symbol(avro, value, name), avro))
                        : null;
            case BYTES -> bytes(root, name);
            case BOOLEAN -> root == LogicalTypeRoot.BOOLEAN ? SAME : null;
            case INT -> integer(root);
            case LONG -> number(avro, root);
            case FLOAT -> real(root);
            case DOUBLE -> root == LogicalTypeRoot.DOUBLE ? SAME : null;
            case ARRAY -> root == LogicalTypeRoot.ARRAY ? array(avro, (ArrayType) type, name) : null;
            case MAP -> root == LogicalTypeRoot.MAP ? map(avro, (MapType) type, name) : null;
            case RECORD -> root == LogicalTypeRoot.ROW ? record(avro, (RowType) type) : null;
            default -> null;
        };
        if (both == null) {
            throw new ValidationException(String.format(
                    Locale.ROOT,
                    "Expected a type for the column '%s' that fits its field, %s, got %s",
                    name,
                    avro.getType().getName(),
                    type));
        }
        return both;
    }

    private static String symbol(Schema avro, Object value, String name) {
        if (!avro.getEnumSymbols().contains(value.toString())) {
            throw new IllegalArgumentException(String.format(
                    Locale.ROOT,
                    "Expected one of %s in the column '%s', got '%s'",
                    avro.getEnumSymbols(),
                    name,
                    value));
        }
        return value.toString();
    }

    private static Schema withoutNull(Schema schema) {
        if (schema.getType() != Schema.Type.UNION) {
            return schema;
        }
        return schema.getTypes().stream()
                .filter(branch -> branch.getType() != Schema.Type.NULL)
                .findFirst()
                .orElseThrow();
    }

    private static Both bytes(LogicalTypeRoot root, String name) {
        if (root == LogicalTypeRoot.VARBINARY) {
            return new Both(value -> array((ByteBuffer) value), value -> ByteBuffer.wrap((byte[]) value));
        }
        if (root != LogicalTypeRoot.VARCHAR) {
            return null;
        }
        return switch (name) {
            case BASES ->
                new Both(
                        value -> StringData.fromBytes(array((ByteBuffer) value)),
                        value -> ByteBuffer.wrap(((StringData) value).toBytes()));
            case QUALITIES ->
                new Both(
                        value -> StringData.fromBytes(PhredQualities.toPhred33(array((ByteBuffer) value))),
                        value -> ByteBuffer.wrap(fromPhred33((StringData) value)));
            default -> null;
        };
    }

    private static byte[] fromPhred33(StringData text) {
        try {
            return PhredQualities.fromPhred33(text.toString().getBytes(StandardCharsets.ISO_8859_1));
        } catch (MalformedReadException e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        }
    }

    private static byte[] array(ByteBuffer buffer) {
        byte[] bytes = new byte[buffer.remaining()];
        buffer.duplicate().get(bytes);
        return bytes;
    }

    private static Both integer(LogicalTypeRoot root) {
        return switch (root) {
            case INTEGER -> SAME;
            case BIGINT -> new Both(value -> (long) (Integer) value, value -> Math.toIntExact((Long) value));
            default -> null;
        };
    }

    private static Both number(Schema avro, LogicalTypeRoot root) {
        if (avro.getLogicalType() == null) {
            return root == LogicalTypeRoot.BIGINT ? SAME : null;
        }
        return root == LogicalTypeRoot.TIMESTAMP_WITH_LOCAL_TIME_ZONE
                ? new Both(
                        value -> TimestampData.fromInstant((Instant) value),
                        value -> ((TimestampData) value).toInstant())
                : null;
    }

    private static Both real(LogicalTypeRoot root) {
        return switch (root) {
            case FLOAT -> SAME;
            case DOUBLE -> new Both(value -> (double) (Float) value, value -> ((Double) value).floatValue());
            default -> null;
        };
    }

    private Both array(Schema avro, ArrayType type, String name) {
        Both element = both(avro.getElementType(), type.getElementType(), name);
        ArrayData.ElementGetter getter = ArrayData.createElementGetter(type.getElementType());
        return new Both(
                value -> new GenericArrayData(
                        ((List<?>) value).stream().map(element.toTable()::apply).toArray()),
                value -> list((ArrayData) value, getter, element, name));
    }

    private static List<Object> list(ArrayData array, ArrayData.ElementGetter getter, Both element, String name) {
        List<Object> list = new ArrayList<>(array.size());
        for (int i = 0; i < array.size(); i++) {
            Object value = getter.getElementOrNull(array, i);
            if (value == null) {
                throw new IllegalArgumentException(
                        String.format(Locale.ROOT, "Expected values in all of the column '%s', got NULL", name));
            }
            list.add(element.toAvro().apply(value));
        }
        return list;
    }

    private Both map(Schema avro, MapType type, String name) {
        if (type.getKeyType().getTypeRoot() != LogicalTypeRoot.VARCHAR) {
            return null;
        }
        Both of = both(avro.getValueType(), type.getValueType(), name);
        ArrayData.ElementGetter getter = ArrayData.createElementGetter(type.getValueType());
        return new Both(
                value -> {
                    Map<Object, Object> map = new HashMap<>();
                    ((Map<?, ?>) value)
                            .forEach((key, one) -> map.put(
                                    StringData.fromString((String) key),
                                    of.toTable().apply(one)));
                    return new GenericMapData(map);
                },
                value -> {
                    Map<String, Object> map = new HashMap<>();
                    ArrayData keys = ((MapData) value).keyArray();
                    List<Object> values = list(((MapData) value).valueArray(), getter, of, name);
                    for (int i = 0; i < keys.size(); i++) {
                        map.put(keys.getString(i).toString(), values.get(i));
                    }
                    return map;
                });
    }

    private Both record(Schema avro, RowType type) {
        RecordColumns inner = new RecordColumns(avro, type);
        return new Both(
                value -> inner.toRow((IndexedRecord) value),
                value -> inner.toRecord(
                        (RowData) value, (IndexedRecord) SpecificData.newInstance(data.getClass(avro), avro)));
    }
}
