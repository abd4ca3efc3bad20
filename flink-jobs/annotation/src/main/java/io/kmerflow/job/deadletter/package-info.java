/** Input that could not become an annotation, kept aside with its reason. */
package io.kmerflow.job.deadletter;
