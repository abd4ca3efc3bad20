/** Annotations and dead letters out of the job: to topics, or to files that appear only when complete. */
package io.kmerflow.job.sink;
