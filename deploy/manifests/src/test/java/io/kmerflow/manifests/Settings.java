package io.kmerflow.manifests;

import io.kmerflow.job.JobOptions;
import java.io.File;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.net.URI;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.jar.JarFile;
import java.util.regex.Pattern;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.FallbackKey;
import org.apache.flink.metrics.reporter.MetricReporterFactory;

/** Settings of Flink and arguments of the job: does each exist, and is its value one? */
final class Settings {
    private static final Pattern REPORTER = Pattern.compile("metrics\\.reporter\\.prom\\.(factory\\.class|port)");
    private static final Pattern RESOURCE =
            Pattern.compile("external-resource\\.gpu\\.(amount|driver-factory\\.class|kubernetes\\.config-key)");

    private final Map<String, ConfigOption<?>> flink = new HashMap<>();

    /** Every option in Flink's package of options. */
    Settings() throws Exception {
        URI jar = Configuration.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .toURI();
        try (JarFile file = new JarFile(new File(jar))) {
            List<String> classes = file.stream()
                    .map(entry -> entry.getName())
                    .filter(name -> name.matches("org/apache/flink/configuration/\\w+\\.class"))
                    .map(name -> name.replace('/', '.').replace(".class", ""))
                    .toList();
            for (String name : classes) {
                addOptionsOf(Class.forName(name));
            }
        }
    }

    private void addOptionsOf(Class<?> owner) throws IllegalAccessException {
        for (Field field : owner.getFields()) {
            if (Modifier.isStatic(field.getModifiers()) && field.getType() == ConfigOption.class) {
                ConfigOption<?> option = (ConfigOption<?>) field.get(null);
                flink.put(option.key(), option);
                for (FallbackKey other : option.fallbackKeys()) {
                    flink.putIfAbsent(other.getKey(), option);
                }
            }
        }
    }

    /** What is wrong with settings of Flink. */
    List<String> violations(Map<String, String> settings) {
        List<String> found = new ArrayList<>();
        settings.forEach((key, value) -> {
            if (key.startsWith("metrics.reporter.")) {
                if (!REPORTER.matcher(key).matches() || key.endsWith("class") && !isReporterFactory(value)) {
                    found.add("no such setting of a reporter: " + key + " " + value);
                }
            } else if (key.startsWith("external-resource.")) {
                if (!RESOURCE.matcher(key).matches()) {
                    found.add("no such setting of a resource: " + key);
                }
            } else {
                check(flink.get(key), key, value, found);
            }
        });
        return found;
    }

    private static boolean isReporterFactory(String name) {
        try {
            return MetricReporterFactory.class.isAssignableFrom(Class.forName(name));
        } catch (ClassNotFoundException e) {
            return false;
        }
    }

    /** What is wrong with arguments of the job, {@code --key value} in turn. */
    static List<String> argumentViolations(List<String> arguments) {
        List<String> found = new ArrayList<>();
        Map<String, ConfigOption<?>> options = new HashMap<>();
        JobOptions.all().forEach(option -> options.put(option.key(), option));
        for (int i = 0; i < arguments.size(); i += 2) {
            String key = arguments.get(i);
            if (!key.startsWith("--") || i + 1 == arguments.size()) {
                found.add("expected --key value, got " + key);
                continue;
            }
            check(options.get(key.substring(2)), key.substring(2), arguments.get(i + 1), found);
        }
        return found;
    }

    private static void check(ConfigOption<?> option, String key, String value, List<String> found) {
        if (option == null) {
            found.add("no such option: " + key);
            return;
        }
        try {
            Configuration.fromMap(Map.of(option.key(), value))
                    .getOptional(option)
                    .orElseThrow();
        } catch (RuntimeException e) {
            found.add(String.format(Locale.ROOT, "%s: %s is no value of it: %s", key, value, e.getMessage()));
        }
    }
}
