package io.kmerflow.cli.serving;

import io.kmerflow.corpus.CorpusOptions;
import io.kmerflow.files.FileOptions;
import io.kmerflow.job.JobOptions;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.description.HtmlFormatter;
import org.apache.flink.util.TimeUtils;

/** Options of the job as text for people. */
public final class JobOptionText {
    private JobOptionText() {}

    /** Every option of the jobs: those of reads on topics, then those of files, then those of corpora. */
    public static List<ConfigOption<?>> all() {
        return Stream.of(JobOptions.all(), FileOptions.all(), CorpusOptions.all())
                .flatMap(List::stream)
                .toList();
    }

    /** What the option does. */
    public static String description(ConfigOption<?> option) {
        return new HtmlFormatter().format(option.description());
    }

    /** Its default as {@code key value} would give it; empty where there is none. */
    public static String defaultValue(ConfigOption<?> option) {
        return show(option.defaultValue());
    }

    static String show(Object value) {
        if (value == null || value.equals(List.of()) || value.equals(Map.of())) {
            return "";
        }
        if (value instanceof Duration duration) {
            return TimeUtils.formatWithHighestUnit(duration);
        }
        return value instanceof Enum<?> ? value.toString().toLowerCase(Locale.ROOT) : value.toString();
    }
}
