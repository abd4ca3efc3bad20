package io.kmerflow.files;

import io.kmerflow.files.watch.FolderIngest;
import io.kmerflow.files.watch.WatchSettings;
import io.kmerflow.job.JobConfig;
import io.kmerflow.job.kafka.DeliveryPreflight;
import io.kmerflow.job.kafka.IngestTopics;
import io.kmerflow.job.kafka.KafkaConfig;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/** A run folder onto the topic of reads while it grows; what is no record goes to the dead letters. */
public final class WatchIngest {
    private WatchIngest() {}

    /**
     * Runs until the run ends, or until stopped.
     *
     * @throws io.kmerflow.job.kafka.PreflightException if Kafka is not as the job needs it
     */
    public static FolderIngest.Summary run(
            JobConfig config, WatchSettings settings, Consumer<String> progress, BooleanSupplier stopped)
            throws IOException, InterruptedException {
        KafkaConfig kafka = config.requireKafka();
        List<String> names = List.of(kafka.readsTopic(), kafka.deadLettersTopic());
        new DeliveryPreflight(kafka, Duration.ZERO).check(names, names); // read back to go on where they end
        try (IngestTopics topics = new IngestTopics(kafka)) {
            return new FolderIngest(settings, topics, config.scoring().deadLetters(), progress, stopped).run();
        }
    }
}
