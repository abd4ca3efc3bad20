package io.kmerflow.schema.registry;

import java.io.Serializable;

/**
 * Where a registry is and how to log in; holds no secret itself.
 *
 * @param url with the path under which the interface of Confluent's registry is, for example {@code http://localhost:8081} or, of
 *     Apicurio, {@code http://localhost:8080/apis/ccompat/v7}
 * @param credentialsFile file with {@code user:password}, read wherever a client runs; null for none
 */
public record RegistryAddress(String url, String credentialsFile) implements Serializable {
    public RegistryAddress {
        url = url.replaceFirst("/+$", "");
    }
}
