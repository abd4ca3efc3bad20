import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.message.BinaryMessageDecoder;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * Prints read, status and label of annotations, for good or as many as asked. Needs kafka-clients and avro with what they need, nothing of kmerflow:
 *
 * <pre>
 * ./kmerflow schemas --out schemas --all-versions
 * java -cp 'LIBRARIES/*' examples/java/AnnotationConsumer.java localhost:9092 annotations avro:schemas
 * java -cp 'LIBRARIES/*' examples/java/AnnotationConsumer.java localhost:9092 annotations confluent:http://localhost:8081
 * java -cp 'LIBRARIES/*' examples/java/AnnotationConsumer.java localhost:9092 annotations json
 * </pre>
 */
public final class AnnotationConsumer {
    private static final ObjectMapper JSON = new ObjectMapper();

    private AnnotationConsumer() {}

    /** What is printed of an annotation, from its bytes on the topic. */
    private interface Row {
        String of(byte[] value) throws IOException;
    }

    /** Avro single-object encoding, the default, of records of every release. */
    private static Row avro(Path schemas) throws IOException {
        Schema current = new Schema.Parser().parse(schemas.resolve("ReadAnnotation.avsc").toFile());
        BinaryMessageDecoder<GenericRecord> decoder = new BinaryMessageDecoder<>(GenericData.get(), current);
        try (Stream<Path> files = Files.walk(schemas)) {
            for (Path file : files.filter(path -> path.endsWith("ReadAnnotation.avsc")).toList()) {
                decoder.addSchema(new Schema.Parser().parse(file.toFile()));
            }
        }
        return value -> row(decoder.decode(value));
    }

    /** Confluent's format: byte 0, the schema's id in the registry as an int, the record. */
    private static Row confluent(String registry) {
        Map<Integer, Schema> schemas = new HashMap<>();
        return value -> {
            int id = ByteBuffer.wrap(value).getInt(1);
            if (!schemas.containsKey(id)) {
                JsonNode answer = JSON.readTree(URI.create(registry + "/schemas/ids/" + id).toURL());
                schemas.put(id, new Schema.Parser().parse(answer.get("schema").asText()));
            }
            return row(new GenericDatumReader<GenericRecord>(schemas.get(id))
                    .read(null, DecoderFactory.get().binaryDecoder(value, 5, value.length - 5, null)));
        };
    }

    private static String row(GenericRecord read) {
        GenericRecord call = (GenericRecord) read.get("readCall");
        return row(read.get("readId"), read.get("status"), call == null ? null : call.get("label"));
    }

    private static String ofJson(byte[] value) throws IOException {
        JsonNode read = JSON.readTree(value);
        return row(read.path("readId").asText(), read.path("status").asText(), read.path("readCall").path("label").textValue());
    }

    private static String row(Object readId, Object status, Object label) {
        return readId + "\t" + status + "\t" + (label == null ? "" : label);
    }

    /** @param args brokers; topic; avro:FOLDER, confluent:REGISTRY or json; how many annotations, all if missing */
    public static void main(String[] args) throws Exception {
        String[] format = args[2].split(":", 2);
        Row rows = switch (format[0]) {
            case "avro" -> avro(Path.of(format[1]));
            case "confluent" -> confluent(format[1]);
            case "json" -> AnnotationConsumer::ofJson;
            default -> throw new IllegalArgumentException("Expected avro:FOLDER, confluent:REGISTRY or json, got " + args[2]);
        };
        long left = args.length > 3 ? Long.parseLong(args[3]) : Long.MAX_VALUE;
        Map<String, Object> settings = Map.of(
                "bootstrap.servers", args[0],
                "group.id", "example-java",
                "auto.offset.reset", "earliest",
                "isolation.level", "read_committed");
        try (KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            consumer.subscribe(List.of(args[1]));
            while (left > 0) {
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofSeconds(1))) {
                    System.out.println(rows.of(record.value()));
                    left--;
                }
            }
        }
    }
}
