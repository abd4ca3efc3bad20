package io.kmerflow.files.watch;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kmerflow.bundle.JsonMappers;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;

/**
 * What of a run folder is on the topics, as lines of JSON that are only ever appended, each forced to disk before the next
 * step. A {@code begin} without its {@code done} says from which offsets on the topics must be read back to know how far
 * a killed process came. Locked while open: two watchers of one folder would put every record in twice.
 */
final class IngestLedger implements Closeable {
    private static final int VERSION = 1;

    /**
     * How far one file is.
     *
     * @param id number of the file in this ledger
     * @param items records and failures of it on the topics
     * @param reads of those, records
     * @param deadLetters of those, failures
     * @param bytes size of the file when it was read last
     * @param modifiedMillis time of the file's change then
     * @param whole false if its last items were held back, since the file may still grow
     * @param begun offsets of the topics' partitions from where its records may lie beyond {@code items}; null once done
     */
    record FileState(
            int id,
            long items,
            long reads,
            long deadLetters,
            long bytes,
            long modifiedMillis,
            boolean whole,
            Map<String, Long> begun) {}

    private final Path path;
    private final FileChannel channel;
    private final Map<String, FileState> files = new LinkedHashMap<>();
    private String id;
    private String target;

    private IngestLedger(Path path, FileChannel channel) {
        this.path = path;
        this.channel = channel;
    }

    /**
     * Opens a ledger, or begins one.
     *
     * @param target Kafka cluster and topics it is about
     * @throws IllegalArgumentException if another process holds it, or it is about another target
     */
    static IngestLedger open(Path path, String target) throws IOException {
        Path directory = path.toAbsolutePath().getParent();
        Files.createDirectories(directory);
        FileChannel channel =
                FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
        try {
            lock(path, channel);
            IngestLedger ledger = new IngestLedger(path, channel);
            ledger.replay();
            if (ledger.id == null) {
                ledger.id = UUID.randomUUID().toString();
                ledger.target = target;
                ledger.append(JsonMappers.COMPACT
                        .createObjectNode()
                        .put("kmerflowIngest", VERSION)
                        .put("id", ledger.id)
                        .put("target", target));
            } else if (!ledger.target.equals(target)) {
                throw new IllegalArgumentException(String.format(
                        Locale.ROOT,
                        "Expected a ledger of %s, %s is of %s; give --ledger another file",
                        target,
                        path,
                        ledger.target));
            }
            return ledger;
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    private static void lock(Path path, FileChannel channel) throws IOException {
        FileLock lock = null;
        try {
            lock = channel.tryLock();
        } catch (OverlappingFileLockException e) {
            // said below
        }
        if (lock == null) {
            throw new IllegalArgumentException(
                    "Expected to watch the folder alone, another process holds the ledger " + path);
        }
    }

    private void replay() throws IOException {
        byte[] bytes = new byte[(int) channel.size()];
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        while (buffer.hasRemaining() && channel.read(buffer, buffer.position()) > 0) {
            continue;
        }
        int start = 0;
        for (int i = 0; i < bytes.length; i++) {
            if (bytes[i] == '\n') {
                apply(JsonMappers.COMPACT.readTree(bytes, start, i - start));
                start = i + 1;
            }
        }
        channel.truncate(start); // a line cut off by a kill was never acted on
        channel.position(start);
    }

    private void apply(JsonNode line) {
        if (line.has("kmerflowIngest")) {
            id = line.path("id").asText();
            target = line.path("target").asText();
            return;
        }
        String name = line.path("file").asText();
        FileState before = files.get(name);
        if (line.has("begin")) {
            Map<String, Long> offsets = new TreeMap<>();
            line.path("offsets")
                    .fields()
                    .forEachRemaining(e -> offsets.put(e.getKey(), e.getValue().asLong()));
            files.put(name, state(line.path("begin").asInt(), before, offsets));
        } else {
            files.put(
                    name,
                    new FileState(
                            line.path("done").asInt(),
                            line.path("items").asLong(),
                            line.path("reads").asLong(),
                            line.path("deadLetters").asLong(),
                            line.path("bytes").asLong(),
                            line.path("modified").asLong(),
                            line.path("whole").asBoolean(),
                            null));
        }
    }

    /** A file begun again keeps the offsets of its first unfinished beginning. */
    private static FileState state(int id, FileState before, Map<String, Long> offsets) {
        if (before == null) {
            return new FileState(id, 0, 0, 0, 0, 0, false, offsets);
        }
        return new FileState(
                id,
                before.items(),
                before.reads(),
                before.deadLetters(),
                before.bytes(),
                before.modifiedMillis(),
                before.whole(),
                before.begun() == null ? offsets : before.begun());
    }

    private void append(ObjectNode line) throws IOException {
        ByteBuffer buffer = ByteBuffer.wrap((line + "\n").getBytes(StandardCharsets.UTF_8));
        while (buffer.hasRemaining()) {
            channel.write(buffer);
        }
        channel.force(false);
        apply(JsonMappers.COMPACT.readTree(line.toString()));
    }

    /** Distinguishes this ledger's records from those of others on the same topic. */
    String id() {
        return id;
    }

    /** How far a file is, or null if it was never begun. */
    FileState file(String name) {
        return files.get(name);
    }

    Map<String, FileState> files() {
        return files;
    }

    /** Notes, before its first record goes out, that a file's records lie at or behind these offsets. */
    FileState begin(String name, Map<String, Long> offsets) throws IOException {
        FileState before = files.get(name);
        ObjectNode line =
                JsonMappers.COMPACT.createObjectNode().put("begin", before == null ? files.size() : before.id());
        line.put("file", name);
        ObjectNode node = line.putObject("offsets");
        offsets.forEach(node::put);
        append(line);
        return files.get(name);
    }

    /** Notes that everything up to and including that item of a file is on the topics. */
    void done(String name, FileState state) throws IOException {
        append(JsonMappers.COMPACT
                .createObjectNode()
                .put("done", state.id())
                .put("file", name)
                .put("items", state.items())
                .put("reads", state.reads())
                .put("deadLetters", state.deadLetters())
                .put("bytes", state.bytes())
                .put("modified", state.modifiedMillis())
                .put("whole", state.whole()));
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
