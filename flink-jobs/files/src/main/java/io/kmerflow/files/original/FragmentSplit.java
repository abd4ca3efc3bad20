package io.kmerflow.files.original;

import htsjdk.samtools.util.CloseableIterator;
import htsjdk.samtools.util.SortingCollection;
import io.kmerflow.files.write.CallLog;
import io.kmerflow.schema.AnnotationStatus;
import java.io.Closeable;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;

/**
 * What was said of each record's mate in a file of alignments, in file order and however far apart mates stand: sorted by
 * name, paired, and sorted back, on disk where there are many.
 */
final class FragmentSplit implements Closeable {
    private static final int RECORDS_IN_MEMORY = 100_000;
    private static final AnnotationStatus[] STATUSES = AnnotationStatus.values();

    /**
     * A record, or what its mate was called.
     *
     * @param name of the fragment; empty once its mate is found
     * @param index of the record among those of its file that are read
     * @param mate 1 or 2
     * @param call null for a dead letter
     */
    private record Entry(String name, long index, int mate, CallLog.Entry call) {}

    private final CloseableIterator<Entry> mates;
    private final SortingCollection<Entry> sorted;
    private Entry next;

    private FragmentSplit(SortingCollection<Entry> sorted) {
        this.sorted = sorted;
        this.mates = sorted.iterator();
        advance();
    }

    /**
     * Reads a file once.
     *
     * @param records of it, from the beginning; read to the end
     * @param folder for temporary files
     */
    static FragmentSplit of(OriginalFile records, Path folder) throws IOException {
        SortingCollection<Entry> byName =
                collection(Comparator.comparing(Entry::name).thenComparingLong(Entry::index), folder);
        try {
            long index = 0;
            for (OriginalRecord record = records.next(); record != null; record = records.next()) {
                if (record.mate() != 0) {
                    byName.add(new Entry(record.header().readId(), index, record.mate(), record.call()));
                }
                index++;
            }
            SortingCollection<Entry> byIndex = collection(Comparator.comparingLong(Entry::index), folder);
            pair(byName, byIndex);
            return new FragmentSplit(byIndex);
        } finally {
            byName.cleanup();
        }
    }

    private static SortingCollection<Entry> collection(Comparator<Entry> order, Path folder) {
        return SortingCollection.newInstance(Entry.class, new Codec(), order, RECORDS_IN_MEMORY, folder);
    }

    /** The first mate 1 of a name belongs to its first mate 2, the second to the second. */
    private static void pair(SortingCollection<Entry> byName, SortingCollection<Entry> byIndex) {
        String name = null;
        Deque<Entry> waiting = new ArrayDeque<>(); // all of one name and one mate
        try (CloseableIterator<Entry> entries = byName.iterator()) {
            while (entries.hasNext()) {
                Entry entry = entries.next();
                if (!entry.name().equals(name)) {
                    waiting.clear();
                    name = entry.name();
                }
                if (waiting.isEmpty() || waiting.peek().mate() == entry.mate()) {
                    waiting.add(entry);
                } else {
                    Entry other = waiting.poll();
                    byIndex.add(new Entry("", entry.index(), other.mate(), other.call()));
                    byIndex.add(new Entry("", other.index(), entry.mate(), entry.call()));
                }
            }
        }
    }

    /** What became of the mate of the record with that index; asked in rising order. Null if it has none. */
    OriginalRecord.Mate mateOf(long index) {
        if (next == null || next.index() != index) {
            return null;
        }
        OriginalRecord.Mate mate = new OriginalRecord.Mate(next.mate(), next.call());
        advance();
        return mate;
    }

    private void advance() {
        next = mates.hasNext() ? mates.next() : null;
    }

    @Override
    public void close() {
        mates.close();
        sorted.cleanup();
    }

    /** Of the call only what a split asks for. */
    private static final class Codec implements SortingCollection.Codec<Entry> {
        private DataOutputStream out;
        private DataInputStream in;

        @Override
        public void setOutputStream(OutputStream stream) {
            out = new DataOutputStream(stream);
        }

        @Override
        public void setInputStream(InputStream stream) {
            in = new DataInputStream(stream);
        }

        @Override
        public void encode(Entry entry) {
            try {
                text(entry.name());
                out.writeLong(entry.index());
                out.writeByte(entry.mate());
                CallLog.Entry call = entry.call();
                out.writeByte(call == null ? -1 : call.status().ordinal());
                if (call != null) {
                    text(call.label() == null ? "" : call.label());
                    out.writeFloat(call.score());
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        private void text(String text) throws IOException {
            byte[] bytes = text.getBytes(StandardCharsets.UTF_16BE);
            out.writeInt(bytes.length);
            out.write(bytes);
        }

        private String text() throws IOException {
            return new String(in.readNBytes(in.readInt()), StandardCharsets.UTF_16BE);
        }

        @Override
        public Entry decode() {
            try {
                String name;
                try {
                    name = text();
                } catch (EOFException e) {
                    return null;
                }
                long index = in.readLong();
                int mate = in.readByte();
                int status = in.readByte();
                if (status < 0) {
                    return new Entry(name, index, mate, null);
                }
                String label = text();
                CallLog.Entry call = new CallLog.Entry(
                        "", 0, STATUSES[status], label.isEmpty() ? null : label, in.readFloat(), "", null, null);
                return new Entry(name, index, mate, call);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        @Override
        public Codec clone() {
            return new Codec();
        }
    }
}
