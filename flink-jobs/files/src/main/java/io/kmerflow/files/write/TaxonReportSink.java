package io.kmerflow.files.write;

import io.kmerflow.schema.AnnotationStatus;
import io.kmerflow.schema.ReadAnnotation;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.api.connector.sink2.SinkWriter;
import org.apache.flink.api.connector.sink2.WriterInitContext;

/**
 * Reads per taxon, in a form that tools after Kraken 2 or Krona read. A model knows names and NCBI taxon ids of its labels and no
 * tree, so that every taxon is a child of the root. Each mate is a read. Taxa without a read have no line.
 */
public final class TaxonReportSink implements Sink<ReadAnnotation> {
    private static final String SPECIES = "\\p{Lu}\\S* \\S+";

    /** Of the file. */
    public enum Format {
        /**
         * The report of Kraken 2: percent of all reads, reads of the clade, reads of the taxon itself, rank code, taxon id, name,
         * indented. Reads without a call are unclassified, those of labels without a taxon id are the root's own.
         */
        KRAKEN,
        /** Input of Krona's {@code ktImportText}: reads, name. */
        KRONA
    }

    private final OutputFile file;
    private final Format format;
    private final Map<String, String> taxonIds;

    /**
     * @param taxonIds NCBI taxon ids by label, {@code 562} for example; labels without one are not in it
     * @throws RefusedOutputException if no label has one
     */
    public TaxonReportSink(OutputFile file, Format format, Map<String, String> taxonIds) {
        this.file = file;
        this.format = format;
        this.taxonIds = new TreeMap<>(taxonIds);
        if (taxonIds.isEmpty()) {
            throw new RefusedOutputException(String.format(
                    Locale.ROOT,
                    "Expected a model whose labels have NCBI taxon ids for %s, none of its labels has one",
                    file.path()));
        }
    }

    @Override
    public SinkWriter<ReadAnnotation> createWriter(WriterInitContext context) throws IOException {
        file.begin();
        return new CountWriter();
    }

    private final class CountWriter implements SinkWriter<ReadAnnotation> {
        private final Map<String, Long> readsByLabel = new TreeMap<>();
        private long unclassified;

        @Override
        public void write(ReadAnnotation annotation, Context context) {
            String label = annotation.getReadCall() == null
                    ? null
                    : annotation.getReadCall().getLabel();
            if (annotation.getStatus() == AnnotationStatus.SCORED && label != null) {
                readsByLabel.merge(label, 1L, Long::sum);
            } else {
                unclassified++;
            }
        }

        @Override
        public void flush(boolean endOfInput) throws IOException {
            if (!endOfInput) {
                return;
            }
            try (Writer out = new OutputStreamWriter(file.open(), StandardCharsets.UTF_8)) {
                if (format == Format.KRAKEN) {
                    writeKraken(out);
                } else {
                    writeKrona(out);
                }
            }
        }

        private List<Map.Entry<String, Long>> mostReadsFirst() {
            return readsByLabel.entrySet().stream()
                    .sorted(Map.Entry.comparingByValue(Comparator.reverseOrder())) // stable: then by label
                    .toList();
        }

        private void writeKraken(Writer out) throws IOException {
            long classified =
                    readsByLabel.values().stream().mapToLong(Long::longValue).sum();
            if (unclassified > 0) {
                line(out, classified, unclassified, unclassified, "U", "0", "unclassified");
            }
            if (classified == 0) {
                return;
            }
            long withoutId = readsByLabel.entrySet().stream()
                    .filter(taxon -> !taxonIds.containsKey(taxon.getKey()))
                    .mapToLong(Map.Entry::getValue)
                    .sum();
            line(out, classified, classified, withoutId, "R", "1", "root");
            for (Map.Entry<String, Long> taxon : mostReadsFirst()) {
                String id = taxonIds.get(taxon.getKey());
                if (id != null) {
                    String rank = taxon.getKey().matches(SPECIES) ? "S" : "-";
                    long reads = taxon.getValue();
                    line(out, classified, reads, reads, rank, id, "  " + ReadNames.plain(taxon.getKey()));
                }
            }
        }

        private void line(Writer out, long classified, long clade, long own, String rank, String id, String name)
                throws IOException {
            double percent = 100.0 * clade / (classified + unclassified);
            out.write(String.format(Locale.ROOT, "%6.2f\t%d\t%d\t%s\t%s\t%s\n", percent, clade, own, rank, id, name));
        }

        private void writeKrona(Writer out) throws IOException {
            for (Map.Entry<String, Long> taxon : mostReadsFirst()) {
                out.write(String.format(Locale.ROOT, "%d\t%s\n", taxon.getValue(), ReadNames.plain(taxon.getKey())));
            }
            if (unclassified > 0) {
                out.write(String.format(Locale.ROOT, "%d\tunclassified\n", unclassified));
            }
        }

        @Override
        public void close() {}
    }
}
