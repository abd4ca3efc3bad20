/** A standalone Flink cluster and a Kafka broker, each process a JVM of its own, on this machine. */
package io.kmerflow.cluster;
