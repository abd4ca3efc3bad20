package io.kmerflow.job.model;

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
 * @param told whether the commit of that model was reported for the whole job; true before any
 * @param configured the configured model when it last decided what serves; null where that is not known
 */
record SwapState(long seenRevision, ModelRef model, long modelRevision, boolean told, ModelRef configured) {
    /** Nothing was ever announced. */
    static final SwapState NONE = new SwapState(-1, null, -1, true, null);

    /** Without the last two fields: version 0.1. */
    private static final int FIRST_FORMAT = 1;

    private static final int FORMAT = 2;

    /** The configured model serves now, whatever was committed before. */
    SwapState withConfigured(ModelRef serving) {
        return new SwapState(seenRevision, null, -1, true, serving);
    }

    /** The change is committed with the next checkpoint. */
    SwapState withCommitted(long revision, ModelRef next) {
        return new SwapState(revision, next, revision, false, configured);
    }

    /** An announcement was refused, or given up for a later one. */
    SwapState withSeen(long revision) {
        return new SwapState(Math.max(seenRevision, revision), model, modelRevision, told, configured);
    }

    /** The commit was reported. */
    SwapState withTold() {
        return new SwapState(seenRevision, model, modelRevision, true, configured);
    }

    /** Without revisions that are not {@link Revisions#valid}, which version 0.1 accepted and which block all others. */
    SwapState withoutInvalidRevisions(long nowMillis) {
        return new SwapState(
                Revisions.valid(seenRevision, nowMillis) ? seenRevision : -1,
                model,
                Revisions.valid(modelRevision, nowMillis) ? modelRevision : -1,
                told,
                configured);
    }

    byte[] toBytes() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.writeInt(FORMAT);
            out.writeLong(seenRevision);
            out.writeLong(modelRevision);
            write(model, out);
            out.writeBoolean(told);
            write(configured, out);
        } catch (IOException e) {
            throw new UncheckedIOException(e); // writes to memory only
        }
        return bytes.toByteArray();
    }

    private static void write(ModelRef model, DataOutputStream out) throws IOException {
        out.writeBoolean(model != null);
        if (model != null) {
            out.writeUTF(model.name());
            out.writeUTF(model.version());
            out.writeUTF(model.digest());
            out.writeUTF(model.uri());
        }
    }

    /** @param bytes of a checkpoint; null for one made before models could change */
    static SwapState of(byte[] bytes) throws IOException {
        if (bytes == null) {
            return NONE;
        }
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
            int format = in.readInt();
            if (format != FORMAT && format != FIRST_FORMAT) {
                throw new IOException(String.format(
                        Locale.ROOT,
                        "Expected format %d or %d of the model state, got %d",
                        FIRST_FORMAT,
                        FORMAT,
                        format));
            }
            long seen = in.readLong();
            long revision = in.readLong();
            ModelRef model = readModel(in);
            return format == FIRST_FORMAT
                    ? new SwapState(seen, model, revision, true, null)
                    : new SwapState(seen, model, revision, in.readBoolean(), readModel(in));
        }
    }

    private static ModelRef readModel(DataInputStream in) throws IOException {
        return in.readBoolean() ? new ModelRef(in.readUTF(), in.readUTF(), in.readUTF(), in.readUTF()) : null;
    }
}
