/** Files of reads as a source of Flink's, which goes on where a checkpoint says. */
package io.kmerflow.files.source;
