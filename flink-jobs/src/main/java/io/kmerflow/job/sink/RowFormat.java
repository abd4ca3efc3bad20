package io.kmerflow.job.sink;

import java.io.Serializable;

/**
 * Writes one record as one line of text.
 *
 * @param <T> record
 */
public interface RowFormat<T> extends Serializable {
    /** First line of the file without its line end, or null for none. */
    String header();

    /** The record as one line without its line end. */
    String row(T value);
}
