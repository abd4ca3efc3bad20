/** From a training checkpoint to a model bundle that has proven to score as the trainer did. */
package io.kmerflow.export;
