/** Versions of a model on Kafka: how they are announced and what the topics know of each. Jobs that serve them are elsewhere. */
package io.kmerflow.cli.models;
