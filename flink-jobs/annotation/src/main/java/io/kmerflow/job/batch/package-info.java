/** Windows into batches: bounded by tokens, by windows and by age. Plain Java, one thread, no clock of its own. */
package io.kmerflow.job.batch;
