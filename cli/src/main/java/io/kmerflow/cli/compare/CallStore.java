package io.kmerflow.cli.compare;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.Closeable;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/**
 * Calls in files by a hash of their read, so that any number of reads can be joined part by part: a part has the calls of all
 * annotations of its reads, in the order they came.
 */
final class CallStore implements Closeable {
    /** Parts of every store; 100 million reads are then 400,000 each. */
    static final int PARTS = 256;

    private static final int BUFFER_BYTES = 16 << 10;
    private static final int SPREAD = 0x9E3779B1;

    private final Path folder;
    private final DataOutputStream[] parts = new DataOutputStream[PARTS];
    private long calls;

    /** @param folder new, for this store alone */
    CallStore(Path folder) throws IOException {
        this.folder = Files.createDirectory(folder);
    }

    /** Adds a call. */
    void add(ComparedCall call) throws IOException {
        int part = (call.read().hashCode() * SPREAD) >>> (Integer.SIZE - Integer.numberOfTrailingZeros(PARTS));
        if (parts[part] == null) {
            parts[part] =
                    new DataOutputStream(new BufferedOutputStream(Files.newOutputStream(file(part)), BUFFER_BYTES));
        }
        DataOutputStream out = parts[part];
        write(out, call.read());
        out.writeBoolean(call.sample() != null);
        if (call.sample() != null) {
            write(out, call.sample());
        }
        write(out, call.call());
        out.writeFloat(call.score());
        out.writeInt(call.bases());
        out.writeLong(call.timeMillis());
        calls++;
    }

    private Path file(int part) {
        return folder.resolve(Integer.toString(part));
    }

    private static void write(DataOutputStream out, String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        out.writeInt(bytes.length);
        out.write(bytes);
    }

    private static String read(DataInputStream in) throws IOException {
        return new String(in.readNBytes(in.readInt()), StandardCharsets.UTF_8);
    }

    /** Calls added. */
    long calls() {
        return calls;
    }

    /** No more calls come. */
    @Override
    public void close() throws IOException {
        for (DataOutputStream part : parts) {
            if (part != null) {
                part.close();
            }
        }
    }

    /** The call that stands, by read, of a part of a closed store. */
    Map<String, ComparedCall> part(int part) throws IOException {
        Map<String, ComparedCall> byRead = new HashMap<>();
        if (parts[part] == null) {
            return byRead;
        }
        try (DataInputStream in =
                new DataInputStream(new BufferedInputStream(Files.newInputStream(file(part)), BUFFER_BYTES))) {
            in.mark(1);
            while (in.read() >= 0) {
                in.reset();
                String name = read(in);
                String sample = in.readBoolean() ? read(in) : null;
                ComparedCall call =
                        new ComparedCall(name, sample, read(in), in.readFloat(), in.readInt(), in.readLong());
                byRead.merge(name, call, (before, next) -> next.replaces(before) ? next : before);
                in.mark(1);
            }
        }
        return byRead;
    }
}
