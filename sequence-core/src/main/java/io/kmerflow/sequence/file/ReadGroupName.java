package io.kmerflow.sequence.file;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What nanopore basecallers put into the name of a read group: {@code RUN_MODEL} or {@code RUN_MODEL_BARCODE}, for example
 * {@code e4994c62-93f9-439a-bc8f-d20c95a137a5_dna_r10.4.1_e8.2_400bps_hac@v5.0.0_barcode02}. The run is a UUID or 40
 * hexadecimal digits, a model ends in its version. The rule for the tag {@code RG:Z} of FASTQ headers and of BAM alike.
 *
 * @param runId sequencing run, or null where the name is another's
 * @param basecallerModel name and version, or null
 * @param barcodeName as the basecaller names it, or null
 */
public record ReadGroupName(String runId, String basecallerModel, String barcodeName) {
    private static final Pattern RUN =
            Pattern.compile("([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9a-f]{40})(?:_(.*))?");
    private static final Pattern VERSIONED = Pattern.compile("(.*@v\\d[0-9.]*)(?:_(.*))?");
    private static final Pattern UNVERSIONED =
            Pattern.compile("(.*?)(?:_((?:[A-Z]{3}-[A-Z0-9-]+_)?(?:barcode\\d+[A-Z]?|unclassified|mixed)))?");

    private static final ReadGroupName OTHER = new ReadGroupName(null, null, null);

    /** Reads a name; one that no nanopore basecaller wrote says nothing. */
    public static ReadGroupName parse(String name) {
        Matcher run = RUN.matcher(name);
        if (!run.matches()) {
            return OTHER;
        }
        String rest = run.group(2) == null ? "" : run.group(2);
        Matcher model = VERSIONED.matcher(rest);
        if (!model.matches()) {
            model = UNVERSIONED.matcher(rest);
            model.matches();
        }
        return new ReadGroupName(run.group(1), nullIfEmpty(model.group(1)), nullIfEmpty(model.group(2)));
    }

    private static String nullIfEmpty(String text) {
        return text == null || text.isEmpty() ? null : text;
    }
}
