package io.kmerflow.job.sink;

import io.kmerflow.schema.AnnotationStatus;
import io.kmerflow.schema.ReadAnnotation;
import java.io.BufferedInputStream;
import java.io.Closeable;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.file.Files;

/**
 * Reads what {@link CallLogSink} wrote, one mate's reads in input order. Closing it keeps the files; {@link #delete}
 * removes them.
 */
public final class CallLog implements Closeable {
    static final int MATES = 3;

    private static final AnnotationStatus[] STATUSES = AnnotationStatus.values();

    /**
     * What was said of a read.
     *
     * @param readId its name
     * @param status of the annotation
     * @param label called over the whole read, or null
     * @param score of the best label, 0 to 1; 0 without one
     * @param annotationId of the annotation
     */
    public record Entry(String readId, AnnotationStatus status, String label, float score, String annotationId) {}

    private final DataInputStream in;
    private Entry next;
    private boolean ended;

    /**
     * Opens the reads of one mate.
     *
     * @param path as given to the sink
     * @param mate 0, 1 or 2
     */
    public CallLog(String path, int mate) throws IOException {
        in = new DataInputStream(
                new BufferedInputStream(Files.newInputStream(file(path, mate).temporary())));
    }

    static OutputFile file(String path, int mate) {
        return new OutputFile(path + "." + mate);
    }

    static void write(ReadAnnotation annotation, DataOutputStream out) throws IOException {
        out.writeUTF(annotation.getReadId());
        out.writeByte(annotation.getStatus().ordinal());
        boolean scored = annotation.getReadCall() != null;
        String label = scored ? annotation.getReadCall().getLabel() : null;
        out.writeUTF(label == null ? "" : label);
        out.writeFloat(scored ? annotation.getReadCall().getScore() : 0);
        out.writeUTF(annotation.getAnnotationId());
    }

    /** The next read's entry without taking it, or null at the end. */
    public Entry peek() throws IOException {
        if (next == null && !ended) {
            try {
                String readId = in.readUTF();
                AnnotationStatus status = STATUSES[in.readByte()];
                String label = in.readUTF();
                next = new Entry(readId, status, label.isEmpty() ? null : label, in.readFloat(), in.readUTF());
            } catch (EOFException e) {
                ended = true;
            }
        }
        return next;
    }

    /** Takes the entry seen last. */
    public void take() {
        next = null;
    }

    /** Removes the files of all mates. */
    public static void delete(String path) throws IOException {
        for (int mate = 0; mate < MATES; mate++) {
            Files.deleteIfExists(file(path, mate).temporary());
        }
    }

    @Override
    public void close() throws IOException {
        in.close();
    }
}
