/** The bounded job that joins reads, annotations and labels, filters and samples them, and writes a corpus. */
package io.kmerflow.corpus.snapshot;
