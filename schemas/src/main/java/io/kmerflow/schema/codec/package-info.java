/** The wire codec of every topic: Avro single-object encoding, no registry needed. */
package io.kmerflow.schema.codec;
