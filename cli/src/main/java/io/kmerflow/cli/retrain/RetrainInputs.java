package io.kmerflow.cli.retrain;

import io.kmerflow.cli.serving.JobSwitches;
import io.kmerflow.cli.serving.SnapshotCommand;
import io.kmerflow.corpus.CorpusOptions;
import io.kmerflow.corpus.store.CorpusFolder;
import io.kmerflow.job.JobConfig;
import io.kmerflow.job.JobOptions;
import io.kmerflow.job.model.BundleStore;
import io.kmerflow.pretraining.PretrainConfig;
import io.kmerflow.pretraining.corpus.SnapshotReads;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.Configuration;
import picocli.CommandLine.ParameterException;

/** What a retraining reads and hands on to other commands, looked at before it begins: hours later is late for a wrong name. */
final class RetrainInputs {
    /** Options of {@code snapshot} that the run sets itself, or that {@code kafka} has. */
    private static final Set<String> OWN = Set.of(
            "out",
            "same-range",
            "help",
            "help-all",
            "version",
            "bootstrap-servers",
            "client-properties",
            "kafka-property",
            "reads-topic",
            "annotations-topic",
            "dead-letters-topic",
            "labels-topic",
            "create-topics",
            "partitions",
            "replication-factor",
            "schema-registry",
            "schema-registry-credentials");

    /** Values of it are files. */
    private static final String WITHOUT_READS = "without-reads";

    private final RetrainConfig config;
    private final Path root;

    /** @param root where relative paths of the configuration start */
    RetrainInputs(RetrainConfig config, Path root) {
        this.config = config;
        this.root = root;
    }

    /**
     * The configuration, with the files that options of Kafka name where they are.
     *
     * @throws IllegalArgumentException if a file is not there, or an option is none; names the key
     */
    RetrainConfig checked() {
        if (config.corpus() != null) {
            CorpusFolder.open(root.resolve(config.corpus())).manifest();
        }
        config.replay().forEach(replay -> {
            if (!SnapshotReads.isCorpus(root.resolve(replay.data()))) {
                requireFile("replay.data", replay.data());
            }
        });
        config.heldOut().ledgers().forEach(file -> requireFile("heldOut.ledgers", file));
        if (config.evaluation().suite() != null
                && !SnapshotReads.isCorpus(root.resolve(config.evaluation().suite()))) {
            requireFile("evaluation.suite", config.evaluation().suite());
        }
        requireFile("evaluation.unknown", config.evaluation().unknown());
        requireFile("export.certaintyReads", config.export().certaintyReads());
        if (config.pretraining() != null) {
            for (PretrainConfig.GenomeSource genome : config.pretraining().genomes()) {
                requireFile("pretraining.genomes.fasta", genome.fasta());
            }
        }
        return config.kafka() == null ? config : config.with(checkedKafka());
    }

    private void requireFile(String key, Path file) {
        if (file != null && !Files.isReadable(root.resolve(file))) {
            throw new IllegalArgumentException(
                    String.format(Locale.ROOT, "Expected a file for %s, there is none at %s", key, root.resolve(file)));
        }
    }

    private RetrainConfig.Kafka checkedKafka() {
        Set<String> known = Stream.concat(JobOptions.all().stream(), Stream.of(CorpusOptions.KAFKA_LABELS_TOPIC))
                .map(ConfigOption::key)
                .collect(Collectors.toCollection(TreeSet::new));
        Map<String, String> options = new TreeMap<>(config.kafka().options());
        for (String key : options.keySet()) {
            if (!known.contains(key)) {
                throw new IllegalArgumentException(String.format(
                        Locale.ROOT, "Expected job options under kafka.options, one of %s, got '%s'", known, key));
            }
        }
        for (String key :
                List.of(JobOptions.KAFKA_CLIENT_PROPERTIES.key(), JobOptions.SCHEMA_REGISTRY_CREDENTIALS.key())) {
            options.computeIfPresent(key, (same, file) -> root.resolve(file).toString());
        }
        RetrainConfig.Kafka kafka = new RetrainConfig.Kafka(
                config.kafka().bootstrapServers(), config.kafka().store(), options);
        if (kafka.store() != null) {
            BundleStore.requireStore(kafka.store());
        }
        JobConfig.from(RetrainRun.kafka(kafka)).requireKafka();
        RetrainInputs inputs = new RetrainInputs(config.with(kafka), root);
        inputs.checkSnapshot();
        return kafka;
    }

    private void checkSnapshot() {
        Set<String> known = SnapshotCommand.line().getCommandSpec().optionsMap().keySet().stream()
                .filter(name -> name.startsWith("--"))
                .map(name -> name.substring(2))
                .filter(name -> !OWN.contains(name) && !name.startsWith("no-"))
                .collect(Collectors.toCollection(TreeSet::new));
        for (String name : config.snapshot().keySet()) {
            if (!known.contains(name)) {
                throw new IllegalArgumentException(String.format(
                        Locale.ROOT, "Expected options under snapshot, one of %s, got '%s'", known, name));
            }
        }
        List<String> arguments =
                new ArrayList<>(List.of("--bootstrap-servers", config.kafka().bootstrapServers(), "--out", "corpus"));
        arguments.addAll(kafkaArguments());
        arguments.addAll(snapshotArguments(name -> true));
        try {
            SnapshotCommand.check(arguments);
        } catch (ParameterException e) {
            throw new IllegalArgumentException("Under snapshot: " + e.getMessage(), e);
        }
    }

    /** The options of Kafka that {@code snapshot} has too, for its command line. */
    List<String> kafkaArguments() {
        Map<String, String> names = JobSwitches.namesByKey(SnapshotCommand.line());
        Set<String> switches = JobOptions.all().stream()
                .filter(option -> option.defaultValue() instanceof Boolean)
                .map(ConfigOption::key)
                .collect(Collectors.toSet());
        List<String> arguments = new ArrayList<>();
        config.kafka().options().forEach((key, value) -> {
            if (key.equals(JobOptions.KAFKA_PROPERTIES.key())) {
                Configuration.fromMap(Map.of(key, value))
                        .get(JobOptions.KAFKA_PROPERTIES)
                        .forEach((name, each) -> arguments.addAll(List.of(names.get(key), name + "=" + each)));
            } else if (names.containsKey(key) && !switches.contains(key)) {
                arguments.addAll(List.of(names.get(key), value));
            }
        });
        return arguments;
    }

    /** The options of {@code snapshot} with those names, for its command line. */
    List<String> snapshotArguments(Predicate<String> which) {
        List<String> arguments = new ArrayList<>();
        config.snapshot().forEach((name, value) -> {
            if (which.test(name)) {
                arguments.addAll(arguments(name, value));
            }
        });
        return arguments;
    }

    private List<String> arguments(String name, Object value) {
        if (value instanceof List<?> values) {
            return values.stream()
                    .flatMap(one -> Stream.of("--" + name, text(name, one)))
                    .toList();
        }
        if (value instanceof Boolean on) {
            return on ? List.of("--" + name) : List.of();
        }
        return List.of("--" + name, text(name, value));
    }

    private String text(String name, Object value) {
        if (value == null) {
            throw new IllegalArgumentException(
                    String.format(Locale.ROOT, "Expected values for '%s' under snapshot, got none", name));
        }
        return name.equals(WITHOUT_READS) ? root.resolve(value.toString()).toString() : value.toString();
    }
}
