/** A client of schema registries that speak the HTTP interface of Confluent's. Nothing about the bytes of records. */
package io.kmerflow.schema.registry;
