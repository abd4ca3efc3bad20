package io.kmerflow.pretraining.corpus;

import io.kmerflow.sequence.file.SequenceFiles;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** Files of text as people keep them: plain or gzip, with or without a byte-order mark. */
public final class TextFile {
    private static final int BUFFER_BYTES = 1 << 16;

    private TextFile() {}

    /**
     * Opens a file for reading, unpacked if it begins as gzip does, behind a UTF-8 byte-order mark if there is one.
     *
     * @throws IOException if it cannot be opened; reading throws {@link io.kmerflow.sequence.file.DamagedStreamException} where
     *     it is cut or damaged
     */
    public static InputStream open(Path path) throws IOException {
        InputStream text = new BufferedInputStream(SequenceFiles.decompress(Files.newInputStream(path)), BUFFER_BYTES);
        text.mark(3);
        if (text.read() != 0xef || text.read() != 0xbb || text.read() != 0xbf) {
            text.reset();
        }
        return text;
    }
}
