/**
 * Records on their way through the job, with their place. Savepoints hold the names of these classes, so they stay in this
 * package.
 */
package io.kmerflow.job.ingest;
