package io.kmerflow.job.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.config.types.Password;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ClientPropertiesTest {
    @TempDir
    Path folder;

    private Path file(String... lines) throws IOException {
        return Files.writeString(folder.resolve("client.properties"), String.join("\n", lines) + "\n");
    }

    /** As a client sees them, which resolves what refers to other places. */
    private static ProducerConfig client(Map<String, String> properties) {
        Map<String, Object> all = new HashMap<>(properties);
        all.put("bootstrap.servers", "localhost:1");
        all.put("key.serializer", ByteArraySerializer.class);
        all.put("value.serializer", ByteArraySerializer.class);
        return new ProducerConfig(all);
    }

    private static String password(Map<String, String> properties, String key) {
        return ((Password) client(properties).values().get(key)).value();
    }

    @ParameterizedTest
    @CsvSource({
        "securty.protocol, security.protocol",
        "Security.Protocol, security.protocol",
        "sasl.mehcanism, sasl.mechanism",
        "ssl.truststore.locations, ssl.truststore.location",
        "ack, acks"
    })
    void aKeyThatIsASettingButForALetterIsRefused(String key, String setting) throws Exception {
        String file = file(key + "=x").toString();

        assertThatThrownBy(() -> ClientProperties.of(file, Map.of()))
                .isInstanceOf(PreflightException.class)
                .hasMessage("Expected a property of Kafka's clients such as " + setting + ", got '" + key + "'");
        assertThatThrownBy(() -> ClientProperties.of(null, Map.of(key, "x"))).isInstanceOf(PreflightException.class);
    }

    @Test
    void secretsOfTheFileAreReferencesThatTheClientResolves() throws Exception {
        Path file = file(
                "security.protocol=SASL_SSL",
                "sasl.jaas.config=org.Login required password=\"hunter2\";",
                "ssl.keystore.password=hunter3",
                "my.login.secret=hunter4",
                "linger.ms=7",
                "partition.discovery.interval.ms=5000");

        Map<String, String> properties = ClientProperties.of(file.toString(), Map.of());

        assertThat(properties.toString()).doesNotContain("hunter");
        assertThat(properties)
                .containsEntry("security.protocol", "SASL_SSL")
                .containsEntry("linger.ms", "7")
                .containsEntry("partition.discovery.interval.ms", "5000")
                .containsEntry("my.login.secret", "${file:" + file + ":my.login.secret}");
        assertThat(password(properties, "sasl.jaas.config")).isEqualTo("org.Login required password=\"hunter2\";");
        assertThat(password(properties, "ssl.keystore.password")).isEqualTo("hunter3");
        assertThat(client(properties).originals()).containsEntry("my.login.secret", "hunter4");
    }

    @Test
    void referencesInValuesAreLeftToTheClient() throws Exception {
        Path secrets = Files.writeString(folder.resolve("secrets"), "key=hunter2\n");
        String name = System.getenv().containsKey("PATH") ? "PATH" : "HOME";
        Path file = file(
                "ssl.key.password=${file:" + secrets + ":key}",
                "sasl.jaas.config=org.Login required password=\"${env:" + name + "}\";");

        Map<String, String> properties = ClientProperties.of(file.toString(), Map.of());

        assertThat(properties).containsEntry("ssl.key.password", "${file:" + secrets + ":key}");
        assertThat(password(properties, "ssl.key.password")).isEqualTo("hunter2");
        assertThat(password(properties, "sasl.jaas.config"))
                .isEqualTo("org.Login required password=\"" + System.getenv(name) + "\";");
    }

    @Test
    void furtherPropertiesWinAndNothingIsAddedWithoutReferences() throws Exception {
        Path file = file("linger.ms=7", "acks=all");

        assertThat(ClientProperties.of(file.toString(), Map.of("linger.ms", "9")))
                .isEqualTo(Map.of("linger.ms", "9", "acks", "all"));
        assertThat(ClientProperties.of(null, Map.of("linger.ms", "9"))).isEqualTo(Map.of("linger.ms", "9"));
    }

    @Test
    void whatIsNotThereIsNamed() {
        assertRefused(folder.resolve("none").toString(), Map.of(), "file of client properties at", "none");
        assertRefused(
                null,
                Map.of("ssl.key.password", "${env:KMERFLOW_NOT_SET}"),
                "environment variable KMERFLOW_NOT_SET",
                "ssl.key.password");
        assertRefused(null, Map.of("ssl.key.password", "${file:/no/such/file:key}"), "/no/such/file");
    }

    @Test
    void keyThatIsNotInItsFileIsNamed() throws Exception {
        Path file = file("a=b");

        assertRefused(null, Map.of("ssl.key.password", "${file:" + file + ":c}"), "Expected c in the file " + file);
    }

    private static void assertRefused(String file, Map<String, String> more, String... parts) {
        assertThatThrownBy(() -> ClientProperties.of(file, more))
                .isInstanceOf(PreflightException.class)
                .hasMessageContainingAll(parts);
    }
}
