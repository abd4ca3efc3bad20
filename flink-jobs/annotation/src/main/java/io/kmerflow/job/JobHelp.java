package io.kmerflow.job;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.description.HtmlFormatter;
import org.apache.flink.util.TimeUtils;

/** Options of a job as text for people. */
public final class JobHelp {
    private JobHelp() {}

    /** What a job takes on its command line: each option with its default, and what it does. */
    static String of(String job, List<ConfigOption<?>> options) {
        StringBuilder text =
                new StringBuilder(String.format(Locale.ROOT, "%s takes --key value for any of these options:%n", job));
        for (ConfigOption<?> option : options) {
            String value = defaultValue(option);
            text.append(String.format(
                    Locale.ROOT,
                    "%n--%s%s%n    %s%n",
                    option.key(),
                    value.isEmpty() ? "" : " (default: " + value + ")",
                    description(option)));
        }
        return text.toString();
    }

    /** What the option does. */
    public static String description(ConfigOption<?> option) {
        return new HtmlFormatter().format(option.description());
    }

    /** Its default as {@code key value} would give it; empty where there is none. */
    public static String defaultValue(ConfigOption<?> option) {
        return show(option.defaultValue());
    }

    /** A value as {@code key value} would give it; empty for null and what has no elements. */
    public static String show(Object value) {
        if (value == null || value.equals(List.of()) || value.equals(Map.of())) {
            return "";
        }
        if (value instanceof Duration duration) {
            return TimeUtils.formatWithHighestUnit(duration);
        }
        return value instanceof Enum<?> ? value.toString().toLowerCase(Locale.ROOT) : value.toString();
    }
}
