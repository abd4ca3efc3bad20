package io.kmerflow.schema;

import static org.assertj.core.api.Assertions.assertThat;

import io.kmerflow.schema.codec.RecordCodec;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.apache.avro.Schema;
import org.apache.avro.SchemaCompatibility;
import org.apache.avro.SchemaCompatibility.SchemaCompatibilityType;
import org.apache.avro.SchemaNormalization;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.message.BinaryMessageEncoder;
import org.apache.avro.specific.SpecificRecord;
import org.apache.avro.util.RandomData;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** FULL_TRANSITIVE: today's readers read every released schema, and every released reader reads today's records. */
class ReleasedSchemasTest {
    private static final Path RELEASED = Path.of("src/main/resources/io/kmerflow/schema/released");
    private static final List<Schema> CURRENT = List.of(
            SequencedRead.getClassSchema(),
            ReadAnnotation.getClassSchema(),
            DeadLetter.getClassSchema(),
            ModelAnnouncement.getClassSchema(),
            ModelEvent.getClassSchema(),
            ReadLabel.getClassSchema(),
            CorpusRead.getClassSchema(),
            DriftReport.getClassSchema());

    static List<Path> released() throws IOException {
        try (Stream<Path> files = Files.walk(RELEASED)) {
            return files.filter(file -> file.toString().endsWith(".avsc"))
                    .sorted()
                    .toList();
        }
    }

    static Schema parse(Path file) {
        try {
            return new Schema.Parser().parse(Files.readString(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Schema current(Path file) {
        String name = file.getFileName().toString().replace(".avsc", "");
        return CURRENT.stream()
                .filter(schema -> schema.getName().equals(name))
                .findFirst()
                .orElseThrow();
    }

    @ParameterizedTest
    @MethodSource("released")
    void isReadByTodaysReaderAndReadsTodaysRecords(Path file) {
        Schema released = parse(file);
        assertThat(compatibility(current(file), released)).isEqualTo(SchemaCompatibilityType.COMPATIBLE);
        assertThat(compatibility(released, current(file))).isEqualTo(SchemaCompatibilityType.COMPATIBLE);
    }

    @ParameterizedTest
    @MethodSource("released")
    void recordsOfEveryReleaseAreDecoded(Path file) throws Exception {
        Schema released = parse(file);
        GenericData.Record written = new GenericData.Record(released);
        GenericRecord random =
                (GenericRecord) new RandomData(released, 1, 7L, true).iterator().next();
        released.getFields().forEach(field -> written.put(field.name(), random.get(field.pos())));
        byte[] bytes = new BinaryMessageEncoder<GenericRecord>(new GenericData(), released)
                .encode(written)
                .array();
        Class<? extends SpecificRecord> type =
                Class.forName(current(file).getFullName()).asSubclass(SpecificRecord.class);
        SpecificRecord read = new RecordCodec<>(type).decode(bytes);
        String first = released.getFields().get(0).name();
        assertThat(read.get(read.getSchema().getField(first).pos())).hasToString(String.valueOf(written.get(first)));
    }

    @Test
    void theNewestReleaseHasEveryRecordAsItIsNow() throws IOException {
        Path newest;
        try (Stream<Path> versions = Files.list(RELEASED)) {
            newest = versions.sorted().reduce((older, newer) -> newer).orElseThrow();
        }
        for (Schema schema : CURRENT) {
            assertThat(SchemaNormalization.parsingFingerprint64(parse(newest.resolve(schema.getName() + ".avsc"))))
                    .as("%s changed: release it as a new folder under %s", schema.getName(), RELEASED)
                    .isEqualTo(SchemaNormalization.parsingFingerprint64(schema));
        }
    }

    @Test
    void theCheckSeesAFieldWithoutDefault() {
        Schema incompatible = new Schema.Parser()
                .parse("{\"type\":\"record\",\"name\":\"ModelEvent\",\"namespace\":\"io.kmerflow.schema\",\"fields\":["
                        + "{\"name\":\"colour\",\"type\":\"string\"}]}");
        assertThat(compatibility(incompatible, ModelEvent.getClassSchema()))
                .isEqualTo(SchemaCompatibilityType.INCOMPATIBLE);
    }

    private static SchemaCompatibilityType compatibility(Schema reader, Schema writer) {
        return SchemaCompatibility.checkReaderWriterCompatibility(reader, writer)
                .getType();
    }
}
