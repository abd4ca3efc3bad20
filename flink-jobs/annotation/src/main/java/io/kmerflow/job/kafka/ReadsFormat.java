package io.kmerflow.job.kafka;

/** How reads are written to their topic. */
public enum ReadsFormat {
    /** Avro, single-object encoding. */
    AVRO,
    /** Avro with the id of its schema in a registry before it, as Confluent's serializers write it. */
    CONFLUENT,
    /** The objects of {@link io.kmerflow.job.json.ReadJson}. */
    JSON
}
