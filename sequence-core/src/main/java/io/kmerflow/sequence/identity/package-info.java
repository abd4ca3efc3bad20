/** Which read is which: names, digests and ranks by which reads, corpora and labels are told apart and joined; nothing about files. */
package io.kmerflow.sequence.identity;
