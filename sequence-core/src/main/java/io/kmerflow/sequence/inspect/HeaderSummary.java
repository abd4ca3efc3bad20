package io.kmerflow.sequence.inspect;

import io.kmerflow.sequence.file.ReadHeader;
import java.util.Map;
import java.util.TreeMap;

/**
 * What the headers of a file say, each value with the number of reads that have it.
 *
 * @param platforms sequencing platforms
 * @param fields header fields that are present, named as in {@link ReadHeader}; other keys as in the header
 * @param runIds sequencing runs
 * @param barcodes barcode names of nanopore runs, index sequences of Illumina runs
 */
public record HeaderSummary(
        Map<String, Long> platforms, Map<String, Long> fields, Map<String, Long> runIds, Map<String, Long> barcodes) {
    /** Stands for every value after the first {@value Counter#MAX_VALUES} different ones. */
    public static final String OTHERS = "(others)";

    /** Counts header by header; memory is bounded. */
    static final class Counter {
        static final int MAX_VALUES = 1000;

        private final Map<String, Long> platforms = new TreeMap<>();
        private final Map<String, Long> fields = new TreeMap<>();
        private final Map<String, Long> runIds = new TreeMap<>();
        private final Map<String, Long> barcodes = new TreeMap<>();

        void add(ReadHeader header) {
            count(platforms, header.platform());
            count(runIds, header.runId());
            count(barcodes, header.barcodeName() == null ? header.indexSequence() : header.barcodeName());
            field("mate", header.mate() == 0 ? null : header.mate());
            field("runId", header.runId());
            field("sampleId", header.sampleId());
            field("barcodeName", header.barcodeName());
            field("indexSequence", header.indexSequence());
            field("umi", header.umi());
            field("channel", header.channel());
            field("startTime", header.startTimeMillis());
            field("basecallerModel", header.basecallerModel());
            field("parentReadId", header.parentReadId());
            field("duplex", header.duplex());
            field("filtered", header.filtered() ? true : null);
            header.attributes().keySet().forEach(key -> count(fields, key));
        }

        private void field(String name, Object value) {
            count(fields, value == null ? null : name);
        }

        private static void count(Map<String, Long> counts, String value) {
            if (value != null) {
                boolean room = counts.size() < MAX_VALUES || counts.containsKey(value);
                counts.merge(room ? value : OTHERS, 1L, Long::sum);
            }
        }

        HeaderSummary summary() {
            return new HeaderSummary(platforms, fields, runIds, barcodes);
        }
    }
}
