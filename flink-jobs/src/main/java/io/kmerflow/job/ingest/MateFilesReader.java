package io.kmerflow.job.ingest;

import io.kmerflow.sequence.file.SequenceItem;
import io.kmerflow.sequence.file.SequenceReader;
import io.kmerflow.sequence.file.UnclearQualitiesException;
import java.io.Closeable;
import java.io.IOException;

/**
 * Items of one file, or of two in turn: the first of the first, the first of the second, and so on; what one has more, last.
 * A stretch that is no record takes its turn too, so that mates stay side by side where one of them is damaged.
 */
public final class MateFilesReader implements Closeable {
    private final InputFile[] files;
    private final SequenceReader[] readers;
    private final boolean[] ended;
    private int turn;
    private int given;

    /** Opens the files. */
    public MateFilesReader(MateFiles together) throws IOException {
        files = together.second() == null
                ? new InputFile[] {together.first()}
                : new InputFile[] {together.first(), together.second()};
        readers = new SequenceReader[files.length];
        ended = new boolean[files.length];
        try {
            for (int i = 0; i < files.length; i++) {
                readers[i] = ReadFiles.open(files[i]);
            }
        } catch (IOException | RuntimeException e) {
            close();
            throw e;
        }
    }

    /** The next item, or null at the end of both files. */
    public SequenceItem next() throws IOException {
        for (int tried = 0; tried < files.length; tried++) {
            given = turn;
            turn = (turn + 1) % files.length;
            if (!ended[given]) {
                SequenceItem item = read(given);
                if (item != null) {
                    return item;
                }
                ended[given] = true;
            }
        }
        return null;
    }

    private SequenceItem read(int file) throws IOException {
        try {
            return readers[file].next();
        } catch (UnclearQualitiesException e) {
            throw new RefusedInputException(files[file].path(), e);
        }
    }

    /** The file of the item given last. */
    public InputFile file() {
        return files[given];
    }

    @Override
    public void close() throws IOException {
        for (SequenceReader reader : readers) {
            if (reader != null) {
                reader.close();
            }
        }
    }
}
