package io.kmerflow.cli.serving;

import io.kmerflow.cli.base.ExitCode;
import io.kmerflow.cli.base.Home;
import io.kmerflow.corpus.store.CorpusFolder;
import io.kmerflow.corpus.store.ModelSearch;
import io.kmerflow.job.JobConfig;
import io.kmerflow.job.kafka.DeliveryPreflight;
import io.kmerflow.job.kafka.KafkaConfig;
import io.kmerflow.job.kafka.LabelTopic;
import io.kmerflow.sequence.PrintableText;
import io.kmerflow.sequence.identity.ReadIdentity;
import io.kmerflow.sequence.identity.ReadList;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.Predicate;
import org.apache.flink.configuration.Configuration;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Reads taken out of corpora. */
@Command(
        name = "forget",
        description = {
            "Takes reads out of corpora, withdraws their labels, and lists the models that were trained on them.",
            "Files and manifests of the corpora are written anew. Reads stay on the topics for as long as those keep them: give"
                    + " the same list to 'snapshot --without-reads' (docs/privacy.md)."
        },
        footer = "kmerflow forget --read-list withdrawn.tsv --corpus corpus --bootstrap-servers localhost:9092",
        mixinStandardHelpOptions = true)
public final class ForgetCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Option(
            names = "--read-list",
            required = true,
            paramLabel = "FILE",
            description =
                    "Lines of a read's name, or name and run, or name, run and mate, separated by tabs; a name alone is"
                            + " meant in every run.")
    private Path readList;

    @Option(names = "--corpus", arity = "1..*", paramLabel = "DIR", description = "Corpora that 'snapshot' has made.")
    private List<Path> corpora = List.of();

    @Option(
            names = "--models",
            arity = "1..*",
            paramLabel = "DIR",
            description = "Folders to look for models in, subfolders too (default: the models that are shipped).")
    private List<Path> models = List.of();

    @Mixin
    private KafkaConnectionOptions kafka;

    @Mixin
    private LabelsTopicOption labelsTopic;

    @Override
    public Integer call() throws IOException {
        ReadList reads;
        List<CorpusFolder> folders = new ArrayList<>();
        try {
            reads = ReadList.read(readList);
            for (Path corpus : corpora) {
                CorpusFolder folder = CorpusFolder.open(corpus);
                folder.manifest(); // all of them are looked at before one is changed
                folders.add(folder);
            }
            for (Path folder : models) {
                if (!Files.isDirectory(folder)) {
                    throw new IllegalArgumentException(
                            "Expected a folder to look for models in, there is none at " + folder);
                }
            }
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage(), e);
        }
        Set<String> met = new HashSet<>();
        Predicate<ReadIdentity> withdrawn = read -> {
            met.addAll(reads.linesOf(read));
            return reads.test(read);
        };
        List<String> digests = new ArrayList<>();
        for (int i = 0; i < folders.size(); i++) {
            long removed = folders.get(i).forget(withdrawn);
            // With those of earlier calls: one that was cut short has not told of its models.
            digests.addAll(folders.get(i).manifest().formerVersions());
            say(
                    "%,d reads taken out of %s",
                    removed, PrintableText.escape(corpora.get(i).toString()));
        }
        say("%,d labels withdrawn on topic %s", withdraw(withdrawn), labelsTopic.labels());
        if (met.size() < reads.size()) {
            say(
                    "%,d of %,d lines of the list mean no read of these corpora, and none with a label",
                    reads.size() - met.size(), reads.size());
        }
        List<Path> searched = models.isEmpty() ? List.of(Home.directory().resolve("models")) : models;
        List<Path> trained = ModelSearch.trainedOn(digests, searched);
        say(
                "%,d models, training runs or corpora split off that saw reads taken out%s",
                trained.size(), trained.isEmpty() ? "" : ":");
        trained.forEach(model -> say("%s", PrintableText.escape(model.toString())));
        return ExitCode.FINE;
    }

    private long withdraw(Predicate<ReadIdentity> reads) {
        Configuration options = new Configuration();
        kafka.addTo(options);
        KafkaConfig config = JobConfig.from(options).requireKafka();
        new DeliveryPreflight(config, Duration.ZERO).checkLabelsTopic(labelsTopic.labels(), true);
        try (LabelTopic topic = new LabelTopic(config, labelsTopic.labels())) {
            return topic.withdraw(reads);
        }
    }

    private void say(String format, Object... values) {
        spec.commandLine().getOut().println(String.format(Locale.ROOT, format, values));
        spec.commandLine().getOut().flush();
    }
}
