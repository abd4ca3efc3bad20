/**
 * Which model scores, and its change while the job runs: prepare, vote, commit before one common barrier. Loading is here,
 * scoring is not.
 */
package io.kmerflow.job.model;
