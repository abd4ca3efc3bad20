/** What a training run writes: weights, sizes, optimizer state and where they came from. */
package io.kmerflow.pretraining.checkpoint;
