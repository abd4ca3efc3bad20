package io.kmerflow.cli.serving;

import io.kmerflow.cli.topic.TopicFormat;
import io.kmerflow.job.JobOptions;
import io.kmerflow.schema.registry.RegistryAddress;

/** Registry of the schemas of topics in Confluent's format. */
final class RegistryOptions extends JobSwitches {
    RegistryOptions() {
        super(
                JobSwitch.of(JobOptions.SCHEMA_REGISTRY, "--schema-registry").label("URL"),
                JobSwitch.of(JobOptions.SCHEMA_REGISTRY_CREDENTIALS, "--schema-registry-credentials")
                        .label("FILE"));
    }

    /** How to read topics: Confluent's format too, where a registry is given. */
    TopicFormat format() {
        String url = get(JobOptions.SCHEMA_REGISTRY);
        return new TopicFormat(
                url == null ? null : new RegistryAddress(url, get(JobOptions.SCHEMA_REGISTRY_CREDENTIALS)));
    }
}
