package io.kmerflow.cli.training;

import io.kmerflow.pretraining.corpus.LabelledSequences;
import picocli.CommandLine.Option;

/** Which columns of a table are read; the others are not used. */
final class ColumnOptions {
    @Option(
            names = "--sequence-column",
            paramLabel = "NAME",
            description = "Column of the sequences (default: sequence, seq or seqs).")
    String sequence;

    @Option(
            names = "--label-column",
            paramLabel = "NAME",
            description = "Column of the labels (default: label or labels).")
    String label;

    boolean any() {
        return sequence != null || label != null;
    }

    LabelledSequences.Columns columns() {
        return new LabelledSequences.Columns(sequence, label);
    }
}
