/** Annotations and dead letters as files, which appear only when complete. */
package io.kmerflow.files.write;
