package io.kmerflow.corpus;

import io.kmerflow.corpus.snapshot.ReadFilter;
import io.kmerflow.corpus.snapshot.SnapshotTopology;
import io.kmerflow.job.JobConfig;
import io.kmerflow.job.JobOptions;
import io.kmerflow.job.kafka.KafkaConfig;
import io.kmerflow.job.kafka.RangeBound;
import io.kmerflow.schema.AnnotationStatus;
import io.kmerflow.sequence.identity.ReadList;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ReadableConfig;

/**
 * Configuration of the snapshot job as typed values, read once.
 *
 * @param kafka where the topics of reads and annotations are
 * @param labelsTopic topic of labels
 * @param output folder of the corpus
 * @param from first read
 * @param to end of the reads
 * @param sameRange manifest whose ranges are taken again; null for none
 * @param topology filters and sample
 * @param parallelism subtasks
 */
public record SnapshotConfig(
        KafkaConfig kafka,
        String labelsTopic,
        Path output,
        RangeBound from,
        RangeBound to,
        Path sameRange,
        SnapshotTopology topology,
        int parallelism) {
    /**
     * Reads {@link CorpusOptions} and {@link JobOptions}.
     *
     * @throws IllegalArgumentException if a value cannot be
     */
    public static SnapshotConfig from(ReadableConfig options) {
        JobConfig job = JobConfig.from(options);
        String output = options.getOptional(CorpusOptions.OUTPUT)
                .orElseThrow(() -> new IllegalArgumentException(
                        String.format(Locale.ROOT, "Expected the option --%s, got none", CorpusOptions.OUTPUT.key())));
        String sameRange = options.getOptional(CorpusOptions.SAME_RANGE).orElse(null);
        boolean bounded = options.getOptional(CorpusOptions.FROM).isPresent()
                || options.getOptional(CorpusOptions.TO).isPresent();
        if (sameRange != null && bounded) {
            throw new IllegalArgumentException(String.format(
                    Locale.ROOT,
                    "Expected a range (--%s, --%s) or that of a manifest (--%s), got both",
                    CorpusOptions.FROM.key(),
                    CorpusOptions.TO.key(),
                    CorpusOptions.SAME_RANGE.key()));
        }
        RangeBound from = RangeBound.parse(options.get(CorpusOptions.FROM), CorpusOptions.FROM.defaultValue());
        RangeBound to = RangeBound.parse(options.get(CorpusOptions.TO), CorpusOptions.TO.defaultValue());
        RangeBound.requireOrder(from, to);
        int perGroup = options.get(CorpusOptions.READS_PER_GROUP);
        if (perGroup < 0) {
            throw new IllegalArgumentException(String.format(
                    Locale.ROOT, "Expected %s of 0 or more, got %d", CorpusOptions.READS_PER_GROUP.key(), perGroup));
        }
        return new SnapshotConfig(
                job.requireKafka(),
                options.get(CorpusOptions.KAFKA_LABELS_TOPIC),
                Path.of(output).toAbsolutePath().normalize(),
                from,
                to,
                sameRange == null ? null : Path.of(sameRange),
                new SnapshotTopology(
                        filter(options),
                        perGroup,
                        options.get(CorpusOptions.SEED),
                        job.maxReadBases(),
                        job.requireKafka().registry()),
                job.parallelism());
    }

    private static ReadFilter filter(ReadableConfig options) {
        return new ReadFilter(
                statuses(options.get(CorpusOptions.STATUSES)),
                options.get(CorpusOptions.MIN_MEAN_QUALITY),
                options.get(CorpusOptions.MIN_BASES),
                options.get(CorpusOptions.MAX_BASES),
                set(options, CorpusOptions.ONLY_LABELS),
                set(options, CorpusOptions.EXCLUDE_LABELS),
                options.get(CorpusOptions.LABELLED),
                set(options, CorpusOptions.SAMPLES),
                options.getOptional(CorpusOptions.WITHOUT_READS)
                        .map(file -> ReadList.read(Path.of(file)))
                        .orElse(ReadList.EMPTY));
    }

    private static Set<String> set(ReadableConfig options, ConfigOption<List<String>> option) {
        return new HashSet<>(options.get(option));
    }

    private static Set<String> statuses(List<String> given) {
        Set<String> known = Stream.of(AnnotationStatus.values()).map(Enum::name).collect(Collectors.toSet());
        Set<String> statuses = given.stream()
                .map(name -> name.toUpperCase(Locale.ROOT).replace('-', '_'))
                .collect(Collectors.toSet());
        if (!known.containsAll(statuses)) {
            throw new IllegalArgumentException(String.format(
                    Locale.ROOT,
                    "Expected statuses of annotations, %s, got %s",
                    known.stream().sorted().collect(Collectors.joining(", ")),
                    String.join(", ", given)));
        }
        return statuses;
    }
}
