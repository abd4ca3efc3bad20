/** Change of the model while the job runs: prepare, vote, commit before one common barrier. */
package io.kmerflow.job.registry;
