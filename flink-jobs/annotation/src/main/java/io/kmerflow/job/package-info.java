/** The annotation job on Kafka: reads of a topic, through a model, to annotations and dead letters. */
package io.kmerflow.job;
