package io.kmerflow.job.registry;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Locale;

/**
 * What a checkpoint keeps of the changes so far.
 *
 * @param seenRevision of the last announcement that was committed or refused; -1 before any
 * @param model that was committed last; null before any, then the configured one serves
 * @param modelRevision revision of its announcement; -1 before any
 */
record SwapState(long seenRevision, ModelRef model, long modelRevision) {
    /** Nothing was ever announced. */
    static final SwapState NONE = new SwapState(-1, null, -1);

    private static final int FORMAT = 1;

    byte[] toBytes() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.writeInt(FORMAT);
            out.writeLong(seenRevision);
            out.writeLong(modelRevision);
            out.writeBoolean(model != null);
            if (model != null) {
                out.writeUTF(model.name());
                out.writeUTF(model.version());
                out.writeUTF(model.digest());
                out.writeUTF(model.uri());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e); // writes to memory only
        }
        return bytes.toByteArray();
    }

    /** @param bytes of a checkpoint; null for one made before models could change */
    static SwapState of(byte[] bytes) throws IOException {
        if (bytes == null) {
            return NONE;
        }
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
            int format = in.readInt();
            if (format != FORMAT) {
                throw new IOException(
                        String.format(Locale.ROOT, "Expected format %d of the model state, got %d", FORMAT, format));
            }
            long seen = in.readLong();
            long revision = in.readLong();
            ModelRef model =
                    in.readBoolean() ? new ModelRef(in.readUTF(), in.readUTF(), in.readUTF(), in.readUTF()) : null;
            return new SwapState(seen, model, revision);
        }
    }
}
