package io.kmerflow.cli.serving;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.MemorySize;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.TypeConversionException;

/**
 * A switch of the command line that sets an option of the job. Description, default and type are the option's, as {@code
 * JobOptions} declares them; only names and what a bare number means are said here.
 *
 * @param <T> type of the option
 */
final class JobSwitch<T> {
    /** What a number without a unit is measured in. */
    enum Unit {
        SECONDS("s"),
        MILLISECONDS("ms"),
        MEBIBYTES("mb");

        private final String suffix;

        Unit(String suffix) {
            this.suffix = suffix;
        }

        private String show(Object value) {
            return String.valueOf(
                    switch (this) {
                        case SECONDS -> ((Duration) value).toSeconds();
                        case MILLISECONDS -> ((Duration) value).toMillis();
                        case MEBIBYTES -> ((MemorySize) value).getMebiBytes();
                    });
        }
    }

    private final ConfigOption<T> option;
    private final String[] names;
    private String label = "TEXT";
    private Unit unit;
    private T defaultValue;
    private boolean required;
    private boolean hidden;
    private OptionSpec spec;

    private JobSwitch(ConfigOption<T> option, String... names) {
        this.option = option;
        this.names = names;
        this.defaultValue = option.defaultValue();
        if (defaultValue instanceof Enum<?> constant) {
            label = Stream.of(constant.getDeclaringClass().getEnumConstants())
                    .map(JobOptionText::show)
                    .collect(Collectors.joining("|"));
        }
    }

    /** A switch of those names for that option. */
    static <T> JobSwitch<T> of(ConfigOption<T> option, String... names) {
        return new JobSwitch<>(option, names);
    }

    /** Shows its value by that word; for an option of constants, the ones that it takes, with bars between. */
    JobSwitch<T> label(String word) {
        label = word;
        return this;
    }

    /** Takes numbers without a unit in that unit, and shows the default in it. */
    JobSwitch<T> unit(Unit bare) {
        unit = bare;
        label = bare.name();
        return this;
    }

    /** Gives the command another default than the job has. */
    JobSwitch<T> defaultsTo(T value) {
        defaultValue = value;
        return this;
    }

    /** Makes the command refuse to run without it. */
    JobSwitch<T> required() {
        required = true;
        return this;
    }

    /** Leaves it out of {@code --help}; {@code --help-all} shows it. */
    JobSwitch<T> hidden() {
        hidden = true;
        return this;
    }

    ConfigOption<T> option() {
        return option;
    }

    /** Its longest name. */
    String name() {
        return names[names.length - 1];
    }

    /** The switch for picocli, which keeps its value. */
    OptionSpec spec() {
        if (spec == null) {
            spec = build();
        }
        return spec;
    }

    private OptionSpec build() {
        OptionSpec.Builder builder = OptionSpec.builder(names)
                .paramLabel(label)
                .required(required)
                .hidden(hidden)
                .description(description());
        if (defaultValue instanceof Boolean on) {
            builder.type(Boolean.class).arity("0").negatable(on);
            return (on ? builder.defaultValue("true").fallbackValue("true") : builder).build();
        }
        if (defaultValue instanceof Map) {
            return builder.type(Map.class)
                    .auxiliaryTypes(String.class, String.class)
                    .build();
        }
        if (defaultValue instanceof List) {
            return builder.type(List.class)
                    .auxiliaryTypes(String.class)
                    .arity("1..*")
                    .build();
        }
        return builder.type(Object.class).converters(this::parse).build();
    }

    private String description() {
        String text = JobOptionText.description(option);
        String shown = shownDefault();
        return (shown.isEmpty() ? text : text.replaceFirst("\\.$", "") + " (default: " + shown + ").")
                .replace("%", "%%")
                .replace("${", "$${"); // or picocli would put a variable's value there
    }

    /** Empty where there is no default, or it is that nothing happens. */
    private String shownDefault() {
        if (defaultValue instanceof Boolean on && !on) {
            return "";
        }
        return unit != null && defaultValue != null ? unit.show(defaultValue) : JobOptionText.show(defaultValue);
    }

    private T parse(String text) {
        String given = unit != null && text.matches("\\d+") ? text + " " + unit.suffix : text;
        if (defaultValue instanceof Enum && !List.of(label.split("\\|")).contains(text.toLowerCase(Locale.ROOT))) {
            throw unexpected(text);
        }
        try {
            return Configuration.fromMap(Map.of(option.key(), given)).get(option);
        } catch (IllegalArgumentException e) {
            throw unexpected(text);
        }
    }

    private TypeConversionException unexpected(String text) {
        return new TypeConversionException(String.format(Locale.ROOT, "expected %s, got '%s'", label, text));
    }

    /** Sets the option if the switch was given or the command has a default for it. */
    @SuppressWarnings("unchecked") // parsed as the option's type
    void addTo(Configuration job) {
        Object value = spec().getValue();
        if (value != null) {
            job.set(option, (T) value);
        } else if (defaultValue != null && !defaultValue.equals(option.defaultValue())) {
            job.set(option, defaultValue);
        }
    }
}
