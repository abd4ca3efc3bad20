package io.kmerflow.pretraining.corpus;

/**
 * A sequence and its class.
 *
 * @param bases upper-case ASCII A C G T N; shared, not a copy
 * @param label 0 to the number of classes − 1
 */
public record LabelledSequence(byte[] bases, int label) {}
