package io.kmerflow.job.original;

import io.kmerflow.job.ingest.InputFile;
import io.kmerflow.job.ingest.MateFiles;
import io.kmerflow.job.ingest.MateFilesReader;
import io.kmerflow.sequence.file.ReadHeader;
import io.kmerflow.sequence.file.SequenceItem;
import java.io.IOException;
import java.util.List;

/**
 * Whether the mates of two files, or of one interleaved file, belong together: {@link MateJoin} finds them by name. Without
 * {@code --per-fragment} annotations do not depend on it; every mate has its own.
 *
 * @param pairs reads of the first mates whose mate was found
 * @param orphans reads without a mate within the window
 * @param outOfStep pairs that did not stand side by side
 */
public record MatePairs(long pairs, long orphans, long outOfStep) {
    private static final class Counts implements MateJoin.Found<Boolean> {
        private long pairs;
        private long orphans;
        private long outOfStep;

        @Override
        public void pair(Boolean first, Boolean second, boolean inStep) {
            pairs++;
            outOfStep += inStep ? 0 : 1;
        }

        @Override
        public void alone(Boolean read) {
            orphans++;
        }
    }

    /** Reads files of mates once more and counts; others have none. */
    public static MatePairs count(List<InputFile> files) throws IOException {
        Counts counts = new Counts();
        for (MateFiles together : MateFiles.of(files)) {
            if (together.second() == null && !together.first().interleaved()) {
                continue;
            }
            MateJoin<Boolean> join = new MateJoin<>(counts);
            try (MateFilesReader reader = new MateFilesReader(together)) {
                for (SequenceItem item = reader.next(); item != null; item = reader.next()) {
                    if (item instanceof SequenceItem.Parsed parsed) {
                        ReadHeader header = parsed.readHeader();
                        int mate = header.mate() == 0 ? reader.file().mate() : header.mate();
                        join.put(mate, header.readId(), Boolean.TRUE);
                    }
                }
            }
            join.end();
        }
        return new MatePairs(counts.pairs, counts.orphans, counts.outOfStep);
    }
}
