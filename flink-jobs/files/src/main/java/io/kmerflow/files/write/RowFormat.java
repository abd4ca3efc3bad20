package io.kmerflow.files.write;

import java.io.Serializable;

/**
 * Writes one record as text: one line, several, or none.
 *
 * @param <T> record
 */
public interface RowFormat<T> extends Serializable {
    /** First line or lines of the file without the last line end, or null for none. */
    String header();

    /** The record as one or more lines without the last line end, or null for none. */
    String row(T value);
}
