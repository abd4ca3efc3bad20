package io.kmerflow.cli.serving;

import io.kmerflow.schema.ReadAnnotation;
import io.kmerflow.schema.codec.TopicSchema;
import io.kmerflow.sequence.PrintableText;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.apache.avro.Schema;
import org.apache.avro.SchemaFormatter;
import org.apache.avro.SchemaNormalization;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The schemas of the topics as files. */
@Command(
        name = "schemas",
        description = {
            "Writes the Avro schemas of all topics to a folder, and the JSON schemas of reads and annotations.",
            "Files are named for their record, and replaced. Printed is one line per file with topic, record, release and"
                    + " fingerprint (CRC-64-AVRO), which bytes 3 to 10 of a record on the topic are, little-endian."
        },
        footer = "kmerflow schemas --out schemas --all-versions",
        mixinStandardHelpOptions = true)
public final class SchemasCommand implements Callable<Integer> {
    private static final List<String> JSON_SCHEMAS = List.of("ReadAnnotation.schema.json", "SequencedRead.schema.json");

    @Spec
    private CommandSpec spec;

    @Option(names = "--out", required = true, paramLabel = "DIR", description = "Folder to write to, made if need be.")
    private Path folder;

    @Option(
            names = "--all-versions",
            description =
                    "Also write the schemas of every release, to subfolders v1, v2, and so on: records on a topic may"
                            + " be older than this version.")
    private boolean allVersions;

    @Override
    public Integer call() throws IOException {
        spec.commandLine()
                .getOut()
                .printf(
                        Locale.ROOT,
                        "%-13s %-18s %-8s %-17s %s%n",
                        "topic",
                        "record",
                        "release",
                        "fingerprint",
                        "file");
        for (TopicSchema topic : TopicSchema.values()) {
            write(topic, "current", topic.current(), folder);
            if (allVersions) {
                for (Map.Entry<Integer, Schema> released : topic.released().entrySet()) {
                    String release = "v" + released.getKey();
                    write(topic, release, released.getValue(), folder.resolve(release));
                }
            }
        }
        for (String name : JSON_SCHEMAS) {
            try (InputStream json = ReadAnnotation.class.getResourceAsStream("json/" + name)) {
                Files.write(folder.resolve(name), json.readAllBytes());
            }
        }
        return 0;
    }

    private void write(TopicSchema topic, String release, Schema schema, Path directory) throws IOException {
        Files.createDirectories(directory);
        Path file = directory.resolve(topic.record() + ".avsc");
        Files.writeString(file, SchemaFormatter.format("json/pretty", schema) + "\n");
        spec.commandLine()
                .getOut()
                .printf(
                        Locale.ROOT,
                        "%-13s %-18s %-8s %016x  %s%n",
                        topic.topic(),
                        topic.record(),
                        release,
                        SchemaNormalization.parsingFingerprint64(schema),
                        PrintableText.escape(file.toString()));
    }
}
