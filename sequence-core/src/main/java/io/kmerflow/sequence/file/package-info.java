/**
 * Sequence files as streams of items: every byte of the uncompressed file is in a record or in a failure, in file order.
 */
package io.kmerflow.sequence.file;
