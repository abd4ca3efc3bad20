package io.kmerflow.pretraining.corpus;

import com.fasterxml.jackson.databind.JsonNode;
import io.kmerflow.pretraining.settings.JsonMappers;
import io.kmerflow.sequence.identity.ReadDigests;
import io.kmerflow.sequence.identity.ReadIdentity;
import io.kmerflow.sequence.identity.ReadSetDigest;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.apache.avro.Schema;
import org.apache.avro.file.DataFileReader;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericRecord;

/**
 * The reads of a corpus folder, as {@code kmerflow snapshot} makes it: in memory is where each read lies, some 50 bytes a read;
 * its bases are read from the container files when they are asked for. Reads are numbered in the order of their digests, so that
 * a number means the same read whatever the files are called. Safe for several threads. The files stay open until it is closed.
 */
public final class SnapshotReads implements Closeable {
    /** File that says a folder is a corpus. */
    public static final String MANIFEST = "manifest.json";

    private static final long HELD_OUT_SEED = 0x4E1D;
    private static final int NONE = -1;

    /** What a draw needs; Avro skips the rest. */
    private static final Schema BASES = new Schema.Parser().parse("""
            {"type": "record", "name": "CorpusRead", "namespace": "io.kmerflow.schema",
             "fields": [{"name": "bases", "type": "bytes"}]}""");

    /** Where a read lies and what is asked of it without its bases. */
    private record Entry(byte[] digest, int file, long block, int inBlock, int length, int label, double heldOut) {}

    private final Path folder;
    private final List<DataFileReader<GenericRecord>> files = new ArrayList<>();
    private final List<String> labels;
    private final int[] file;
    private final long[] block;
    private final int[] inBlock;
    private final int[] length;
    private final int[] label;
    private final double[] heldOut;

    private SnapshotReads(Path folder, List<Path> paths, List<String> labels, List<Entry> entries) throws IOException {
        this.folder = folder;
        this.labels = labels;
        file = entries.stream().mapToInt(Entry::file).toArray();
        block = entries.stream().mapToLong(Entry::block).toArray();
        inBlock = entries.stream().mapToInt(Entry::inBlock).toArray();
        length = entries.stream().mapToInt(Entry::length).toArray();
        label = entries.stream().mapToInt(Entry::label).toArray();
        heldOut = entries.stream().mapToDouble(Entry::heldOut).toArray();
        for (Path path : paths) {
            files.add(new DataFileReader<>(path.toFile(), new GenericDatumReader<>(null, BASES)));
        }
    }

    /** Whether that is the folder of a corpus. */
    public static boolean isCorpus(Path folder) {
        return Files.isRegularFile(folder.resolve(MANIFEST));
    }

    /** What a manifest says of its reads: the digest by which a model remembers its corpus. */
    public static String readsDigest(Path manifest) {
        return field(manifest, "readsDigest").asText();
    }

    /** The digest of the corpus that one was split off, where its manifest says so: a model has learned from that one too. */
    public static Optional<String> splitOf(Path manifest) {
        return Optional.ofNullable(
                tree(manifest).path("settings").path("splitOf").textValue());
    }

    private static JsonNode field(Path manifest, String name) {
        JsonNode tree = tree(manifest);
        if (tree.path("format").asInt() == 1 && tree.hasNonNull(name)) {
            return tree.get(name);
        }
        throw new CorpusException(String.format(
                Locale.ROOT, "Expected the manifest of a corpus, format 1, with %s at %s", name, manifest));
    }

    private static JsonNode tree(Path manifest) {
        try {
            return JsonMappers.COMPACT.readTree(manifest.toFile());
        } catch (IOException e) {
            throw new CorpusException(
                    String.format(Locale.ROOT, "Expected the manifest of a corpus at %s, got: %s", manifest, e), e);
        }
    }

    /**
     * Goes through all reads once, for where they lie.
     *
     * @throws CorpusException if it is no corpus, or its reads are not those of its manifest
     */
    public static SnapshotReads open(Path folder) {
        String expected = readsDigest(folder.resolve(MANIFEST));
        ReadSetDigest set = new ReadSetDigest();
        List<Entry> entries = new ArrayList<>();
        List<String> found = new ArrayList<>();
        try {
            List<Path> paths = paths(folder);
            for (int i = 0; i < paths.size(); i++) {
                index(paths.get(i), i, found, entries, set);
            }
            if (!set.value().equals(expected)) {
                throw new CorpusException(String.format(
                        Locale.ROOT,
                        "Expected the reads of its manifest in %s, %s, got %s: files are missing, damaged or of another corpus",
                        folder,
                        expected,
                        set.value()));
            }
            if (entries.isEmpty()) {
                throw new CorpusException("Expected at least one read in the corpus " + folder + ", got none");
            }
            entries.sort((one, other) -> Arrays.compareUnsigned(one.digest, other.digest));
            List<String> sorted = List.copyOf(new TreeSet<>(found));
            entries.replaceAll(entry -> entry.label == NONE
                    ? entry
                    : new Entry(
                            entry.digest,
                            entry.file,
                            entry.block,
                            entry.inBlock,
                            entry.length,
                            sorted.indexOf(found.get(entry.label)),
                            entry.heldOut));
            return new SnapshotReads(folder, paths, sorted, entries);
        } catch (IOException | RuntimeException e) {
            if (e instanceof CorpusException wrong) {
                throw wrong;
            }
            throw new CorpusException( // Avro throws its own unchecked ones for damaged blocks
                    String.format(Locale.ROOT, "Expected a corpus that can be read in %s, got: %s", folder, e), e);
        }
    }

    private static List<Path> paths(Path folder) throws IOException {
        try (Stream<Path> all = Files.list(folder)) {
            return all.filter(path -> path.toString().endsWith(".avro"))
                    .filter(path -> !path.getFileName().toString().startsWith("."))
                    .sorted()
                    .toList();
        }
    }

    private static void index(Path path, int number, List<String> labels, List<Entry> entries, ReadSetDigest set)
            throws IOException {
        ReadDigests digests = new ReadDigests();
        try (DataFileReader<GenericRecord> reads =
                new DataFileReader<>(path.toFile(), new GenericDatumReader<GenericRecord>())) {
            long block = -1;
            int inBlock = 0;
            GenericRecord read = null;
            while (reads.hasNext()) {
                long now = reads.previousSync();
                inBlock = now == block ? inBlock + 1 : 0;
                block = now;
                read = reads.next(read);
                ReadIdentity identity =
                        new ReadIdentity(text(read, "runId"), text(read, "readId"), (Integer) read.get("mate"));
                String label = text(read, "label");
                byte[] bases = bytes(read, "bases");
                byte[] digest = digests.content(
                        identity,
                        bases,
                        bytes(read, "phredQualities"),
                        text(read, "sampleId"),
                        label,
                        text(read, "status"),
                        text(read, "calledLabel"),
                        text(read, "modelDigest"));
                set.add(digest);
                entries.add(new Entry(
                        digest,
                        number,
                        block,
                        inBlock,
                        bases.length,
                        labelNumber(label, labels),
                        share(digests.rank(HELD_OUT_SEED, identity.key()))));
            }
        }
    }

    /** A label's place among those found so far; there are few. */
    private static int labelNumber(String label, List<String> labels) {
        if (label == null) {
            return NONE;
        }
        int at = labels.indexOf(label);
        if (at < 0) {
            labels.add(label);
            return labels.size() - 1;
        }
        return at;
    }

    /** 0 to below 1, every part as likely. */
    private static double share(long rank) {
        return (rank >>> 11) * 0x1.0p-53;
    }

    private static String text(GenericRecord read, String field) {
        Object value = read.get(field);
        return value == null ? null : value.toString();
    }

    private static byte[] bytes(GenericRecord read, String field) {
        ByteBuffer buffer = (ByteBuffer) read.get(field);
        if (buffer == null) {
            return null;
        }
        byte[] bytes = new byte[buffer.remaining()];
        buffer.duplicate().get(bytes);
        return bytes;
    }

    /** Reads. */
    public int size() {
        return length.length;
    }

    /** Bases of a read. */
    public int length(int read) {
        return length[read];
    }

    /** All labels, in alphabetical order. */
    public List<String> labels() {
        return labels;
    }

    /** Label of a read, or null. */
    public String label(int read) {
        return label[read] == NONE ? null : labels.get(label[read]);
    }

    /** Whether a read is of that part of all reads that is held out; which are depends on their identity alone. */
    public boolean isHeldOut(int read, double share) {
        return heldOut[read] < share;
    }

    /** Bases of a read, a new array of A C G T N. */
    public byte[] bases(int read) {
        DataFileReader<GenericRecord> reads = files.get(file[read]);
        synchronized (reads) {
            try {
                reads.seek(block[read]);
                GenericRecord record = null;
                for (int i = 0; i <= inBlock[read] && reads.hasNext(); i++) {
                    record = reads.next(record);
                }
                return bytes(record, "bases");
            } catch (IOException | RuntimeException e) {
                throw new CorpusException(
                        String.format(Locale.ROOT, "Expected a read of the corpus %s, got: %s", folder, e), e);
            }
        }
    }

    @Override
    public void close() throws IOException {
        for (DataFileReader<GenericRecord> reads : files) {
            reads.close();
        }
    }
}
