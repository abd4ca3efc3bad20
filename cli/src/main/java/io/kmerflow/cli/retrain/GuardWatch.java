package io.kmerflow.cli.retrain;

import io.kmerflow.cli.topic.NoTopicException;
import io.kmerflow.cli.topic.TopicFormat;
import io.kmerflow.cli.topic.TopicReader;
import io.kmerflow.job.JobOptions;
import io.kmerflow.job.kafka.KafkaConfig;
import io.kmerflow.schema.AnnotationStatus;
import io.kmerflow.schema.DriftReport;
import io.kmerflow.schema.ReadAnnotation;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.apache.flink.configuration.Configuration;

/** Reads annotations and drift reports around a change of the model. */
final class GuardWatch {
    /** How much before the change is compared with. */
    private static final Duration BEFORE = Duration.ofHours(1);

    private static final Duration POLL = Duration.ofMillis(250);

    /** A record that is none of the job's: no reason to leave a new model unwatched. */
    private static final TopicReader.Undecodable FOREIGN = (place, error) -> {};

    private final KafkaConfig kafka;
    private final Configuration options;
    private final GuardRules rules;
    private final Instant changed;
    private final Consumer<String> progress;

    /** @param changed when the change was announced */
    GuardWatch(KafkaConfig kafka, Configuration options, GuardRules rules, Instant changed, Consumer<String> progress) {
        this.kafka = kafka;
        this.options = options;
        this.rules = rules;
        this.changed = changed;
        this.progress = progress;
    }

    /**
     * What was seen.
     *
     * @param before of other models, in the hour before the change, the latest as many as are watched after it
     * @param after of the new model
     */
    record Windows(GuardRules.Window before, GuardRules.Window after) {}

    private static final class Tally {
        private final List<ReadAnnotation> annotations = new ArrayList<>();
        private long driftReports;
        private long drifted;

        GuardRules.Window window() {
            long uncalled = 0;
            Map<String, Long> byLabel = new TreeMap<>();
            List<Long> latencies = new ArrayList<>();
            for (ReadAnnotation annotation : annotations) {
                if (annotation.getStatus() == AnnotationStatus.SCORED && annotation.getReadCall() != null) {
                    byLabel.merge(annotation.getReadCall().getLabel(), 1L, Long::sum);
                } else {
                    uncalled++;
                }
                if (annotation.getReadTime() != null) {
                    latencies.add(annotation.getAnnotatedTime().toEpochMilli()
                            - annotation.getReadTime().toEpochMilli());
                }
            }
            Collections.sort(latencies);
            return new GuardRules.Window(
                    annotations.size(),
                    uncalled,
                    byLabel,
                    latencies.isEmpty() ? null : (double) latencies.get(latencies.size() / 2),
                    driftReports,
                    drifted);
        }
    }

    /** Waits for the reads of the new model, at most as long as the rules say. */
    Windows run(String digest) {
        Tally before = new Tally();
        Tally after = new Tally();
        long deadline =
                System.nanoTime() + Duration.ofSeconds(rules.waitSeconds()).toNanos();
        try (TopicReader<ReadAnnotation> annotations = reader(
                        options.get(JobOptions.KAFKA_ANNOTATIONS_TOPIC), ReadAnnotation.class, changed.minus(BEFORE));
                TopicReader<DriftReport> drift = driftReader()) {
            while (after.annotations.size() < rules.reads() && System.nanoTime() < deadline) {
                for (ReadAnnotation annotation : annotations.poll(POLL, FOREIGN)) {
                    if (!isScored(annotation)) {
                        continue;
                    }
                    boolean later = !annotation.getAnnotatedTime().isBefore(changed);
                    if (annotation.getModelDigest().equals(digest)) {
                        // One that served before and was taken back is judged by what it does now.
                        if (later && after.annotations.size() < rules.reads()) {
                            after.annotations.add(annotation);
                        }
                    } else if (!later) {
                        before.annotations.add(annotation);
                        if (before.annotations.size() > rules.reads()) {
                            before.annotations.remove(0);
                        }
                    }
                }
                drifts(drift, digest, after);
                progress.accept(String.format(
                        Locale.ROOT, "%,d of %,d reads after the change", after.annotations.size(), rules.reads()));
            }
            drifts(drift, digest, after);
        }
        return new Windows(before.window(), after.window());
    }

    private static void drifts(TopicReader<DriftReport> drift, String digest, Tally after) {
        if (drift == null) {
            return;
        }
        for (DriftReport report : drift.poll(Duration.ZERO, FOREIGN)) {
            if (report.getModelDigest().equals(digest)) {
                after.driftReports++;
                after.drifted += report.getExceeded().isEmpty() ? 0 : 1;
            }
        }
    }

    /** Reads that the model had a say in. */
    private static boolean isScored(ReadAnnotation annotation) {
        return annotation.getStatus() == AnnotationStatus.SCORED || annotation.getStatus() == AnnotationStatus.UNCALLED;
    }

    private TopicReader<DriftReport> driftReader() {
        String topic = options.getOptional(JobOptions.KAFKA_DRIFT_TOPIC).orElse("drift");
        try {
            return reader(topic, DriftReport.class, changed);
        } catch (NoTopicException e) {
            return null; // the job reports no drift
        }
    }

    private <T extends org.apache.avro.specific.SpecificRecord> TopicReader<T> reader(
            String topic, Class<T> type, Instant since) {
        return new TopicReader<>(
                kafka.bootstrapServers(),
                kafka.properties(),
                topic,
                type,
                new TopicFormat(kafka.registry()),
                new TopicReader.Start(since),
                notice -> {});
    }
}
