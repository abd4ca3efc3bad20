package io.kmerflow.cli.serving;

import io.kmerflow.corpus.CorpusOptions;
import io.kmerflow.files.FileOptions;
import io.kmerflow.job.JobHelp;
import io.kmerflow.job.JobOptions;
import java.util.List;
import java.util.stream.Stream;
import org.apache.flink.configuration.ConfigOption;

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
        return JobHelp.description(option);
    }

    /** Its default as {@code key value} would give it; empty where there is none. */
    public static String defaultValue(ConfigOption<?> option) {
        return JobHelp.defaultValue(option);
    }

    static String show(Object value) {
        return JobHelp.show(value);
    }
}
