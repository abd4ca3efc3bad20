package io.kmerflow.job;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.Configuration;

/** The command line of a job that Flink's own client submits: {@code --key value} for each of its options. */
public final class JobArguments {
    private JobArguments() {}

    /**
     * The options as configuration. Wrong usage is thrown, as one sentence: in application mode the process is the job
     * manager's, which is not for a job to end.
     *
     * @param options that the job has
     * @throws IllegalArgumentException at an unknown option or one without its value
     */
    public static Configuration parse(String[] args, List<ConfigOption<?>> options) {
        Map<String, String> values = new TreeMap<>();
        for (int i = 0; i < args.length; i += 2) {
            String key = args[i].startsWith("--") ? args[i].substring(2) : null;
            if (key == null || options.stream().map(ConfigOption::key).noneMatch(key::equals)) {
                throw new IllegalArgumentException(String.format(
                        Locale.ROOT,
                        "Expected an option such as --%s, got '%s'",
                        JobOptions.KAFKA_BOOTSTRAP_SERVERS.key(),
                        args[i]));
            }
            if (i + 1 == args.length) {
                throw new IllegalArgumentException(
                        String.format(Locale.ROOT, "Expected a value after '%s', got none", args[i]));
            }
            values.put(key, args[i + 1]);
        }
        return Configuration.fromMap(values);
    }
}
