/** The job's ends on Kafka: sources, sinks with their guarantee, topics, and the check before the job starts. */
package io.kmerflow.job.kafka;
