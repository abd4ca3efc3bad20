/** Nucleotides, reads, Phred qualities, windows and coordinates; 0-based, half-open, on the read as sequenced. */
package io.kmerflow.sequence;
