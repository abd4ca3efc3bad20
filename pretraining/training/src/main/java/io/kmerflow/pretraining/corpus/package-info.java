/** Genomes and labelled sequences, what is held out of them, and the windows drawn from the rest. */
package io.kmerflow.pretraining.corpus;
