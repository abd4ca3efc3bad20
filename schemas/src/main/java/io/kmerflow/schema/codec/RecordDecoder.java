package io.kmerflow.schema.codec;

/**
 * Turns the bytes of a topic into records of one class. Not safe for several threads.
 *
 * @param <T> generated record class
 */
public interface RecordDecoder<T> {
    /**
     * The record in the bytes.
     *
     * @throws UndecodableRecordException if they are none that this decoder knows
     */
    T decode(byte[] bytes) throws UndecodableRecordException;
}
