package io.kmerflow.files.write;

import static org.apache.parquet.schema.LogicalTypeAnnotation.TimeUnit.MILLIS;
import static org.apache.parquet.schema.LogicalTypeAnnotation.stringType;
import static org.apache.parquet.schema.LogicalTypeAnnotation.timestampType;
import static org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName.BINARY;
import static org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName.FLOAT;
import static org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName.INT32;
import static org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName.INT64;

import blue.strategic.parquet.ParquetWriter;
import blue.strategic.parquet.ValueWriter;
import io.kmerflow.schema.Call;
import io.kmerflow.schema.ReadAnnotation;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.api.connector.sink2.SinkWriter;
import org.apache.flink.api.connector.sink2.WriterInitContext;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.Types;

/**
 * Parquet, one row per read, columns as in the tab-separated format and {@code ontology_id}, {@code model_digest} and
 * {@code annotated_time} (UTC, milliseconds) besides. What is absent is null. For a bounded job with parallelism 1.
 */
public final class ParquetSink implements Sink<ReadAnnotation> {
    private final OutputFile file;

    /** @param file to write */
    public ParquetSink(OutputFile file) {
        this.file = file;
    }

    private static MessageType schema() {
        return Types.buildMessage()
                .required(BINARY)
                .as(stringType())
                .named("read_id")
                .required(INT32)
                .named("mate")
                .required(BINARY)
                .as(stringType())
                .named("run_id")
                .optional(BINARY)
                .as(stringType())
                .named("sample_id")
                .optional(BINARY)
                .as(stringType())
                .named("barcode")
                .required(BINARY)
                .as(stringType())
                .named("status")
                .required(INT32)
                .named("read_length")
                .optional(BINARY)
                .as(stringType())
                .named("label")
                .optional(BINARY)
                .as(stringType())
                .named("ontology_id")
                .optional(FLOAT)
                .named("score")
                .required(INT32)
                .named("calls")
                .required(BINARY)
                .as(stringType())
                .named("model")
                .required(BINARY)
                .as(stringType())
                .named("model_version")
                .required(BINARY)
                .as(stringType())
                .named("model_digest")
                .required(BINARY)
                .as(stringType())
                .named("annotation_id")
                .required(INT64)
                .as(timestampType(true, MILLIS))
                .named("annotated_time")
                .optional(BINARY)
                .as(stringType())
                .named("uncalled_reason")
                .optional(INT32)
                .named("windows_scored")
                .optional(INT32)
                .named("windows_total")
                .named("annotation");
    }

    private static void row(ReadAnnotation annotation, ValueWriter row) {
        row.write("read_id", annotation.getReadId());
        row.write("mate", annotation.getMate());
        row.write("run_id", annotation.getRunId());
        writeIfAny(row, "sample_id", annotation.getSampleId());
        writeIfAny(row, "barcode", annotation.getBarcodeName());
        row.write("status", annotation.getStatus().name());
        row.write("read_length", annotation.getReadLength());
        if (annotation.getReadCall() != null) {
            String label = annotation.getReadCall().getLabel();
            writeIfAny(row, "label", label);
            writeIfAny(row, "ontology_id", ontologyId(annotation.getCalls(), label));
            row.write("score", annotation.getReadCall().getScore());
        }
        row.write("calls", annotation.getCalls().size());
        row.write("model", annotation.getModelName());
        row.write("model_version", annotation.getModelVersion());
        row.write("model_digest", annotation.getModelDigest());
        row.write("annotation_id", annotation.getAnnotationId());
        row.write("annotated_time", annotation.getAnnotatedTime().toEpochMilli());
        if (annotation.getUncalledReason() != null) {
            row.write("uncalled_reason", annotation.getUncalledReason().name());
        }
        if (annotation.getWindowsScored() != null) {
            row.write("windows_scored", annotation.getWindowsScored());
            row.write("windows_total", annotation.getWindowsTotal());
        }
    }

    private static String ontologyId(List<Call> calls, String label) {
        for (Call call : calls) {
            if (call.getLabel().equals(label)) {
                return call.getOntologyId();
            }
        }
        return null;
    }

    private static void writeIfAny(ValueWriter row, String name, String value) {
        if (value != null) {
            row.write(name, value);
        }
    }

    @Override
    public SinkWriter<ReadAnnotation> createWriter(WriterInitContext context) throws IOException {
        file.begin();
        Path target = file.special() ? Path.of(file.path()) : file.temporary();
        ParquetWriter<ReadAnnotation> writer = ParquetWriter.writeFile(schema(), target.toFile(), ParquetSink::row);
        return new SinkWriter<>() {
            private boolean closed;

            @Override
            public void write(ReadAnnotation annotation, Context position) throws IOException {
                writer.write(annotation);
            }

            @Override
            public void flush(boolean endOfInput) throws IOException {
                if (endOfInput) {
                    closed = true;
                    writer.close(); // the footer is written now, so that a full disk fails the job
                }
            }

            @Override
            public void close() {
                if (closed) {
                    return;
                }
                closed = true;
                try {
                    writer.close();
                } catch (IOException | RuntimeException e) {
                    return; // a run has failed already; a second failure would end the process
                }
            }
        };
    }
}
