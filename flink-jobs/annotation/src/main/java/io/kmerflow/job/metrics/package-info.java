/** Metric names, in one place, with units. */
package io.kmerflow.job.metrics;
