/** Reads into the job: from a topic or from files, as raw records first, so that what is none becomes a dead letter. */
package io.kmerflow.job.ingest;
