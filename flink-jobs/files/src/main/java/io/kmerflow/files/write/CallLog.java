package io.kmerflow.files.write;

import io.kmerflow.schema.AnnotationStatus;
import io.kmerflow.schema.ReadAnnotation;
import java.io.BufferedInputStream;
import java.io.Closeable;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Reads what {@link CallLogSink} wrote, one mate's reads in input order: a file each for mates 0, 1 and 2, which are made
 * with {@link #files}.
 */
public final class CallLog implements Closeable {
    private static final int MATES = 3;

    private static final AnnotationStatus[] STATUSES = AnnotationStatus.values();

    /**
     * What was said of a read.
     *
     * @param readId its name
     * @param readLength in bases
     * @param status of the annotation
     * @param label called over the whole read, or null
     * @param score of the best label, 0 to 1; 0 without one
     * @param annotationId of the annotation
     * @param sampleId of the read, or null
     * @param barcodeName of the read, or null
     */
    public record Entry(
            String readId,
            int readLength,
            AnnotationStatus status,
            String label,
            float score,
            String annotationId,
            String sampleId,
            String barcodeName) {}

    private final OutputFile file;
    private final DataInputStream in;
    private long taken;
    private Entry next;
    private boolean ended;

    /** @param file of one mate's reads, as given to the sink */
    public CallLog(OutputFile file) throws IOException {
        this.file = file;
        in = new DataInputStream(new BufferedInputStream(Files.newInputStream(file.temporary())));
    }

    /** The same log from the entry on that is next here. */
    public CallLog fork() throws IOException {
        CallLog fork = new CallLog(file);
        while (fork.taken < taken && fork.peek() != null) {
            fork.take();
        }
        return fork;
    }

    /**
     * The files of a log, by mate.
     *
     * @param path they begin with
     */
    public static List<OutputFile> files(String path) {
        return IntStream.range(0, MATES)
                .mapToObj(mate -> new OutputFile(path + "." + mate))
                .toList();
    }

    /** Names may be longer than {@link DataOutputStream#writeUTF} can hold. */
    private static void writeText(String text, DataOutputStream out) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_16BE);
        out.writeInt(bytes.length);
        out.write(bytes);
    }

    private String readText() throws IOException {
        byte[] bytes = in.readNBytes(in.readInt());
        return new String(bytes, StandardCharsets.UTF_16BE);
    }

    private static void writeTextOrNull(String text, DataOutputStream out) throws IOException {
        out.writeBoolean(text != null);
        if (text != null) {
            writeText(text, out);
        }
    }

    private String readTextOrNull() throws IOException {
        return in.readBoolean() ? readText() : null;
    }

    static void write(ReadAnnotation annotation, DataOutputStream out) throws IOException {
        writeText(annotation.getReadId(), out);
        out.writeInt(annotation.getReadLength());
        out.writeByte(annotation.getStatus().ordinal());
        boolean scored = annotation.getReadCall() != null;
        String label = scored ? annotation.getReadCall().getLabel() : null;
        out.writeUTF(label == null ? "" : label);
        out.writeFloat(scored ? annotation.getReadCall().getScore() : 0);
        out.writeUTF(annotation.getAnnotationId());
        writeTextOrNull(annotation.getSampleId(), out);
        writeTextOrNull(annotation.getBarcodeName(), out);
    }

    /** The next read's entry without taking it, or null at the end. */
    public Entry peek() throws IOException {
        if (next == null && !ended) {
            try {
                String readId = readText();
                int readLength = in.readInt();
                AnnotationStatus status = STATUSES[in.readByte()];
                String label = in.readUTF();
                next = new Entry(
                        readId,
                        readLength,
                        status,
                        label.isEmpty() ? null : label,
                        in.readFloat(),
                        in.readUTF(),
                        readTextOrNull(),
                        readTextOrNull());
            } catch (EOFException e) {
                ended = true;
            }
        }
        return next;
    }

    /** Takes the entry seen last. */
    public void take() {
        next = null;
        taken++;
    }

    @Override
    public void close() throws IOException {
        in.close();
    }
}
