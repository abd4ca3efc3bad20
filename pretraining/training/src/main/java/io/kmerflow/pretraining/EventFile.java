package io.kmerflow.pretraining;

import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Locale;
import java.util.zip.CRC32C;

/**
 * Scalars for TensorBoard, in a file {@code events.out.tfevents.SECONDS.NUMBER} of TFRecords: length (uint64), its checksum, an
 * {@code Event} in protobuf, its checksum; numbers little-endian, checksums CRC-32C, masked. A run that resumes gets a further
 * file, whose start event makes TensorBoard drop later steps of those before.
 *
 * <p>The fields of Event are wall_time (1, double, seconds since 1970), step (2, int64), file_version (3, string), summary (5)
 * and session_log (7); a Summary has values (1) of tag (1, string) and simple_value (2, float); a SessionLog has status (1), of
 * which 1 is START.
 */
final class EventFile implements Closeable {
    private static final String PREFIX = "events.out.tfevents.";
    private static final String VERSION = "brain.Event:2";
    private static final int START = 1;

    private static final int VARINT = 0;
    private static final int FIXED_64 = 1;
    private static final int BYTES = 2;
    private static final int FIXED_32 = 5;

    private final OutputStream out;

    /**
     * @param directory of the run
     * @param firstStep that is to come
     * @param seconds since 1970
     */
    EventFile(Path directory, long firstStep, double seconds) throws IOException {
        Path file = null;
        for (int number = 0; file == null || Files.exists(file); number++) {
            file = directory.resolve(String.format(Locale.ROOT, "%s%010d.%04d", PREFIX, (long) seconds, number));
        }
        out = new BufferedOutputStream(Files.newOutputStream(file, StandardOpenOption.CREATE_NEW));
        write(new Message().number(1, seconds).text(3, VERSION));
        write(new Message().number(1, seconds).integer(2, firstStep).message(7, new Message().integer(1, START)));
    }

    /**
     * Adds a value.
     *
     * @param tag name, as in metrics.csv
     * @param seconds since 1970
     */
    void scalar(String tag, long step, double value, double seconds) throws IOException {
        Message scalar = new Message().text(1, tag).real(2, (float) value);
        write(new Message().number(1, seconds).integer(2, step).message(5, new Message().message(1, scalar)));
    }

    /** What was added can be read by others. */
    void flush() throws IOException {
        out.flush();
    }

    @Override
    public void close() throws IOException {
        out.close();
    }

    private void write(Message event) throws IOException {
        byte[] data = event.bytes.toByteArray();
        byte[] length = little(Long.BYTES).putLong(data.length).array();
        out.write(length);
        out.write(little(Integer.BYTES).putInt(checksum(length)).array());
        out.write(data);
        out.write(little(Integer.BYTES).putInt(checksum(data)).array());
    }

    /** Rotated and shifted, because a checksum of bytes that hold their own checksum says little. */
    static int checksum(byte[] data) {
        CRC32C crc = new CRC32C();
        crc.update(data);
        return Integer.rotateRight((int) crc.getValue(), 15) + 0xA282EAD8;
    }

    private static ByteBuffer little(int bytes) {
        return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    /** A protobuf message in the making: its fields in the order of the calls. */
    private static final class Message {
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

        Message integer(int field, long value) {
            varint(field << 3 | VARINT);
            varint(value);
            return this;
        }

        Message number(int field, double value) {
            varint(field << 3 | FIXED_64);
            bytes.writeBytes(little(Double.BYTES).putDouble(value).array());
            return this;
        }

        Message real(int field, float value) {
            varint(field << 3 | FIXED_32);
            bytes.writeBytes(little(Float.BYTES).putFloat(value).array());
            return this;
        }

        Message text(int field, String value) {
            return raw(field, value.getBytes(StandardCharsets.UTF_8));
        }

        Message message(int field, Message value) {
            return raw(field, value.bytes.toByteArray());
        }

        private Message raw(int field, byte[] value) {
            varint(field << 3 | BYTES);
            varint(value.length);
            bytes.writeBytes(value);
            return this;
        }

        /** Seven bits a byte, the lowest first; the highest bit says that more follow. */
        private void varint(long value) {
            long rest = value;
            while ((rest & ~0x7FL) != 0) {
                bytes.write((int) (rest & 0x7F | 0x80));
                rest >>>= 7;
            }
            bytes.write((int) rest);
        }
    }
}
