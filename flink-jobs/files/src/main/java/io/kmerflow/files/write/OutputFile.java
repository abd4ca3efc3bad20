package io.kmerflow.files.write;

import java.io.BufferedOutputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Locale;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import java.util.zip.GZIPOutputStream;

/**
 * A file that bears its name only when complete: it is written beside it as {@code NAME.TOKEN.part}, with a token of this
 * run, and renamed once the run has succeeded. {@code -} is standard output; that, devices and pipes are written at once.
 * A name in {@code .gz} is compressed. A link is followed: what it points at is replaced.
 */
public final class OutputFile implements Serializable {
    private static final long serialVersionUID = 1L;

    /** Stands for standard output. */
    public static final String STANDARD_OUTPUT = "-";

    private static final int BUFFER_BYTES = 1 << 16;
    private static final int NAME_BYTES = 255;
    private static final int MAX_LINKS = 40;
    private static final Pattern STANDARD_OUTPUT_PATHS =
            Pattern.compile("/dev/stdout|/dev/fd/1|/proc/(self|thread-self)/fd/1");
    private static final Pattern DESCRIPTORS = Pattern.compile("/(dev|proc/[^/]+)/fd/\\d+|/dev/stderr");

    /** Tokens of files that must not be opened any more; the writers of a run that is stopped go on for a moment. */
    private static final Set<String> STOPPED = ConcurrentHashMap.newKeySet();

    private final String path;
    private final String target;
    private final String token;
    private final boolean special;

    /** @param path file, or {@code -} */
    public OutputFile(String path) {
        this.path = path;
        this.target = isStandardOutput(path)
                ? STANDARD_OUTPUT
                : resolved(Path.of(path)).toString();
        this.token = UUID.randomUUID().toString().substring(0, 8);
        this.special = isSpecial(path);
    }

    /** As given. */
    public String path() {
        return path;
    }

    /** The file that is replaced: absolute, links followed. Not for {@link #special} ones. */
    public Path target() {
        return Path.of(target);
    }

    /** Whether a path is written at once and has no temporary name: standard output, a device, a pipe. */
    public static boolean isSpecial(String path) {
        if (isStandardOutput(path)) {
            return true;
        }
        Path file = Path.of(path);
        boolean descriptor = DESCRIPTORS
                .matcher(file.toAbsolutePath().normalize().toString())
                .matches();
        return descriptor || Files.exists(file) && !Files.isRegularFile(file) && !Files.isDirectory(file);
    }

    /** Whether a path is standard output under one of its names. */
    public static boolean isStandardOutput(String path) {
        return path.equals(STANDARD_OUTPUT)
                || STANDARD_OUTPUT_PATHS.matcher(path).matches();
    }

    /** As {@link #isSpecial(String)}. */
    public boolean special() {
        return special;
    }

    /** The path without links, absolute; the file itself need not exist, nor its folder. */
    private static Path resolved(Path path) {
        Path file = path.toAbsolutePath().normalize();
        try {
            for (int links = 0; Files.isSymbolicLink(file) && links < MAX_LINKS; links++) {
                file = file.resolveSibling(Files.readSymbolicLink(file)).normalize();
            }
            Path folder = file.getParent();
            Path missing = null; // what of the folder does not exist yet
            while (folder != null && !Files.exists(folder)) {
                missing = missing == null
                        ? folder.getFileName()
                        : folder.getFileName().resolve(missing);
                folder = folder.getParent();
            }
            if (folder == null || file.getFileName() == null) {
                return file;
            }
            Path real = folder.toRealPath();
            return (missing == null ? real : real.resolve(missing)).resolve(file.getFileName());
        } catch (IOException e) {
            return file; // cannot be looked at; opening it will say why
        }
    }

    /** Where it is written before it has its name. */
    public Path temporary() {
        Path file = target();
        String name = file.getFileName() + "." + token + ".part";
        boolean tooLong = name.getBytes(StandardCharsets.UTF_8).length > NAME_BYTES;
        return file.resolveSibling(tooLong ? token + ".part" : name);
    }

    /**
     * Opens it for writing, empty and compressed as its name says; the caller closes it before {@link #finish}. Its folder
     * exists.
     */
    public OutputStream open() throws IOException {
        OutputStream file = openBytes();
        return path.toLowerCase(Locale.ROOT).endsWith(".gz")
                ? new BufferedOutputStream(new GZIPOutputStream(file, BUFFER_BYTES), BUFFER_BYTES)
                : file;
    }

    /** As {@link #open}, never compressed. */
    public OutputStream openBytes() throws IOException {
        if (target.equals(STANDARD_OUTPUT)) {
            return new BufferedOutputStream(new StandardOutput(), BUFFER_BYTES);
        }
        if (special) {
            return buffered(Files.newOutputStream(Path.of(path), StandardOpenOption.WRITE));
        }
        synchronized (OutputFile.class) {
            if (STOPPED.contains(token)) {
                throw new IOException(String.format(Locale.ROOT, "Expected to write %s, the run was stopped", path));
            }
            return buffered(Files.newOutputStream(temporary()));
        }
    }

    private OutputStream buffered(OutputStream file) {
        return new BufferedOutputStream(new Named(path, file), BUFFER_BYTES);
    }

    /** Removes what an earlier attempt of this run left under the temporary name. */
    public void begin() throws IOException {
        if (!special) {
            Files.deleteIfExists(temporary());
        }
    }

    /** Whether something has been written that {@link #finish} will name. */
    boolean isWritten() {
        return !special && Files.exists(temporary());
    }

    /** Gives the file its name, in place of one that is there. A run that wrote nothing to it leaves that as it is. */
    void finish() throws IOException {
        finish(target());
    }

    /** As {@link #finish()}, under another name in the same folder. */
    void finish(Path name) throws IOException {
        if (isWritten()) {
            Files.move(temporary(), name, StandardCopyOption.REPLACE_EXISTING);
        }
    }

    /**
     * Removes what has been written; nothing can be written any more.
     *
     * @return whether nothing is left of it
     */
    boolean discard() {
        synchronized (OutputFile.class) {
            STOPPED.add(token);
            try {
                begin();
                return true;
            } catch (IOException e) {
                return false;
            }
        }
    }

    @Override
    public String toString() {
        return path;
    }

    /** Says which file it is that cannot be written. */
    private static final class Named extends FilterOutputStream {
        private final String path;

        private Named(String path, OutputStream file) {
            super(file);
            this.path = path;
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            try {
                out.write(bytes, offset, length);
            } catch (IOException e) {
                // No cause: the deepest message is the one that users see, and that names no file.
                throw new IOException(
                        String.format(Locale.ROOT, "Expected to write %s, got: %s", path, e.getMessage()));
            }
        }
    }

    /** Standard output belongs to the process: closing this only flushes it. A stream that hides its errors is asked. */
    private static final class StandardOutput extends FilterOutputStream {
        private final PrintStream printed;

        private StandardOutput() {
            this(System.out);
        }

        private StandardOutput(PrintStream printed) {
            super(printed);
            this.printed = printed;
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            try {
                out.write(bytes, offset, length);
            } catch (StandardOutputError e) {
                throw new IOException(e.getMessage(), e); // a task fails by exceptions
            }
            check();
        }

        @Override
        public void flush() throws IOException {
            try {
                out.flush();
            } catch (StandardOutputError e) {
                throw new IOException(e.getMessage(), e);
            }
            check();
        }

        private void check() throws IOException {
            if (printed.checkError()) {
                throw new IOException("Expected to write standard output, it cannot be written any more");
            }
        }

        @Override
        public void close() throws IOException {
            flush();
        }
    }
}
