package io.kmerflow.cli.packaging;

import io.kmerflow.sequence.Sha256;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.apache.commons.compress.compressors.gzip.GzipCompressorOutputStream;
import org.apache.commons.compress.compressors.gzip.GzipParameters;

/**
 * A gzipped tar with everything in one folder. Equal files give equal bytes: no times, no owners, and the caller's order. The last
 * file in it, SHA256SUMS, has the checksums of the others.
 */
final class ArchiveWriter implements AutoCloseable {
    private static final int EXECUTABLE = 0100755;
    private static final int PLAIN = 0100644;
    private static final String CHECKSUMS = "SHA256SUMS";

    private final String folder;
    private final TarArchiveOutputStream tar;
    private final StringBuilder checksums = new StringBuilder();

    ArchiveWriter(OutputStream out, String folder) throws IOException {
        this.folder = folder;
        GzipParameters parameters = new GzipParameters();
        parameters.setModificationTime(0);
        tar = new TarArchiveOutputStream(new GzipCompressorOutputStream(out, parameters), "UTF-8");
        tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_POSIX);
        tar.setBigNumberMode(TarArchiveOutputStream.BIGNUMBER_POSIX);
    }

    /** Adds a file under that path in the folder; it can be executed there if it can be executed here. */
    void add(String path, Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            add(path, in, Files.size(file), Files.isExecutable(file));
        }
    }

    /** Adds a link; its target is relative to the folder that it lies in. */
    void addLink(String path, String target) throws IOException {
        TarArchiveEntry entry = new TarArchiveEntry(folder + "/" + path, TarConstants.LF_SYMLINK);
        entry.setLinkName(target);
        entry.setModTime(0L);
        tar.putArchiveEntry(entry);
        tar.closeArchiveEntry();
    }

    /** Adds a text. */
    void add(String path, String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        add(path, new java.io.ByteArrayInputStream(bytes), bytes.length, false);
    }

    /** Adds all files of a folder and of those in it, in the order of their names; links as what they point to. */
    void addAll(String path, Path from) throws IOException {
        List<Path> files;
        try (Stream<Path> found = Files.walk(from)) {
            files = found.filter(Files::isRegularFile).sorted().toList();
        }
        for (Path file : files) {
            add(path + "/" + from.relativize(file).toString().replace('\\', '/'), file);
        }
    }

    /** Adds what the stream has. */
    void add(String path, InputStream in, long size, boolean executable) throws IOException {
        TarArchiveEntry entry = new TarArchiveEntry(folder + "/" + path);
        entry.setSize(size);
        entry.setMode(executable ? EXECUTABLE : PLAIN);
        entry.setModTime(0L);
        tar.putArchiveEntry(entry);
        MessageDigest digest = Sha256.start();
        new DigestInputStream(in, digest).transferTo(tar);
        tar.closeArchiveEntry();
        checksums.append(String.format(Locale.ROOT, "%s  %s%n", Sha256.hex(digest), path));
    }

    /** Adds the checksums and ends the archive. */
    void finish() throws IOException {
        add(CHECKSUMS, checksums.toString());
        tar.finish();
    }

    @Override
    public void close() throws IOException {
        tar.close();
    }
}
