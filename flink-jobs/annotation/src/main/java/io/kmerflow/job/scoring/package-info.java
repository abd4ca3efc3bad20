/** The scoring operator: reads to windows to batches to logits to annotations, with nothing waiting across a barrier. */
package io.kmerflow.job.scoring;
