package io.kmerflow.files;

import io.kmerflow.files.fragment.FragmentCalls;
import io.kmerflow.files.write.LabelStrands;
import java.util.List;

/**
 * What a file run writes besides its first output and its dead letters.
 *
 * @param files further outputs, format by extension as the first
 * @param countTable reads per sample, barcode and label, .tsv or .json; null for none
 * @param taxa reports of reads per taxon
 * @param splitFolder original records per label; null for none
 * @param force whether the split folder may hold files of another run
 * @param report page about the run; null for none
 * @param modelBundle folder or zip of the model, which no output may replace; null if it is not known
 * @param modelName name and version of the model, for headers
 * @param modelDigest of the bundle
 * @param labels of the model, in logit order
 * @param strands of those labels that have one
 * @param bedGraphLabel label of bedGraph outputs; null without one
 * @param fragments makes one call of both mates; null for a call of each
 */
public record FileOutputs(
        List<String> files,
        String countTable,
        TaxonReports taxa,
        String splitFolder,
        boolean force,
        String report,
        String modelBundle,
        String modelName,
        String modelDigest,
        List<String> labels,
        LabelStrands strands,
        String bedGraphLabel,
        FragmentCalls fragments) {
    public FileOutputs {
        files = List.copyOf(files);
        labels = List.copyOf(labels);
    }

    /** Nothing more. */
    static FileOutputs none() {
        return new FileOutputs(
                List.of(),
                null,
                TaxonReports.NONE,
                null,
                false,
                null,
                null,
                "",
                "",
                List.of(),
                LabelStrands.NONE,
                null,
                null);
    }
}
