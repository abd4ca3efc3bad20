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
import io.kmerflow.sequence.identity.ReadList;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
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
            corpora.forEach(corpus -> folders.add(CorpusFolder.open(corpus)));
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage(), e);
        }
        List<String> digests = new ArrayList<>();
        for (int i = 0; i < folders.size(); i++) {
            List<String> versions = folders.get(i).manifest().versions();
            long removed = folders.get(i).forget(reads);
            if (removed > 0) {
                digests.addAll(versions);
            }
            say(
                    "%,d reads taken out of %s",
                    removed, PrintableText.escape(corpora.get(i).toString()));
        }
        say("%,d labels withdrawn on topic %s", withdraw(reads), labelsTopic.labels());
        List<Path> searched = models.isEmpty() ? List.of(Home.directory().resolve("models")) : models;
        List<Path> trained = ModelSearch.trainedOn(digests, searched);
        say("%,d models or training runs that saw them%s", trained.size(), trained.isEmpty() ? "" : ":");
        trained.forEach(model -> say("%s", PrintableText.escape(model.toString())));
        return ExitCode.FINE;
    }

    private long withdraw(ReadList reads) {
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
