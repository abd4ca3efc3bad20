/** The wire codecs of every topic: Avro single-object encoding, which needs no registry, and the format of Confluent. */
package io.kmerflow.schema.codec;
