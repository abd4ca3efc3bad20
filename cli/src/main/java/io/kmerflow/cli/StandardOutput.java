package io.kmerflow.cli;

import io.kmerflow.files.write.StandardOutputError;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Standard output that cannot fail unseen. {@link java.io.PrintStream} and {@link java.io.PrintWriter} swallow an
 * {@link IOException}; so the first one, and every write after it, throws {@link StandardOutputError}, which ends the command wherever it
 * prints. {@link #exitCode} then says how.
 */
final class StandardOutput extends OutputStream {
    private static final Path DESCRIPTOR = Path.of("/proc/self/fd/1");

    private final OutputStream out;
    private final boolean pipe;
    private volatile IOException failure;

    /**
     * @param out what the process got
     * @param pipe whether somebody else reads it
     */
    StandardOutput(OutputStream out, boolean pipe) {
        this.out = out;
        this.pipe = pipe;
    }

    /** That of this process. */
    static StandardOutput ofProcess() {
        return new StandardOutput(new FileOutputStream(FileDescriptor.out), isPipe());
    }

    private interface Writing {
        void run() throws IOException;
    }

    private void attempt(Writing writing) {
        if (failure != null) {
            throw new StandardOutputError(failure);
        }
        try {
            writing.run();
        } catch (IOException e) {
            failure = e;
            throw new StandardOutputError(e);
        }
    }

    @Override
    public void write(int one) {
        attempt(() -> out.write(one));
    }

    @Override
    public void write(byte[] bytes, int offset, int length) {
        attempt(() -> out.write(bytes, offset, length));
    }

    @Override
    public void flush() {
        attempt(out::flush);
    }

    /** Whether something could not be written. */
    boolean failed() {
        return failure != null;
    }

    /** Whether whoever read it is gone, as in {@code | head -1}: nothing to report. */
    boolean closedByReader() {
        return failure != null && (String.valueOf(failure.getMessage()).contains("roken pipe") || pipe);
    }

    /** The system's words for a closed pipe depend on the language; a pipe has no other way to fail. */
    private static boolean isPipe() {
        try {
            String name = Files.readSymbolicLink(DESCRIPTOR).toString();
            return name.startsWith("pipe:") || name.startsWith("socket:");
        } catch (IOException | UnsupportedOperationException e) {
            return false; // no Linux
        }
    }

    /** One sentence about the failure. */
    String sentence() {
        return "Expected to write standard output, got: " + failure.getMessage();
    }
}
