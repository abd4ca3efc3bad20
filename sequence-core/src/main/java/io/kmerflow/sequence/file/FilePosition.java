package io.kmerflow.sequence.file;

import java.util.Locale;

/**
 * Where an item lies in its file.
 *
 * @param record number of the item within the file, from 1; failures count too
 * @param line line where the item begins, from 1
 * @param byteStart first byte in the uncompressed stream, 0-based
 * @param byteEnd one past the last byte; equal to {@code byteStart} where a damaged stream ends between records
 */
public record FilePosition(long record, long line, long byteStart, long byteEnd) {
    public FilePosition {
        if (record < 1 || line < 1 || byteStart < 0 || byteEnd < byteStart) {
            throw new IllegalArgumentException(String.format(
                            Locale.ROOT, "Expected record and line from 1 and 0 <= start <= end, got record %d", record)
                    + String.format(Locale.ROOT, ", line %d, bytes [%d, %d)", line, byteStart, byteEnd));
        }
    }
}
