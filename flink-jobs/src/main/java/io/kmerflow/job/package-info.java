/** The annotation job: reads from a topic or from files, through a model, to annotations and dead letters. */
package io.kmerflow.job;
