package io.kmerflow.job.kafka;

import io.kmerflow.schema.registry.RegistryException;
import io.kmerflow.schema.registry.SchemaRegistry;
import org.apache.avro.Schema;

/** Ids of the schemas that a job writes, found once, where it is put together: its tasks write without asking the registry. */
final class SchemaIds {
    private SchemaIds() {}

    /**
     * The id of a schema under the subject of a topic's values, registering it if need be.
     *
     * @throws PreflightException if the registry does not take it
     */
    static int of(KafkaConfig config, String topic, Schema schema) {
        try {
            return new SchemaRegistry(config.registry()).idOf(topic + "-value", schema);
        } catch (RegistryException e) {
            throw new PreflightException(e.getMessage(), e);
        }
    }
}
