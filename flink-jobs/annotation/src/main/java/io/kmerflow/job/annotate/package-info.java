/** The windows of one read become one annotation. */
package io.kmerflow.job.annotate;
