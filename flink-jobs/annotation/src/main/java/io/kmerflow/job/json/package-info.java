/** Annotations as JSON, on a topic as in files: field names, and characters that are safe on a terminal. Nothing about files. */
package io.kmerflow.job.json;
