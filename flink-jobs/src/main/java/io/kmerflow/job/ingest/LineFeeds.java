package io.kmerflow.job.ingest;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;

/** Text whose lines end in LF, made of one whose lines end in CRLF. */
final class LineFeeds extends InputStream {
    private final BufferedInputStream in;

    /** @param in closed with this */
    LineFeeds(BufferedInputStream in) {
        this.in = in;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        int kept = 0;
        while (kept == 0 && length > 0) {
            int count = in.read(target, offset, length);
            if (count < 0) {
                return -1;
            }
            for (int i = offset; i < offset + count; i++) {
                boolean last = i + 1 == offset + count;
                if (target[i] != '\r' || (last ? nextIn() : target[i + 1]) != '\n') {
                    target[offset + kept++] = target[i];
                }
            }
        }
        return kept;
    }

    private int nextIn() throws IOException {
        in.mark(1);
        int next = in.read();
        in.reset();
        return next;
    }

    @Override
    public void close() throws IOException {
        in.close();
    }
}
