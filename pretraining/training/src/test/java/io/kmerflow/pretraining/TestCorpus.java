package io.kmerflow.pretraining;

import io.kmerflow.sequence.identity.ReadDigests;
import io.kmerflow.sequence.identity.ReadIdentity;
import io.kmerflow.sequence.identity.ReadSetDigest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.avro.Schema;
import org.apache.avro.file.DataFileWriter;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.generic.GenericRecordBuilder;

/** Corpora as the snapshot job writes them, by its own schema, with small blocks. */
public final class TestCorpus {
    /** Read as a file: training does not know the module of schemas. */
    private static final Path SCHEMA = Path.of("../../schemas/src/main/avro/CorpusRead.avsc");

    private record Read(String id, byte[] bases, String label) {}

    private final List<Read> reads = new ArrayList<>();

    /** Adds a read; the label may be null. */
    public TestCorpus read(String id, String bases, String label) {
        reads.add(new Read(id, bases.getBytes(StandardCharsets.US_ASCII), label));
        return this;
    }

    /** Writes the reads, from the one with that number on and around, to a number of files, and the manifest. */
    public Path write(Path folder, int files, int first) throws IOException {
        Files.createDirectories(folder);
        Schema schema = new Schema.Parser().parse(Files.readString(SCHEMA));
        ReadSetDigest set = new ReadSetDigest();
        ReadDigests digests = new ReadDigests();
        for (int f = 0; f < files; f++) {
            try (DataFileWriter<GenericRecord> writer = new DataFileWriter<>(new GenericDatumWriter<>(schema))) {
                writer.setSyncInterval(200);
                writer.create(schema, folder.resolve("reads-" + f + ".avro").toFile());
                for (int i = f; i < reads.size(); i += files) {
                    Read read = reads.get((i + first) % reads.size());
                    byte[] qualities = new byte[read.bases().length];
                    writer.append(new GenericRecordBuilder(schema)
                            .set("readId", read.id())
                            .set("runId", "run")
                            .set("bases", ByteBuffer.wrap(read.bases()))
                            .set("phredQualities", ByteBuffer.wrap(qualities))
                            .set("label", read.label())
                            .set("status", "SCORED")
                            .build());
                    set.add(digests.content(
                            new ReadIdentity("run", read.id(), 0),
                            read.bases(),
                            qualities,
                            null,
                            read.label(),
                            "SCORED",
                            null,
                            null));
                }
            }
        }
        Files.writeString(folder.resolve("manifest.json"), "{\"format\": 1, \"readsDigest\": \"" + set.value() + "\"}");
        return folder;
    }
}
