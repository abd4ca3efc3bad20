package io.kmerflow.files.write;

import com.fasterxml.jackson.core.JsonGenerator;
import io.kmerflow.job.annotate.ReadStatuses;
import io.kmerflow.job.json.PrintableJson;
import io.kmerflow.schema.AnnotationStatus;
import io.kmerflow.schema.ReadAnnotation;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.api.connector.sink2.SinkWriter;
import org.apache.flink.api.connector.sink2.WriterInitContext;

/**
 * Reads and bases per sample, barcode and label, as a table (.tsv) or a JSON array (.json), also .gz. Reads without a call
 * count under their status in lower case ({@code uncalled}, {@code too_short}, ...) or as {@code other}, with the column call
 * empty, so that the counts add up to the annotations.
 */
public final class CountTableSink implements Sink<ReadAnnotation> {
    private static final Comparator<String> NULLS_FIRST = Comparator.nullsFirst(Comparator.naturalOrder());

    private record Group(String sample, String barcode, boolean called, String label) implements Comparable<Group> {
        private static final Comparator<Group> ORDER = Comparator.comparing(Group::sample, NULLS_FIRST)
                .thenComparing(Group::barcode, NULLS_FIRST)
                .thenComparing(group -> !group.called())
                .thenComparing(Group::label);

        @Override
        public int compareTo(Group other) {
            return ORDER.compare(this, other);
        }
    }

    private final OutputFile file;
    private final boolean json;

    /**
     * @param file to write
     * @throws RefusedOutputException if its name ends in neither .tsv nor .json
     */
    public CountTableSink(OutputFile file) {
        this.file = file;
        String name = file.path().toLowerCase(Locale.ROOT).replaceFirst("\\.gz$", "");
        this.json = name.endsWith(".json");
        if (!json && !name.endsWith(".tsv")) {
            throw new RefusedOutputException(String.format(
                    Locale.ROOT, "Expected a count table in .tsv or .json, also .gz, got '%s'", file.path()));
        }
    }

    @Override
    public SinkWriter<ReadAnnotation> createWriter(WriterInitContext context) throws IOException {
        file.begin();
        return new CountWriter();
    }

    private final class CountWriter implements SinkWriter<ReadAnnotation> {
        /** Reads and bases of each group. */
        private final Map<Group, long[]> counts = new TreeMap<>();

        @Override
        public void write(ReadAnnotation annotation, Context context) {
            String label = annotation.getReadCall() == null
                    ? null
                    : annotation.getReadCall().getLabel();
            boolean called = annotation.getStatus() == AnnotationStatus.SCORED && label != null;
            Group group = new Group(
                    annotation.getSampleId(),
                    annotation.getBarcodeName(),
                    called,
                    called ? label : ReadStatuses.group(annotation));
            long[] sums = counts.computeIfAbsent(group, key -> new long[2]);
            sums[0]++;
            sums[1] += annotation.getReadLength();
        }

        @Override
        public void flush(boolean endOfInput) throws IOException {
            if (!endOfInput) {
                return;
            }
            try (Writer out = new OutputStreamWriter(file.open(), StandardCharsets.UTF_8)) {
                if (json) {
                    writeJson(out);
                } else {
                    writeTable(out);
                }
            }
        }

        private void writeTable(Writer out) throws IOException {
            out.write("sample\tbarcode\tcall\tstatus\treads\tbases\n");
            for (Map.Entry<Group, long[]> row : counts.entrySet()) {
                Group group = row.getKey();
                out.write(String.format(
                        Locale.ROOT,
                        "%s\t%s\t%s\t%s\t%d\t%d\n",
                        ReadNames.plain(group.sample()),
                        ReadNames.plain(group.barcode()),
                        group.called() ? ReadNames.plain(group.label()) : "",
                        group.called() ? "scored" : group.label(),
                        row.getValue()[0],
                        row.getValue()[1]));
            }
        }

        private void writeJson(Writer out) throws IOException {
            try (JsonGenerator generator = PrintableJson.factory().createGenerator(out)) {
                generator.useDefaultPrettyPrinter();
                generator.writeStartArray();
                for (Map.Entry<Group, long[]> row : counts.entrySet()) {
                    Group group = row.getKey();
                    generator.writeStartObject();
                    generator.writeStringField("sample", group.sample());
                    generator.writeStringField("barcode", group.barcode());
                    generator.writeStringField("call", group.called() ? group.label() : null);
                    generator.writeStringField("status", group.called() ? "scored" : group.label());
                    generator.writeNumberField("reads", row.getValue()[0]);
                    generator.writeNumberField("bases", row.getValue()[1]);
                    generator.writeEndObject();
                }
                generator.writeEndArray();
            }
        }

        @Override
        public void close() {}
    }
}
