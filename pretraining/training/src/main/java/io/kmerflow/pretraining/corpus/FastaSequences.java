package io.kmerflow.pretraining.corpus;

import io.kmerflow.sequence.MalformedReadException;
import io.kmerflow.sequence.Nucleotide;
import io.kmerflow.sequence.file.FastaReader;
import io.kmerflow.sequence.file.SequenceItem;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;

/**
 * The sequences of a FASTA file, plain or gzip, one at a time. What the job would skip as a malformed record is an error here: a
 * model is trained on all of a file or on none of it. Not safe for several threads.
 */
public final class FastaSequences implements Closeable {
    /**
     * One sequence.
     *
     * @param header the line after '&gt;', trimmed
     * @param bases upper-case ASCII A C G T N
     */
    public record Sequence(String header, byte[] bases) {
        /** First word of the header. */
        public String name() {
            return header.split("\\s", 2)[0];
        }
    }

    private final Path path;
    private final FastaReader reader;

    /** @throws IOException if the file cannot be opened */
    public FastaSequences(Path path) throws IOException {
        this.path = path;
        this.reader = new FastaReader(TextFile.open(path));
    }

    /**
     * @return the next sequence, or null at the end
     * @throws CorpusException if the file is not FASTA, damaged or cut; names file and line
     */
    public Sequence next() throws IOException {
        SequenceItem item = reader.next();
        if (item == null) {
            return null;
        }
        if (item instanceof SequenceItem.Failure failure) {
            throw unfit(failure.message(), item, null);
        }
        SequenceItem.Parsed sequence = (SequenceItem.Parsed) item;
        if (sequence.bases().length == 0) {
            throw unfit("Expected bases after the header, got none", item, null);
        }
        try {
            return new Sequence(sequence.header().trim(), Nucleotide.normalize(sequence.bases()));
        } catch (MalformedReadException e) {
            throw unfit(e.getMessage(), item, e);
        }
    }

    private CorpusException unfit(String message, SequenceItem item, Exception cause) {
        return new CorpusException(
                String.format(
                        Locale.ROOT,
                        "%s, in the sequence at line %d of %s",
                        message,
                        item.position().line(),
                        path),
                cause);
    }

    @Override
    public void close() throws IOException {
        reader.close();
    }
}
