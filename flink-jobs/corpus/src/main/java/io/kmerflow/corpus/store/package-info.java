/** A corpus as files: container files of reads and the manifest that says where they came from; nothing about Flink. */
package io.kmerflow.corpus.store;
