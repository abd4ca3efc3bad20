package io.kmerflow.cli.models;

import io.kmerflow.bundle.ModelBundle;
import io.kmerflow.cli.base.CommandFailure;
import io.kmerflow.contract.ModelContract;
import io.kmerflow.job.kafka.DeliveryPreflight;
import io.kmerflow.job.kafka.KafkaConfig;
import io.kmerflow.job.kafka.KafkaModelTopics;
import io.kmerflow.schema.ModelAnnouncement;
import io.kmerflow.schema.ModelSlot;
import io.kmerflow.scoring.GoldenCheck;
import io.kmerflow.scoring.OnnxWindowScorer;
import io.kmerflow.scoring.ScoringOptions;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/** Announces versions of models to the jobs that follow the topics. */
public final class ModelPublisher {
    private final KafkaModelTopics topics;

    /** @param topics of announcements and events, which exist; see {@link #open} */
    public ModelPublisher(KafkaModelTopics topics) {
        this.topics = topics;
    }

    /**
     * A publisher on topics that are made if they are missing.
     *
     * @throws io.kmerflow.job.kafka.PreflightException if Kafka cannot be reached or refuses
     */
    public static ModelPublisher open(KafkaConfig kafka, String modelsTopic, String eventsTopic) {
        new DeliveryPreflight(kafka, Duration.ZERO).checkModelTopics(modelsTopic, eventsTopic);
        return new ModelPublisher(new KafkaModelTopics(kafka, modelsTopic, eventsTopic));
    }

    /**
     * Reads a bundle and checks it as the job will.
     *
     * @throws io.kmerflow.bundle.BundleException if it is not whole, or its golden logits do not hold here
     */
    public static ModelBundle checked(Path bundle) {
        ModelBundle read = ModelBundle.read(bundle);
        try (OnnxWindowScorer scorer = new OnnxWindowScorer(read.modelFile(), ScoringOptions.cpu(1))) {
            GoldenCheck.require(read, scorer);
        }
        return read;
    }

    /**
     * The announcement of a bundle for the active slot, without revision.
     *
     * @param uri where the job's machines see it
     */
    public static ModelAnnouncement.Builder of(ModelBundle bundle, String uri) {
        return ModelAnnouncement.newBuilder()
                .setModelName(bundle.name())
                .setSlot(ModelSlot.ACTIVE)
                .setRevision(0)
                .setModelVersion(bundle.version())
                .setBundleUri(uri)
                .setBundleDigest(bundle.digest())
                .setLabels(bundle.contract().labels().stream()
                        .map(ModelContract.Label::name)
                        .toList())
                .setLineage(Lineage.of(bundle))
                .setAnnouncedBy(whoever())
                .setAnnouncedTime(Instant.now());
    }

    /** User and machine of this process. */
    public static String whoever() {
        String machine;
        try {
            machine = InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            machine = "unknown";
        }
        return System.getProperty("user.name", "unknown") + "@" + machine;
    }

    /**
     * Announces with the next revision, and keeps what is known of the version.
     *
     * @throws CommandFailure if another publisher was faster
     */
    public Publication publish(ModelAnnouncement announcement) {
        announcement.setRevision(topics.lastRevision(announcement) + 1);
        Publication publication = new Publication(this, announcement, topics.eventTail(false), topics.eventsTopic());
        try {
            ModelAnnouncement first = topics.announce(announcement).orElse(null);
            if (first != null) {
                throw new CommandFailure(String.format(
                        Locale.ROOT,
                        "Expected revision %d of %s to be free on topic %s, another publisher has announced %s (%s) as revision %d; publish again",
                        announcement.getRevision(),
                        announcement.getModelName(),
                        topics.modelsTopic(),
                        first.getModelVersion(),
                        first.getBundleDigest(),
                        first.getRevision()));
            }
            if (announcement.getModelVersion() != null) {
                describe(announcement, null);
            }
            return publication;
        } catch (RuntimeException e) {
            publication.close();
            throw e;
        }
    }

    /** Keeps what is known of a version, and that it began to serve at that time unless null. */
    void describe(ModelAnnouncement announcement, Instant servingSince) {
        Map<String, String> lineage = new HashMap<>(announcement.getLineage());
        StringBuilder since = new StringBuilder();
        catalog().versions().stream()
                .filter(known -> known.name().equals(announcement.getModelName())
                        && known.version().equals(announcement.getModelVersion())
                        && known.digest().equals(announcement.getBundleDigest()))
                .forEach(known ->
                        known.servingSince().forEach(time -> since.append(time).append(' ')));
        if (servingSince != null && !since.toString().contains(servingSince.toString())) {
            since.append(servingSince);
        }
        if (!since.isEmpty()) {
            lineage.put(Lineage.SERVING_SINCE, since.toString().strip());
        }
        topics.describe(ModelAnnouncement.newBuilder(announcement)
                .setSlot(ModelSlot.VERSION)
                .setSampledShare(null)
                .setAllowLabelChange(false)
                .setLineage(lineage)
                .build());
    }

    /**
     * Keeps that a version was seen to serve at that time, if nothing is known of when it served: the model that a job was started
     * with was announced by nobody.
     */
    public void served(ModelAnnouncement version, Instant since) {
        boolean known = catalog().versions().stream()
                .anyMatch(one -> one.name().equals(version.getModelName())
                        && one.digest().equals(version.getBundleDigest())
                        && !one.servingSince().isEmpty());
        if (!known) {
            describe(version, since);
        }
    }

    /** What the topics know. */
    public ModelCatalog catalog() {
        KafkaModelTopics.History history = topics.history();
        return ModelCatalog.of(history.announcements(), history.events());
    }
}
