package io.kmerflow.sql.model;

import io.kmerflow.schema.ReadAnnotation;
import io.kmerflow.schema.ReadCall;
import io.kmerflow.schema.UncalledReason;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.apache.flink.table.api.ValidationException;
import org.apache.flink.table.catalog.Column;
import org.apache.flink.table.catalog.ResolvedSchema;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.data.StringData;
import org.apache.flink.table.types.logical.LogicalTypeRoot;

/**
 * Columns of a model: in, the bases and optionally FASTQ's qualities (Phred+33), both STRING; out, any of {@code label}, {@code
 * status}, {@code reason} (STRING) and {@code score} (DOUBLE).
 *
 * @param outputs in the order of the model's columns
 */
record ModelColumns(boolean hasQualities, List<Output> outputs) implements Serializable {
    /** What a column holds. */
    enum Output {
        /** Name of the class; NULL where the read has none. */
        LABEL(LogicalTypeRoot.VARCHAR),
        /** Probability of the best class; NULL where the read was not scored. */
        SCORE(LogicalTypeRoot.DOUBLE),
        /** As in {@link ReadAnnotation}: SCORED, UNCALLED, TOO_SHORT and so on. */
        STATUS(LogicalTypeRoot.VARCHAR),
        /** Why a read is UNCALLED: LOW_SCORE, or OTHER for the model's background; NULL with any other status. */
        REASON(LogicalTypeRoot.VARCHAR);

        private final LogicalTypeRoot type;

        Output(LogicalTypeRoot type) {
            this.type = type;
        }
    }

    ModelColumns {
        outputs = List.copyOf(outputs);
    }

    /** @throws ValidationException if the model has other columns */
    static ModelColumns of(ResolvedSchema input, ResolvedSchema output) {
        for (Column column : input.getColumns()) {
            requireType(column, LogicalTypeRoot.VARCHAR);
        }
        if (input.getColumnCount() < 1 || input.getColumnCount() > 2) {
            throw new ValidationException(String.format(
                    Locale.ROOT,
                    "Expected INPUT (bases STRING) or (bases STRING, qualities STRING), got %d columns",
                    input.getColumnCount()));
        }
        List<Output> outputs = new ArrayList<>();
        for (Column column : output.getColumns()) {
            Output found = output(column.getName());
            requireType(column, found.type);
            outputs.add(found);
        }
        return new ModelColumns(input.getColumnCount() == 2, outputs);
    }

    private static Output output(String name) {
        for (Output output : Output.values()) {
            if (output.name().equalsIgnoreCase(name)) {
                return output;
            }
        }
        throw new ValidationException(
                String.format(Locale.ROOT, "Expected OUTPUT columns label, score, status and reason, got '%s'", name));
    }

    private static void requireType(Column column, LogicalTypeRoot type) {
        LogicalTypeRoot given = column.getDataType().getLogicalType().getTypeRoot();
        if (given != type) {
            throw new ValidationException(String.format(
                    Locale.ROOT,
                    "Expected the column %s to be %s, got %s",
                    column.getName(),
                    type == LogicalTypeRoot.DOUBLE ? "DOUBLE" : "STRING",
                    column.getDataType().getLogicalType()));
        }
    }

    /** @param annotation null for a read that could not be scored */
    RowData row(ReadAnnotation annotation) {
        GenericRowData row = new GenericRowData(outputs.size());
        for (int i = 0; i < outputs.size() && annotation != null; i++) {
            row.setField(i, value(outputs.get(i), annotation));
        }
        return row;
    }

    private static Object value(Output output, ReadAnnotation annotation) {
        ReadCall call = annotation.getReadCall();
        UncalledReason reason = annotation.getUncalledReason();
        return switch (output) {
            case LABEL -> call == null ? null : StringData.fromString(call.getLabel());
            case SCORE -> call == null ? null : (double) call.getScore();
            case STATUS -> StringData.fromString(annotation.getStatus().name());
            case REASON -> reason == null ? null : StringData.fromString(reason.name());
        };
    }
}
