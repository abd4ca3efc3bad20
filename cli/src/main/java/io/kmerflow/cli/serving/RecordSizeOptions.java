package io.kmerflow.cli.serving;

import io.kmerflow.job.JobOptions;
import io.kmerflow.job.annotate.AnnotationSettings;
import org.apache.flink.configuration.Configuration;
import picocli.CommandLine.Option;

/** How large records may be; the same option on every command that writes to topics. */
final class RecordSizeOptions {
    @Option(
            names = "--max-message-bytes",
            paramLabel = "BYTES",
            defaultValue = "" + AnnotationSettings.DEFAULT_MAX_BYTES,
            description =
                    "Largest record that is written to a topic, in bytes; the topics written to must take it, and new"
                            + " ones are created for it. What would outgrow it is cut or becomes a dead letter"
                            + " (default: ${DEFAULT-VALUE}, 32 MiB).")
    private int maxMessageBytes;

    void addTo(Configuration job) {
        job.set(JobOptions.KAFKA_MAX_MESSAGE_BYTES, maxMessageBytes);
    }
}
