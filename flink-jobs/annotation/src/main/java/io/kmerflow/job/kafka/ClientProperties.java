package io.kmerflow.job.kafka;

import java.io.IOException;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.provider.EnvVarConfigProvider;
import org.apache.kafka.common.config.provider.FileConfigProvider;

/**
 * Properties of Kafka clients that hold no secret: what is one in a file of properties becomes a reference to its place,
 * {@code ${file:PATH:KEY}}, which Kafka's own provider resolves in the client. A job graph therefore has the reference alone,
 * and the file is needed wherever a client runs.
 */
public final class ClientProperties {
    private static final String PROVIDERS = "config.providers";
    private static final Pattern REFERENCE = Pattern.compile("\\$\\{(env|file):(?:([^}]*):)?([^}:]*)\\}");
    private static final Pattern SECRET_NAME =
            Pattern.compile(".*(password|secret|jaas|token|credential|private).*", Pattern.CASE_INSENSITIVE);
    private static final List<ConfigDef> CLIENTS =
            List.of(AdminClientConfig.configDef(), ConsumerConfig.configDef(), ProducerConfig.configDef());
    /** Keys that some client knows, in their order. */
    private static final Set<String> KNOWN =
            CLIENTS.stream().flatMap(client -> client.names().stream()).collect(Collectors.toCollection(TreeSet::new));

    private ClientProperties() {}

    /**
     * The properties of a file and further ones, which win.
     *
     * @param file Java properties, as Kafka's own tools take them; null for none
     * @param more may have {@code ${env:NAME}} and {@code ${file:PATH:KEY}} in values, as the file may
     * @throws PreflightException if the file cannot be read, or a value refers to something that is not there
     */
    public static Map<String, String> of(String file, Map<String, String> more) {
        Map<String, String> all = new HashMap<>();
        if (file != null) {
            Path path = Path.of(file).toAbsolutePath().normalize();
            read(path).forEach((key, value) -> {
                requireReferences(key, value);
                all.put(key, isSecret(key) && !REFERENCE.matcher(value).find() ? reference(path, key) : value);
            });
        }
        more.forEach(ClientProperties::requireReferences);
        all.putAll(more);
        all.keySet().forEach(ClientProperties::requireSpelling);
        if (!all.containsKey(PROVIDERS)
                && all.values().stream()
                        .anyMatch(value -> REFERENCE.matcher(value).find())) {
            all.put(PROVIDERS, "env,file");
            all.put(PROVIDERS + ".env.class", EnvVarConfigProvider.class.getName());
            all.put(PROVIDERS + ".file.class", FileConfigProvider.class.getName());
        }
        return all;
    }

    private static Map<String, String> read(Path path) {
        Properties properties = new Properties();
        try (Reader in = Files.newBufferedReader(path, StandardCharsets.UTF_8)) {
            properties.load(in);
        } catch (IOException | IllegalArgumentException e) {
            throw new PreflightException(
                    String.format(Locale.ROOT, "Expected a file of client properties at %s, got: %s", path, e), e);
        }
        Map<String, String> values = new HashMap<>();
        properties.stringPropertyNames().forEach(key -> values.put(key, properties.getProperty(key)));
        return values;
    }

    /** Clients take any key, for plugins may have their own, and ignore those that they do not know: one letter may turn TLS off. */
    private static void requireSpelling(String key) {
        if (KNOWN.contains(key)) {
            return;
        }
        KNOWN.stream().filter(name -> differsLittle(name, key)).findFirst().ifPresent(name -> {
            throw new PreflightException(String.format(
                    Locale.ROOT, "Expected a property of Kafka's clients such as %s, got '%s'", name, key));
        });
    }

    /** Whether one letter was left out, added or mistaken, or two neighbours changed places. */
    private static boolean differsLittle(String name, String key) {
        if (name.equalsIgnoreCase(key)) {
            return true;
        }
        int most = Math.min(name.length(), key.length());
        int before = 0;
        while (before < most && name.charAt(before) == key.charAt(before)) {
            before++;
        }
        int after = 0;
        while (after < most - before
                && name.charAt(name.length() - 1 - after) == key.charAt(key.length() - 1 - after)) {
            after++;
        }
        String ofName = name.substring(before, name.length() - after);
        String ofKey = key.substring(before, key.length() - after);
        boolean oneLetter = ofName.length() <= 1 && ofKey.length() <= 1;
        return oneLetter || ofName.length() == 2 && ofKey.contentEquals(new StringBuilder(ofName).reverse());
    }

    /** Passwords by type, and what only its name tells: a login module may define further options. */
    static boolean isSecret(String key) {
        boolean known = false;
        for (ConfigDef client : CLIENTS) {
            ConfigDef.ConfigKey declared = client.configKeys().get(key);
            if (declared != null && declared.type == ConfigDef.Type.PASSWORD) {
                return true;
            }
            known |= declared != null;
        }
        return !known && SECRET_NAME.matcher(key).matches();
    }

    private static String reference(Path path, String key) {
        if (path.toString().matches(".*[:}].*")) {
            throw new PreflightException(String.format(
                    Locale.ROOT, "Expected a file of client properties without ':' and '}' in its path, got %s", path));
        }
        return "${file:" + path + ":" + key + "}";
    }

    /** Kafka would log in with the reference itself. */
    private static void requireReferences(String key, String value) {
        Matcher references = REFERENCE.matcher(value);
        while (references.find()) {
            String path = references.group(2);
            String name = references.group(3);
            if (references.group(1).equals("env")) {
                if (System.getenv(name) == null) {
                    throw new PreflightException(String.format(
                            Locale.ROOT,
                            "Expected the environment variable %s, which the client property %s refers to, it is not set",
                            name,
                            key));
                }
            } else if (path == null || !read(Path.of(path)).containsKey(name)) {
                throw new PreflightException(String.format(
                        Locale.ROOT,
                        "Expected %s in the file %s, which the client property %s refers to, it is not there",
                        name,
                        path,
                        key));
            }
        }
    }
}
