package io.kmerflow.files.read;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/** A stream that remembers its last bytes: how a stream that cannot be read twice shows that it was whole. */
final class LastBytes extends FilterInputStream {
    private final byte[] ring;
    private long count;

    /**
     * @param in read to its end
     * @param bytes how many to remember
     */
    LastBytes(InputStream in, int bytes) {
        super(in);
        ring = new byte[bytes];
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        int read = in.read(target, offset, length);
        for (int i = Math.max(0, read - ring.length); i < read; i++) {
            ring[(int) ((count + i) % ring.length)] = target[offset + i];
        }
        count += Math.max(0, read);
        return read;
    }

    @Override
    public boolean markSupported() {
        return false;
    }

    /** The last bytes read, in order. */
    byte[] lastBytes() {
        byte[] last = new byte[(int) Math.min(count, ring.length)];
        for (int i = 0; i < last.length; i++) {
            last[i] = ring[(int) ((count - last.length + i) % ring.length)];
        }
        return last;
    }
}
