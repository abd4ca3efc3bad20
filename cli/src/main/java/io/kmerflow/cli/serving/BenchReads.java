package io.kmerflow.cli.serving;

import io.kmerflow.benchmark.KeepUpBenchmark.SourceRead;
import io.kmerflow.cli.base.CommandFailure;
import io.kmerflow.sequence.Nucleotide;
import io.kmerflow.sequence.file.SequenceFiles;
import io.kmerflow.sequence.file.SequenceItem;
import io.kmerflow.sequence.file.SequenceReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Reads of files for measurements. */
final class BenchReads {
    private BenchReads() {}

    /**
     * Reads of a file, FASTQ or FASTA, plain or compressed, that are long enough.
     *
     * @param shortest in bases
     * @throws CommandFailure if there is none
     */
    static List<SourceRead> of(Path file, int shortest) throws IOException {
        List<SourceRead> reads = new ArrayList<>();
        try (SequenceReader reader = SequenceFiles.open(file.toString())) {
            for (SequenceItem item = reader.next(); item != null; item = reader.next()) {
                if (item instanceof SequenceItem.Parsed read && read.bases().length >= shortest) {
                    reads.add(new SourceRead(
                            read.readHeader().readId(), Nucleotide.normalize(read.bases()), read.phredQualities()));
                }
            }
        }
        if (reads.isEmpty()) {
            throw new CommandFailure(
                    String.format(Locale.ROOT, "Expected reads of %d bases or more in %s, found none", shortest, file));
        }
        return reads;
    }
}
