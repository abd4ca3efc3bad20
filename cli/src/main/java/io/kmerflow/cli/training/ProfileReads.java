package io.kmerflow.cli.training;

import io.kmerflow.cli.base.CommandFailure;
import io.kmerflow.export.profile.ProfileFit;
import io.kmerflow.sequence.Nucleotide;
import io.kmerflow.sequence.file.SequenceFiles;
import io.kmerflow.sequence.file.SequenceItem;
import io.kmerflow.sequence.file.SequenceReader;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Reads of files, to look at with a model. */
final class ProfileReads {
    private ProfileReads() {}

    /**
     * Bases and qualities of all reads of a file.
     *
     * @throws CommandFailure if there is something else in it
     */
    static List<ProfileFit.Sample> of(String file) throws IOException {
        return records(file).stream()
                .map(read -> new ProfileFit.Sample(Nucleotide.normalize(read.bases()), read.phredQualities()))
                .toList();
    }

    /**
     * All reads of a file, FASTQ or FASTA, plain or compressed.
     *
     * @throws CommandFailure if there is something else in it
     */
    static List<SequenceItem.Parsed> records(String file) throws IOException {
        List<SequenceItem.Parsed> reads = new ArrayList<>();
        try (SequenceReader reader = SequenceFiles.open(file)) {
            for (SequenceItem item = reader.next(); item != null; item = reader.next()) {
                if (!(item instanceof SequenceItem.Parsed read)) {
                    throw new CommandFailure(
                            String.format(Locale.ROOT, "Expected reads alone in %s: %s", file, whatIsWrong(item)));
                }
                reads.add(read);
            }
        }
        return reads;
    }

    private static String whatIsWrong(SequenceItem item) {
        return item instanceof SequenceItem.Failure failure ? failure.message() : String.valueOf(item);
    }
}
