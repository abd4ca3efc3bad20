package io.kmerflow.files;

import java.util.Map;

/**
 * Reports of reads per taxon.
 *
 * @param kraken report as of Kraken 2; null for none
 * @param krona text for Krona; null for none
 * @param taxonIds NCBI taxon ids by label, {@code 562} for example; labels without one are not in it
 */
public record TaxonReports(String kraken, String krona, Map<String, String> taxonIds) {
    /** No report. */
    public static final TaxonReports NONE = new TaxonReports(null, null, Map.of());

    public TaxonReports {
        taxonIds = Map.copyOf(taxonIds);
    }
}
