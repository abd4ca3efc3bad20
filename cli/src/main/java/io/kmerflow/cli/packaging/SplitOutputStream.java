package io.kmerflow.cli.packaging;

import io.kmerflow.sequence.Sha256;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** One stream into files of a given size, {@code NAME.000} and on, or into {@code NAME} alone; knows their SHA-256. */
final class SplitOutputStream extends OutputStream {
    static final int MOST_PIECES = 1_000; // three digits

    private final Path target;
    private final long pieceBytes;
    private final List<Path> files = new ArrayList<>();
    private final Map<String, String> checksums = new LinkedHashMap<>();
    private OutputStream piece;
    private MessageDigest digest;
    private long room;

    /** @param pieceBytes most bytes of a file; 0 for one file, however large */
    SplitOutputStream(Path target, long pieceBytes) {
        this.target = target;
        this.pieceBytes = pieceBytes;
    }

    /** Files written so far. */
    List<Path> files() {
        return List.copyOf(files);
    }

    /** SHA-256, hex, by file name; whole once the stream is closed. */
    Map<String, String> checksums() {
        return checksums;
    }

    @Override
    public void write(int value) throws IOException {
        write(new byte[] {(byte) value}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        int from = offset;
        int left = length;
        while (left > 0) {
            if (piece == null || room == 0) {
                next();
            }
            int now = (int) Math.min(left, room);
            piece.write(bytes, from, now);
            digest.update(bytes, from, now);
            room -= now;
            from += now;
            left -= now;
        }
    }

    private void next() throws IOException {
        end();
        if (files.size() == MOST_PIECES) {
            throw new IOException(String.format(
                    Locale.ROOT,
                    "Expected at most %d pieces, the archive is larger: take a larger --split",
                    MOST_PIECES));
        }
        Path file = pieceBytes == 0
                ? target
                : target.resolveSibling(String.format(Locale.ROOT, "%s.%03d", target.getFileName(), files.size()));
        piece = new BufferedOutputStream(Files.newOutputStream(file), 1 << 16);
        files.add(file);
        digest = Sha256.start();
        room = pieceBytes == 0 ? Long.MAX_VALUE : pieceBytes;
    }

    private void end() throws IOException {
        if (piece != null) {
            piece.close();
            checksums.put(files.get(files.size() - 1).getFileName().toString(), Sha256.hex(digest));
            piece = null;
        }
    }

    @Override
    public void flush() throws IOException {
        if (piece != null) {
            piece.flush();
        }
    }

    @Override
    public void close() throws IOException {
        end();
    }

    /** Takes back what was written. */
    void discard() {
        try {
            if (piece != null) {
                piece.close();
            }
            for (Path file : files) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
