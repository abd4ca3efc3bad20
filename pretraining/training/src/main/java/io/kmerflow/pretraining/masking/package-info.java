/** Masked-k-mer objectives: which tokens are hidden at which step. */
package io.kmerflow.pretraining.masking;
