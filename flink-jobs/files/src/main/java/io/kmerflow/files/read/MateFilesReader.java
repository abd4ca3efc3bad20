package io.kmerflow.files.read;

import io.kmerflow.sequence.file.MateNames;
import io.kmerflow.sequence.file.MateReaders;
import io.kmerflow.sequence.file.SequenceItem;
import io.kmerflow.sequence.file.SequenceReader;
import io.kmerflow.sequence.file.UnclearQualitiesException;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;

/**
 * Items of one file, or of two in turn: the first of the first, the first of the second, and so on; what one has more, last.
 * A stretch that is no record takes its turn too, so that mates stay side by side where one of them is damaged. Records of
 * two files have the names and numbers that the files tell together ({@link MateReaders}).
 */
public final class MateFilesReader implements Closeable {
    private final InputFile[] files;
    private final SequenceReader single;
    private final MateReaders mates;
    private final boolean[] ended;
    private int turn;
    private int given;

    /** Opens the files. */
    public MateFilesReader(MateFiles together) throws IOException {
        files = together.second() == null
                ? new InputFile[] {together.first()}
                : new InputFile[] {together.first(), together.second()};
        ended = new boolean[files.length];
        SequenceReader first = new Named(files[0]);
        if (files.length == 1) {
            single = first;
            mates = null;
            return;
        }
        single = null;
        try {
            mates = new MateReaders(first, new Named(files[1]));
        } catch (IOException | RuntimeException e) {
            first.close();
            throw e;
        }
    }

    /** The rule by which the names of two files that can be read again tell mates. */
    public static MateNames names(MateFiles together) throws IOException {
        try (MateFilesReader reader = new MateFilesReader(together)) {
            return reader.mates.names();
        }
    }

    /** The next item, or null at the end of both files. */
    public SequenceItem next() throws IOException {
        for (int tried = 0; tried < files.length; tried++) {
            given = turn;
            turn = (turn + 1) % files.length;
            if (!ended[given]) {
                SequenceItem item = next(given);
                if (item != null) {
                    return item;
                }
            }
        }
        return null;
    }

    private SequenceItem next(int file) throws IOException {
        SequenceItem item = mates == null ? single.next() : mates.next(file);
        ended[file] = item == null;
        return item;
    }

    /** The file of the item given last. */
    public InputFile file() {
        return files[given];
    }

    @Override
    public void close() throws IOException {
        if (mates == null) {
            single.close();
        } else {
            mates.close();
        }
    }

    /**
     * A file's reader, whose refusal names the file. It reads nothing before it is asked to: a program that writes two pipes
     * opens both before it writes into one.
     */
    private static final class Named implements SequenceReader {
        private final InputFile file;
        private final InputStream in;
        private SequenceReader reader;

        Named(InputFile file) throws IOException {
            this.file = file;
            this.in = ReadFiles.stream(file.path());
        }

        @Override
        public SequenceItem next() throws IOException {
            try {
                if (reader == null) {
                    reader = ReadFiles.open(in, file);
                }
                return reader.next();
            } catch (UnclearQualitiesException e) {
                throw new RefusedInputException(file.path(), e);
            }
        }

        @Override
        public void close() throws IOException {
            if (reader != null) {
                reader.close();
            }
            in.close();
        }
    }
}
