package io.kmerflow.cli.retrain;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.ser.std.ToStringSerializer;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import io.kmerflow.bundle.ModelBundle;
import io.kmerflow.cli.base.CommandFailure;
import io.kmerflow.cli.base.ErrorMessage;
import io.kmerflow.contract.ModelContract;
import io.kmerflow.corpus.CorpusOptions;
import io.kmerflow.corpus.SnapshotConfig;
import io.kmerflow.corpus.SnapshotJob;
import io.kmerflow.corpus.store.Manifest;
import io.kmerflow.export.Classifier;
import io.kmerflow.job.JobOptions;
import io.kmerflow.pretraining.PretrainConfig;
import io.kmerflow.pretraining.checkpoint.TrainingCheckpoint;
import io.kmerflow.pretraining.finetune.FinetuneConfig;
import io.kmerflow.pretraining.model.EncoderConfig;
import io.kmerflow.pretraining.model.HeadConfig;
import io.kmerflow.pretraining.model.Tensor;
import io.kmerflow.pretraining.settings.SettingsTree;
import io.kmerflow.sequence.Sha256;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.apache.flink.configuration.Configuration;

/** One retraining: goes through the steps that are not over, and writes the journal and the page. */
final class RetrainRun {
    private static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory())
            .registerModule(new SimpleModule().addSerializer(Path.class, new ToStringSerializer()));
    private static final String ENCODER = "bert.";
    private static final double PRETRAIN_HELD_OUT = 0.05;

    private final RetrainConfig config;
    private final Path root;
    private final RunFolder folder;
    private final Consumer<String> say;
    private final Consumer<String> progress;
    private final ModelBundle parent;
    private final String configurationSha256;
    private Journal journal;

    /**
     * @param config of the run
     * @param root where relative paths of the configuration start
     * @param out folder of the run
     * @param say hears a line when a step begins or ends
     * @param progress hears what a step is doing
     * @throws IllegalArgumentException if the parent cannot be trained further
     */
    RetrainRun(RetrainConfig config, Path root, Path out, Consumer<String> say, Consumer<String> progress) {
        this.root = root;
        this.folder = new RunFolder(out.toAbsolutePath().normalize());
        this.say = say;
        this.progress = progress;
        this.parent = ModelBundle.read(root.resolve(config.parent()));
        if (parent.contract().aggregation() != ModelContract.Aggregation.READ
                || !parent.precision().equals("fp32")) {
            throw new IllegalArgumentException(String.format(
                    Locale.ROOT,
                    "Expected a parent in fp32 with one call for a read (aggregation READ), got %s and %s in %s",
                    parent.precision(),
                    parent.contract().aggregation(),
                    config.parent()));
        }
        this.configurationSha256 =
                Sha256.hex(SettingsTree.tree(config).toString().getBytes(StandardCharsets.UTF_8));
        this.config = new RetrainInputs(config, root).checked();
    }

    /** Steps of this configuration. */
    List<Step> steps() {
        return Arrays.stream(Step.values())
                .filter(step -> config.kafka() != null || !step.isLive())
                .filter(step -> config.corpus() == null || step != Step.RANGE && step != Step.SNAPSHOT)
                .filter(step -> config.pretraining() != null || step != Step.PRETRAIN)
                .filter(step -> config.export().int8() || step != Step.FORMS)
                .toList();
    }

    /** The steps as text, with how each stands if the run has begun. */
    String plan() {
        Journal begun = Journal.exists(folder.path())
                ? Journal.open(folder.path(), configurationSha256, parent.digest())
                : null;
        return steps().stream()
                .map(step -> {
                    Journal.Entry entry = begun == null ? null : begun.entry(step);
                    return String.format(
                            Locale.ROOT,
                            "%-10s %-9s %s",
                            step.key(),
                            entry == null ? "" : entry.state().name().toLowerCase(Locale.ROOT),
                            step.about());
                })
                .collect(Collectors.joining("\n"));
    }

    /**
     * Goes on to the end.
     *
     * @param resume whether the folder has a run to go on with
     * @return the outcome, as the journal has it
     * @throws IllegalArgumentException if the folder is not as asked for
     * @throws CommandFailure if a step fails, or a rule does not hold
     */
    String run(boolean resume) throws Exception {
        if (!resume && Journal.exists(folder.path())) {
            throw new IllegalArgumentException(
                    "Expected a folder without a run, or --resume, got a journal in " + folder.path());
        }
        if (!Journal.exists(folder.path())) {
            folder.requireEmpty();
        }
        try (RunFolder.Lock lock = folder.lock()) {
            lock.require();
            journal = Journal.exists(folder.path())
                    ? Journal.open(folder.path(), configurationSha256, parent.digest())
                    : Journal.create(folder.path(), configurationSha256, parent.digest());
            if (journal.outcome() != null) {
                throw new CommandFailure("The run is over: " + journal.outcome());
            }
            for (Step step : steps()) {
                if (!journal.isOver(step)) {
                    one(step);
                }
            }
            String outcome = config.kafka() == null ? "made " + folder.bundle() : "serves " + version();
            journal.finish(outcome);
            return outcome;
        } finally {
            if (journal != null) {
                report();
            }
        }
    }

    private String version() {
        return parent.name() + " " + config.version();
    }

    private void one(Step step) throws Exception {
        journal.begin(step);
        say.accept(String.format(Locale.ROOT, "%-10s %s", step.key(), step.about()));
        Map<String, Object> result;
        try {
            result = new LinkedHashMap<>(act(step));
        } catch (RefusedException e) {
            journal.end(step, Journal.State.REFUSED, e.result(), e.getMessage());
            journal.finish("refused by " + step.key() + ": " + e.getMessage());
            throw e;
        } catch (Exception e) {
            String reason = ErrorMessage.of(e);
            journal.end(step, Journal.State.FAILED, null, reason);
            throw e instanceof IllegalArgumentException ? new CommandFailure(reason, e) : e; // not of the command line
        }
        journal.end(step, Journal.State.DONE, result, null);
        String headline = Headline.of(step, result);
        if (!headline.isEmpty()) {
            say.accept("           " + headline);
        }
    }

    private Map<String, Object> act(Step step) throws Exception {
        return switch (step) {
            case RANGE -> range();
            case SNAPSHOT -> snapshot();
            case SPLIT -> new SplitStep(config, root, folder, parent.contract()).run();
            case PRETRAIN -> pretrain();
            case START -> start();
            case FINETUNE -> finetune();
            case EXPORT -> export();
            case EVALUATE -> evaluate();
            case GATE -> gate();
            case FORMS -> forms();
            case SHADOW -> live().shadow();
            case ACTIVATE -> live().activate();
            case WATCH -> live().watch(journal.result(Step.ACTIVATE));
        };
    }

    private LiveSteps live() {
        return new LiveSteps(config, parent, root.resolve(config.parent()), folder, journal, progress);
    }

    /** Job options of the topics. */
    static Configuration kafka(RetrainConfig.Kafka kafka) {
        Configuration options = Configuration.fromMap(kafka.options());
        options.set(JobOptions.KAFKA_BOOTSTRAP_SERVERS, kafka.bootstrapServers());
        return options;
    }

    private Map<String, Object> range() throws IOException {
        Configuration options = kafka(config.kafka());
        options.set(CorpusOptions.OUTPUT, folder.corpus().toString());
        Object from = config.snapshot().get("from");
        Object to = config.snapshot().get("to");
        if (from != null) {
            options.set(CorpusOptions.FROM, from.toString());
        }
        if (to != null) {
            options.set(CorpusOptions.TO, to.toString());
        }
        var ranges = SnapshotJob.ranges(SnapshotConfig.from(options));
        Manifest manifest = new Manifest(
                Manifest.FORMAT,
                "kmerflow retrain",
                ranges,
                null,
                null,
                null,
                null,
                null,
                0,
                null,
                null,
                null,
                null,
                null);
        Files.writeString(folder.range(), manifest.toJson());
        return Map.of("ranges", ranges);
    }

    private Map<String, Object> snapshot() throws IOException, InterruptedException {
        RunFolder.remove(folder.corpus());
        List<String> arguments = new ArrayList<>(List.of(
                "snapshot",
                "--bootstrap-servers",
                config.kafka().bootstrapServers(),
                "--out",
                folder.corpus().toString(),
                "--same-range",
                folder.range().toString()));
        RetrainInputs inputs = new RetrainInputs(config, root);
        arguments.addAll(inputs.kafkaArguments());
        arguments.addAll(inputs.snapshotArguments(name -> !name.equals("from") && !name.equals("to")));
        child(Step.SNAPSHOT, arguments);
        Manifest manifest = Manifest.read(folder.corpus().resolve("manifest.json"));
        Map<String, Object> result = new LinkedHashMap<>();
        result.put("readsDigest", manifest.readsDigest());
        result.put("reads", manifest.kept().reads());
        result.put("bases", manifest.kept().bases());
        result.put("byLabel", manifest.kept().byLabel());
        result.put("byCall", manifest.kept().byCall());
        result.put("leftOut", manifest.leftOut());
        if (manifest.unmet() != null) {
            result.put("unmet", manifest.unmet());
        }
        return result;
    }

    private void child(Step step, List<String> arguments) throws IOException, InterruptedException {
        CommandProcess.run(arguments, folder.log(step), progress);
    }

    private Map<String, Object> pretrain() throws IOException, InterruptedException {
        TrainingCheckpoint taken = Classifier.of(parent).checkpoint();
        taken.write(folder.parent());
        EncoderConfig encoder = taken.config();
        RetrainConfig.Pretraining wanted = config.pretraining();
        List<Map<String, Object>> genomes = new ArrayList<>();
        for (PretrainConfig.GenomeSource genome : wanted.genomes()) {
            genomes.add(Map.of(
                    "name", genome.name(),
                    "fasta", root.resolve(genome.fasta()).toString(),
                    "weight", genome.weight(),
                    "storage", genome.storage()));
        }
        PretrainConfig pretraining = SettingsTree.of(
                Map.of(
                        "checkpoint", folder.parent().toString(),
                        "model", encoder,
                        "genomes", genomes,
                        "reads",
                                List.of(Map.of(
                                        "name",
                                        "reads",
                                        "folder",
                                        folder.train().toString())),
                        "heldOut.share", PRETRAIN_HELD_OUT,
                        "corpus.tokenStride", parent.contract().tokenStride(),
                        "masking", wanted.masking(),
                        "training", wanted.training()),
                PretrainConfig.class);
        Path file = folder.path().resolve("pretrain.yaml");
        YAML.writeValue(file.toFile(), SettingsTree.tree(pretraining));
        child(Step.PRETRAIN, training("pretrain", file, folder.pretrain()));
        return Map.of("steps", wanted.training().steps());
    }

    private List<String> training(String command, Path file, Path out) {
        return List.of(
                command,
                "--config",
                file.toString(),
                "--out",
                out.toString(),
                "--resume",
                "--device",
                config.device(),
                "--threads",
                Integer.toString(config.threads()));
    }

    /** Labels of the new model: the parent's in their order, then the new ones. */
    private List<ModelContract.Label> labels() {
        List<ModelContract.Label> labels = new ArrayList<>(parent.contract().labels());
        Object found = journal.result(Step.SPLIT).get("newLabels");
        for (Object name : found instanceof List<?> names ? names : List.of()) {
            String ontologyId = config.labels() == null
                    ? null
                    : config.labels().stream()
                            .filter(label -> label.name().equals(name))
                            .findFirst()
                            .map(RetrainConfig.NewLabel::ontologyId)
                            .orElse(null);
            labels.add(new ModelContract.Label(name.toString(), ontologyId, false, null));
        }
        return labels;
    }

    private Map<String, Object> start() throws IOException {
        TrainingCheckpoint taken = Classifier.of(parent).checkpoint();
        List<String> before = names(parent.contract().labels());
        List<String> after = names(labels());
        List<String> background = names(parent.contract().labels().stream()
                .filter(ModelContract.Label::background)
                .toList());
        TrainingCheckpoint start = GrownHead.of(taken, before, after, background);
        if (config.pretraining() != null) {
            Map<String, Tensor> pretrained =
                    TrainingCheckpoint.read(folder.pretrain().resolve("last")).weights();
            Map<String, Tensor> weights = new LinkedHashMap<>(start.weights());
            weights.replaceAll((name, tensor) -> {
                Tensor newer = name.startsWith(ENCODER) ? pretrained.get(name) : null;
                return newer == null || !Arrays.equals(newer.shape(), tensor.shape()) ? tensor : newer;
            });
            start = start.withWeights(weights);
        }
        start.write(folder.start());
        return Map.of("labels", after, "weightsSha256", start.weightsSha256());
    }

    private static List<String> names(List<ModelContract.Label> labels) {
        return labels.stream().map(ModelContract.Label::name).toList();
    }

    private Map<String, Object> finetune() throws IOException, InterruptedException {
        ModelContract contract = parent.contract();
        HeadConfig head = TrainingCheckpoint.read(folder.start()).head();
        RetrainConfig.Finetuning wanted = config.finetuning();
        Map<String, Object> settings = new LinkedHashMap<>();
        settings.put("checkpoint", folder.start().toString());
        settings.put("head", head.kind());
        settings.put("bothStrands", head.bothStrands());
        settings.put("wide", head.wide());
        List<Map<String, Object>> labels = new ArrayList<>();
        for (ModelContract.Label label : labels()) {
            Map<String, Object> one = new LinkedHashMap<>();
            one.put("name", label.name());
            one.put("ontologyId", label.ontologyId());
            one.put("background", label.background());
            labels.add(one);
        }
        settings.put("labels", labels);
        settings.put("window.bases", contract.windowBases());
        settings.put("window.strideBases", contract.windowStrideBases());
        settings.put("window.minReadBases", contract.minReadBases());
        settings.put("window.aggregation", contract.aggregation());
        settings.put("window.strand", contract.strand());
        settings.put("window.minMeanQuality", contract.minMeanQuality());
        settings.put("window.tokenStride", contract.tokenStride());
        settings.put("csv.train", folder.train().toString());
        settings.put("csv.epochs", wanted.epochs());
        settings.put("csv.maxSteps", wanted.maxSteps());
        settings.put(
                "csv.classWeights",
                wanted.balanced() ? FinetuneConfig.ClassWeights.BALANCED : FinetuneConfig.ClassWeights.NONE);
        settings.put("training", wanted.training());
        FinetuneConfig finetuning = SettingsTree.of(settings, FinetuneConfig.class);
        Path file = folder.path().resolve("finetune.yaml");
        YAML.writeValue(file.toFile(), SettingsTree.tree(finetuning));
        child(Step.FINETUNE, training("finetune", file, folder.finetune()));
        return YAML.readValue(
                folder.finetune().resolve("model").resolve("metrics.json").toFile(),
                new TypeReference<LinkedHashMap<String, Object>>() {});
    }

    private Map<String, Object> export() throws IOException, InterruptedException {
        RunFolder.remove(folder.bundle());
        List<String> arguments = new ArrayList<>(List.of(
                "export",
                "--checkpoint",
                folder.finetune().resolve("model").toString(),
                "--name",
                parent.name(),
                "--model-version",
                config.version(),
                "--out",
                folder.bundle().toString()));
        arguments.addAll(fitted());
        child(Step.EXPORT, arguments);
        Files.copy(folder.ledger(), folder.bundle().resolve(HeldOutLedger.FILE));
        ModelBundle bundle = ModelBundle.read(folder.bundle());
        return Map.of(
                "digest", bundle.digest(), "labels", names(bundle.contract().labels()));
    }

    private List<String> fitted() throws IOException {
        List<String> arguments = new ArrayList<>();
        Number profiled = (Number) journal.result(Step.SPLIT).get("profileReads");
        if (profiled != null && profiled.intValue() >= LEAST_PROFILED) {
            arguments.addAll(List.of("--profile-reads", folder.profileReads().toString()));
        }
        if (config.export().certaintyReads() != null) {
            arguments.addAll(List.of(
                    "--certainty-reads",
                    root.resolve(config.export().certaintyReads()).toString()));
        }
        return arguments;
    }

    private static final int LEAST_PROFILED = 500; // that ProfileFit asks for

    private Map<String, Object> evaluate() throws IOException {
        Path suite = config.evaluation().suite();
        Path unknown = config.evaluation().unknown();
        Measurement.Found found = new Measurement(parent, ModelBundle.read(folder.bundle()))
                .run(
                        folder.heldOut(),
                        suite == null ? null : root.resolve(suite),
                        unknown == null ? null : root.resolve(unknown));
        Measurement.write(found, folder.measured());
        return found.figures();
    }

    private Map<String, Object> gate() throws IOException {
        List<Check> checks = config.gate().judge(Measurement.read(folder.measured()));
        return judged("The gate refuses the model, the previous one stays active", checks);
    }

    /** The checks as a result, if all of them hold. */
    static Map<String, Object> judged(String refusal, List<Check> checks) {
        Map<String, Object> result = Map.of("checks", checks);
        String failed = checks.stream()
                .filter(check -> !check.passed())
                .map(Check::sentence)
                .collect(Collectors.joining("; "));
        if (!failed.isEmpty()) {
            throw new RefusedException(refusal + ": " + failed, result);
        }
        return result;
    }

    private Map<String, Object> forms() throws IOException, InterruptedException {
        Path form = folder.bundle().resolve("int8");
        RunFolder.remove(form);
        List<String> arguments = new ArrayList<>(List.of(
                "export",
                "--bundle",
                folder.bundle().toString(),
                "--precision",
                "int8",
                "--name",
                parent.name(),
                "--model-version",
                config.version(),
                "--out",
                form.toString()));
        arguments.addAll(fitted());
        child(Step.FORMS, arguments);
        return Map.of("digest", ModelBundle.read(form).digest());
    }

    private void report() {
        try {
            Files.writeString(folder.report(), new RetrainPage(config, parent, journal, folder, steps()).page());
        } catch (IOException | RuntimeException e) {
            say.accept("could not write " + folder.report() + ": " + e.getMessage());
        }
    }
}
