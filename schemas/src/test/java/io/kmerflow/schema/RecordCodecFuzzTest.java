package io.kmerflow.schema;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.sun.management.ThreadMXBean;
import io.kmerflow.schema.codec.RecordCodec;
import io.kmerflow.schema.codec.UndecodableRecordException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.apache.avro.SchemaNormalization;
import org.apache.avro.specific.SpecificData;
import org.apache.avro.specific.SpecificRecord;

/** Any bytes from a topic, behind the header of each schema and bare: docs/fuzzing.md. */
class RecordCodecFuzzTest {
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private static final long BASE_BYTES = 64 << 20;
    /** An array of empty items takes one byte each on the wire and a list entry each in memory. */
    private static final long BYTES_PER_BYTE = 400;

    private static final List<Class<? extends SpecificRecord>> TYPES = List.of(
            SequencedRead.class,
            ReadAnnotation.class,
            DeadLetter.class,
            ModelAnnouncement.class,
            ModelEvent.class,
            ReadLabel.class,
            CorpusRead.class,
            DriftReport.class);

    /** The first byte chooses the type; 255: all of them read the rest as it is. */
    @FuzzTest
    void bytesAreARecordOrUndecodable(byte[] data) {
        if (data.length == 0) {
            return;
        }
        byte[] rest = Arrays.copyOfRange(data, 1, data.length);
        if (data[0] == -1) {
            TYPES.forEach(type -> decode(type, rest));
        } else {
            Class<? extends SpecificRecord> type = TYPES.get((data[0] & 0xff) % TYPES.size());
            long fingerprint =
                    SchemaNormalization.parsingFingerprint64(SpecificData.get().getSchema(type));
            decode(
                    type,
                    ByteBuffer.allocate(10 + rest.length)
                            .order(ByteOrder.LITTLE_ENDIAN)
                            .put((byte) 0xc3)
                            .put((byte) 1)
                            .putLong(fingerprint)
                            .put(rest)
                            .array());
        }
    }

    private static <T extends SpecificRecord> void decode(Class<T> type, byte[] bytes) {
        RecordCodec<T> codec = new RecordCodec<>(type);
        long allocated = THREADS.getCurrentThreadAllocatedBytes();
        T record;
        try {
            record = codec.decode(bytes);
        } catch (UndecodableRecordException e) {
            record = null;
        }
        allocated = THREADS.getCurrentThreadAllocatedBytes() - allocated;
        if (allocated > BASE_BYTES + BYTES_PER_BYTE * bytes.length) {
            throw new AssertionError(String.format(
                    Locale.ROOT,
                    "Expected no more than %d bytes of memory for each of %d, got %d in all",
                    BYTES_PER_BYTE,
                    bytes.length,
                    allocated));
        }
        if (record != null) {
            byte[] again = codec.encode(record);
            try {
                if (!codec.decode(again).equals(record)) {
                    throw new AssertionError("Expected the record itself of its own bytes, got another: " + record);
                }
            } catch (UndecodableRecordException e) {
                throw new AssertionError("Expected a record that was read to be one when written: " + record, e);
            }
        }
    }
}
