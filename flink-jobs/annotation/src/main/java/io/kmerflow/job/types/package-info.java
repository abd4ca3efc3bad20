/** How records travel between Flink operators where they are not chained: never through Kryo. */
package io.kmerflow.job.types;
