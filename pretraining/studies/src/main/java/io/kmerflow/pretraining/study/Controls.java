package io.kmerflow.pretraining.study;

import java.util.Map;

/**
 * What the arms are held against.
 *
 * @param truth class of each test row, by set
 * @param hidden predictions of hidden bases by Markov chains, by name
 */
record Controls(Map<String, int[]> truth, Map<String, HiddenScores> hidden) {}
