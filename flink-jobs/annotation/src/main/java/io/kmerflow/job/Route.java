package io.kmerflow.job;

import io.kmerflow.job.ingest.DecodedRead;
import java.util.Set;
import org.apache.flink.api.common.functions.FilterFunction;

/**
 * Which model a read goes to: that of its sample, else of its barcode, else the one for all others.
 *
 * @param names samples and barcodes with a model of their own
 * @param to the one whose reads pass; null for all others
 */
record Route(Set<String> names, String to) implements FilterFunction<DecodedRead> {
    Route {
        names = Set.copyOf(names); // which travels; a map's key set may not
    }

    @Override
    public boolean filter(DecodedRead read) {
        String found = null;
        if (read.sampleId != null && names.contains(read.sampleId)) {
            found = read.sampleId;
        } else if (read.barcodeName != null && names.contains(read.barcodeName)) {
            found = read.barcodeName;
        }
        return to == null ? found == null : to.equals(found);
    }
}
