package io.kmerflow.cli.retrain;

import io.kmerflow.bundle.ModelBundle;
import io.kmerflow.cli.base.CommandFailure;
import io.kmerflow.cli.base.FlinkFileSystems;
import io.kmerflow.cli.models.Lineage;
import io.kmerflow.cli.models.ModelPublisher;
import io.kmerflow.cli.models.Publication;
import io.kmerflow.job.JobConfig;
import io.kmerflow.job.JobOptions;
import io.kmerflow.job.kafka.KafkaConfig;
import io.kmerflow.job.model.BundleStore;
import io.kmerflow.schema.ModelAnnouncement;
import io.kmerflow.schema.ModelEvent;
import io.kmerflow.schema.ModelOutcome;
import io.kmerflow.schema.ModelSlot;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.apache.flink.configuration.Configuration;

/** The steps with the running job: shadow, change, and watch. */
final class LiveSteps {
    private static final Duration COMMIT_WAIT = Duration.ofMinutes(10);

    private final RetrainConfig config;
    private final ModelBundle parent;
    private final Path parentPath;
    private final RunFolder folder;
    private final Journal journal;
    private final Consumer<String> progress;
    private final Configuration options;
    private final KafkaConfig kafka;

    LiveSteps(
            RetrainConfig config,
            ModelBundle parent,
            Path parentPath,
            RunFolder folder,
            Journal journal,
            Consumer<String> progress) {
        this.config = config;
        this.parent = parent;
        this.parentPath = parentPath.toAbsolutePath().normalize();
        this.folder = folder;
        this.journal = journal;
        this.progress = progress;
        this.options = RetrainRun.kafka(config.kafka());
        options.set(JobOptions.KAFKA_CREATE_TOPICS, true);
        this.kafka = JobConfig.from(options).requireKafka();
    }

    private ModelPublisher publisher() {
        String models = options.getOptional(JobOptions.KAFKA_MODELS_TOPIC).orElse("models");
        return ModelPublisher.open(kafka, models, options.get(JobOptions.KAFKA_MODEL_EVENTS_TOPIC));
    }

    private ModelAnnouncement.Builder announcement(ModelBundle bundle, String place) {
        return ModelPublisher.of(bundle, place).setAllowLabelChange(true);
    }

    /** Where the job's machines find the new model. */
    private String stored(ModelBundle bundle) throws IOException {
        String store = config.kafka().store();
        if (store == null) {
            return folder.bundle().toString();
        }
        FlinkFileSystems.initialize();
        return BundleStore.upload(folder.bundle(), store, bundle);
    }

    /** The parent, from where the topics know it to be; else from where this run has it. */
    private ModelAnnouncement.Builder parent(ModelPublisher publisher) {
        String place = publisher.catalog().versions().stream()
                .filter(version -> version.digest().equals(parent.digest()))
                .map(version -> version.announcement().getBundleUri())
                .filter(uri -> uri != null && !uri.isEmpty())
                .reduce((earlier, later) -> later)
                .orElse(parentPath.toString());
        return announcement(parent, place);
    }

    /** What made the new model, for whoever lists versions. */
    private Map<String, String> lineage(ModelBundle bundle) {
        Map<String, String> lineage = new TreeMap<>(Lineage.of(bundle));
        lineage.put(Lineage.PARENT, parent.name() + " " + parent.version() + " " + parent.digest());
        lineage.put(
                Lineage.CORPUS + "snapshot",
                String.valueOf(journal.result(Step.SPLIT).get("corpus")));
        lineage.put(Lineage.GATE, "passed");
        if (journal.result(Step.GATE).get("checks") instanceof List<?> checks) {
            for (Object check : checks) {
                if (check instanceof Map<?, ?> fields) {
                    lineage.put(
                            "gate." + fields.get("rule"),
                            String.format(
                                    Locale.ROOT,
                                    "%.4f (limit %.4f)",
                                    ((Number) fields.get("measured")).doubleValue(),
                                    ((Number) fields.get("limit")).doubleValue()));
                }
            }
        }
        return lineage;
    }

    /** Publishes the shadow, waits for its reads, judges the agreement, and ends it. */
    Map<String, Object> shadow() throws IOException {
        ModelBundle bundle = ModelPublisher.checked(folder.bundle());
        ModelPublisher publisher = publisher();
        String place = stored(bundle);
        Map<String, Double> counts;
        try (Publication publication = publisher.publish(announcement(bundle, place)
                .setSlot(ModelSlot.SHADOW)
                .setSampledShare((float) config.shadow().share())
                .setLineage(lineage(bundle))
                .build())) {
            counts = compared(publication);
        }
        publisher
                .publish(announcement(bundle, place)
                        .setSlot(ModelSlot.SHADOW)
                        .setSampledShare(0f)
                        .setModelVersion(null)
                        .build())
                .close();
        List<Check> checks = new ArrayList<>();
        checks.add(Check.atLeast(
                "shadow.reads", config.shadow().reads(), counts.getOrDefault("sampledReads", 0.0), null, null));
        checks.addAll(GuardRules.agreement(counts, config.shadow().minAgreement()));
        Map<String, Object> result = new LinkedHashMap<>();
        result.put("place", place);
        result.put("counts", counts);
        String refusal = "The model does not agree with the one that serves, which stays active";
        try {
            result.putAll(RetrainRun.judged(refusal, checks));
        } catch (RefusedException e) {
            result.put("checks", checks);
            throw new RefusedException(e.getMessage(), result);
        }
        return result;
    }

    private Map<String, Double> compared(Publication publication) {
        long deadline = System.nanoTime()
                + Duration.ofSeconds(config.shadow().waitSeconds()).toNanos();
        Map<Integer, Map<String, Double>> latest = new HashMap<>();
        Map<String, Double> sums = new TreeMap<>();
        while (System.nanoTime() < deadline
                && sums.getOrDefault("sampledReads", 0.0) < config.shadow().reads()) {
            for (ModelEvent event : publication.poll()) {
                if (event.getOutcome() == ModelOutcome.REJECTED) {
                    throw new CommandFailure("Expected the job to load the shadow, it refused: " + event.getReason());
                }
                if (event.getOutcome() == ModelOutcome.SHADOW_REPORT) {
                    latest.put(event.getSubtask(), event.getMeasures());
                }
            }
            sums.clear();
            latest.values().forEach(counts -> counts.forEach((name, count) -> sums.merge(name, count, Double::sum)));
            progress.accept(String.format(
                    Locale.ROOT,
                    "%,.0f of %,d reads compared",
                    sums.getOrDefault("sampledReads", 0.0),
                    config.shadow().reads()));
        }
        if (latest.isEmpty()) {
            throw publication.unanswered(
                    "a report", Duration.ofSeconds(config.shadow().waitSeconds()));
        }
        return sums;
    }

    /** Changes the job to the new model. Asked again after it was cut off, it finds the change made. */
    Map<String, Object> activate() {
        ModelBundle bundle = ModelPublisher.checked(folder.bundle());
        ModelPublisher publisher = publisher();
        Map<String, Object> result = new LinkedHashMap<>();
        result.put("digest", bundle.digest());
        result.put("announced", Instant.now().toString());
        publisher.served(parent(publisher).build(), Instant.parse(journal.created()));
        Object place = journal.result(Step.SHADOW).get("place");
        try (Publication publication = publisher.publish(
                announcement(bundle, place == null ? folder.bundle().toString() : place.toString())
                        .setLineage(lineage(bundle))
                        .build())) {
            ModelEvent committed = publication.awaitActive(
                    COMMIT_WAIT, event -> progress.accept("subtask " + event.getSubtask() + " " + event.getOutcome()));
            result.put("revision", publication.announcement().getRevision());
            result.put("committed", committed.getEventTime().toString());
            result.put("addedLabels", committed.getAddedLabels());
            result.put("removedLabels", committed.getRemovedLabels());
        }
        return result;
    }

    /** Watches the reads after the change, and goes back to the parent if a rule does not hold. */
    Map<String, Object> watch(Map<String, Object> activated) {
        Instant changed = Instant.parse(String.valueOf(activated.get("announced")));
        GuardWatch watch = new GuardWatch(kafka, options, config.guard(), changed, progress);
        GuardWatch.Windows windows = watch.run(activated.get("digest").toString());
        List<Check> checks = config.guard().judge(windows.before(), windows.after());
        Map<String, Object> result = new LinkedHashMap<>();
        result.put("before", windows.before());
        result.put("after", windows.after());
        result.put("checks", checks);
        try {
            RetrainRun.judged("The guard takes the model back", checks);
            return result;
        } catch (RefusedException e) {
            ModelPublisher publisher = publisher();
            try (Publication publication = publisher.publish(parent(publisher).build())) {
                ModelEvent committed = publication.awaitActive(COMMIT_WAIT, event -> {});
                result.put("rolledBack", committed.getEventTime().toString());
            }
            throw new RefusedException(
                    e.getMessage() + "; " + parent.name() + " " + parent.version() + " serves again", result);
        }
    }
}
