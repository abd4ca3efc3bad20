package io.kmerflow.job.sink;

import java.io.BufferedOutputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.Serializable;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.zip.GZIPOutputStream;

/**
 * A file that bears its name only when complete: it is written as {@code NAME.part} and renamed once the job has
 * succeeded. {@code -} is standard output, which is written at once. A name in {@code .gz} is compressed.
 *
 * @param path file, or {@code -}
 */
public record OutputFile(String path) implements Serializable {
    /** Stands for standard output. */
    public static final String STANDARD_OUTPUT = "-";

    private static final int BUFFER_BYTES = 1 << 16;

    private boolean standardOutput() {
        return path.equals(STANDARD_OUTPUT);
    }

    /** Where it is written before it has its name. */
    public Path temporary() {
        return Path.of(path + ".part");
    }

    /** Opens it for writing, empty; the caller closes it before {@link #finish}. */
    public OutputStream open() throws IOException {
        if (standardOutput()) {
            return new BufferedOutputStream(new StandardOutput(), BUFFER_BYTES);
        }
        Path parent = Path.of(path).toAbsolutePath().getParent();
        if (parent != null) {
            Files.createDirectories(parent);
        }
        OutputStream file = Files.newOutputStream(temporary());
        return path.endsWith(".gz")
                ? new BufferedOutputStream(new GZIPOutputStream(file, BUFFER_BYTES), BUFFER_BYTES)
                : new BufferedOutputStream(file, BUFFER_BYTES);
    }

    /** Removes what an earlier, unfinished run left under the temporary name. */
    public void begin() throws IOException {
        if (!standardOutput()) {
            Files.deleteIfExists(temporary());
        }
    }

    /**
     * Gives the file its name. A run that wrote nothing to it leaves none, nor one from an earlier run.
     *
     * @return whether there is a file
     */
    public boolean finish() throws IOException {
        if (standardOutput()) {
            return true;
        }
        if (!Files.exists(temporary())) {
            Files.deleteIfExists(Path.of(path));
            return false;
        }
        Files.move(temporary(), Path.of(path), StandardCopyOption.REPLACE_EXISTING);
        return true;
    }

    /** Standard output belongs to the process: closing this only flushes it. */
    private static final class StandardOutput extends FilterOutputStream {
        private StandardOutput() {
            super(System.out);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            out.write(bytes, offset, length);
        }

        @Override
        public void close() throws IOException {
            out.flush();
        }
    }
}
