package io.kmerflow.files.source;

import io.kmerflow.files.read.InputFile;
import io.kmerflow.files.read.MateFiles;
import java.io.Serializable;
import java.util.List;
import org.apache.flink.api.connector.source.SourceSplit;

/**
 * All files of a run as one split, since their order matters, and how far they are read.
 *
 * @param files in the order they are read
 * @param file index among {@link MateFiles#of} of what is being read; their number at the end
 * @param items records and failures of it already emitted
 */
public record SequenceFileSplit(List<InputFile> files, int file, long items) implements SourceSplit, Serializable {
    public SequenceFileSplit {
        files = List.copyOf(files);
    }

    /** Nothing read yet. */
    static SequenceFileSplit start(List<InputFile> files) {
        return new SequenceFileSplit(files, 0, 0);
    }

    @Override
    public String splitId() {
        return "files";
    }
}
