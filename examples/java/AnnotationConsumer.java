import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.message.BinaryMessageDecoder;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * Prints read and label of every annotation, until there was none for ten seconds. Needs kafka-clients and avro, nothing of kmerflow:
 *
 * <pre>
 * ./kmerflow schemas --out schemas --all-versions
 * java -cp 'LIBRARIES/*' examples/java/AnnotationConsumer.java localhost:9092 schemas
 * </pre>
 */
public final class AnnotationConsumer {
    private AnnotationConsumer() {}

    /** @param args brokers, folder of the schemas */
    public static void main(String[] args) throws Exception {
        Path schemas = Path.of(args[1]);
        Schema current = new Schema.Parser().parse(schemas.resolve("ReadAnnotation.avsc").toFile());
        BinaryMessageDecoder<GenericRecord> decoder = new BinaryMessageDecoder<>(GenericData.get(), current);
        try (Stream<Path> files = Files.walk(schemas)) {
            for (Path file : files.filter(path -> path.endsWith("ReadAnnotation.avsc")).toList()) {
                decoder.addSchema(new Schema.Parser().parse(file.toFile())); // records of older releases
            }
        }
        Map<String, Object> settings = Map.of(
                "bootstrap.servers", args[0],
                "group.id", "example",
                "auto.offset.reset", "earliest",
                "isolation.level", "read_committed");
        try (KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            consumer.subscribe(List.of("annotations"));
            for (int silentSeconds = 0; silentSeconds < 10; silentSeconds++) {
                for (var record : consumer.poll(Duration.ofSeconds(1))) {
                    GenericRecord annotation = decoder.decode(record.value());
                    GenericRecord call = (GenericRecord) annotation.get("readCall");
                    System.out.println(annotation.get("readId") + "\t" + annotation.get("status") + "\t"
                            + (call == null ? null : call.get("label")));
                    silentSeconds = 0;
                }
            }
        }
    }
}
