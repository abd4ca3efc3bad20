package io.kmerflow.files.source;

import io.kmerflow.files.mates.MatePairs;
import io.kmerflow.files.read.InputFile;
import io.kmerflow.files.read.MateFiles;
import io.kmerflow.files.read.MateFilesReader;
import io.kmerflow.files.read.ReadEncoder;
import io.kmerflow.files.read.ReadFiles;
import io.kmerflow.files.read.RefusedInputException;
import io.kmerflow.files.read.SequencedReads;
import io.kmerflow.files.read.SequencingSummary;
import io.kmerflow.job.decode.SourceNotes;
import io.kmerflow.job.ingest.Origin;
import io.kmerflow.job.ingest.RawRecord;
import io.kmerflow.sequence.file.FilePosition;
import io.kmerflow.sequence.file.ReadHeader;
import io.kmerflow.sequence.file.SequenceItem;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.apache.flink.connector.base.source.reader.RecordsBySplits;
import org.apache.flink.connector.base.source.reader.RecordsWithSplitIds;
import org.apache.flink.connector.base.source.reader.splitreader.SplitReader;
import org.apache.flink.connector.base.source.reader.splitreader.SplitsChange;

/**
 * Reads the files on the fetcher thread, a chunk at a time: parsing and decompression overlap the task. After a restore
 * the items already emitted are parsed once more and left out; their bytes are not worth a position that gzip lacks.
 */
final class SequenceFileSplitReader implements SplitReader<SequenceFileSplitReader.Item, SequenceFileSplit> {
    private static final int CHUNK_ITEMS = 512;
    private static final long CHUNK_BYTES = 1 << 20;

    /**
     * A record and the position behind it.
     *
     * @param record to emit
     * @param file index of its file, or of the two files of mates that are read together
     * @param items of them up to and with this one
     */
    record Item(RawRecord record, int file, long items) {}

    private final boolean stopOnFailure;
    private final ReadEncoder reads = new ReadEncoder();
    private SequenceFileSplit split;
    private int file;
    private long items;
    private List<MateFiles> together;
    private MateFilesReader reader;
    private MatePairs.Counter mates;
    private final Map<String, SequencingSummary> summaries = new HashMap<>();

    /** @param stopOnFailure whether bytes that are no record end the run */
    SequenceFileSplitReader(boolean stopOnFailure) {
        this.stopOnFailure = stopOnFailure;
    }

    @Override
    public void handleSplitsChanges(SplitsChange<SequenceFileSplit> change) {
        split = change.splits().get(0);
        together = MateFiles.of(split.files());
        file = split.file();
        items = 0;
    }

    @Override
    public RecordsWithSplitIds<Item> fetch() throws IOException {
        List<Item> chunk = new ArrayList<>();
        long bytes = 0;
        while (chunk.size() < CHUNK_ITEMS && bytes < CHUNK_BYTES && file < together.size()) {
            SequenceItem item = reader().next();
            if (item == null) {
                closeReader();
                file++;
                items = 0;
                if (mates != null) {
                    chunk.add(new Item(SourceNotes.of(FileSums.of(mates.end())), file, 0));
                    mates = null;
                }
            } else {
                items++;
                count(item);
                if (file > split.file() || items > split.items()) {
                    RawRecord record = record(item, reader.file());
                    bytes += record.payload == null ? 0 : record.payload.length;
                    chunk.add(new Item(record, file, items));
                }
            }
        }
        boolean finished = file == together.size();
        return new RecordsBySplits<>(Map.of(split.splitId(), chunk), finished ? Set.of(split.splitId()) : Set.of());
    }

    private MateFilesReader reader() throws IOException {
        if (reader == null) {
            MateFiles files = together.get(file);
            boolean again = file == split.file() && split.items() > 0;
            if (again) {
                requireReadable(files.first());
                if (files.second() != null) {
                    requireReadable(files.second());
                }
            }
            reader = new MateFilesReader(files);
            mates = files.second() != null || files.first().interleaved() ? new MatePairs.Counter() : null;
        }
        return reader;
    }

    private static void requireReadable(InputFile input) throws IOException {
        if (ReadFiles.isReadOnce(input.path())) {
            throw new RefusedInputException(
                    input.path(),
                    new IOException(
                            "Expected a file to continue reading after a restart, got standard input or a pipe"));
        }
    }

    private void count(SequenceItem item) throws IOException {
        if (mates != null && item instanceof SequenceItem.Parsed parsed) {
            ReadHeader header = parsed.readHeader();
            mates.add(header.mate() == 0 ? reader.file().mate() : header.mate(), header.readId());
        }
    }

    private RawRecord record(SequenceItem item, InputFile source) throws IOException {
        FilePosition position = item.position();
        Origin origin = Origin.ofFile(
                source.path(), position.record(), position.line(), position.byteStart(), position.byteEnd());
        if (item instanceof SequenceItem.Failure failure && failure.reason() == SequenceItem.Reason.NOT_PRIMARY) {
            return SourceNotes.of(Map.of(FileSums.NOT_PRIMARY, 1L));
        }
        RawRecord record = item instanceof SequenceItem.Parsed parsed
                ? reads.encode(SequencedReads.of(parsed, source, summary(source)), origin)
                : RawRecord.failed(
                        origin, ((SequenceItem.Failure) item).reason().name(), ((SequenceItem.Failure) item).message());
        if (stopOnFailure && record.failureReason != null) {
            throw new IOException(
                    String.format(Locale.ROOT, "%s: %s (%s)", origin, record.failureMessage, record.failureReason));
        }
        return record;
    }

    private SequencingSummary summary(InputFile source) throws IOException {
        String path = source.sequencingSummary();
        if (path == null) {
            return null;
        }
        SequencingSummary known = summaries.get(path);
        if (known == null) {
            known = SequencingSummary.read(path);
            summaries.put(path, known);
        }
        return known;
    }

    @Override
    public void wakeUp() {}

    @Override
    public void close() throws IOException {
        closeReader();
    }

    private void closeReader() throws IOException {
        if (reader != null) {
            reader.close();
            reader = null;
        }
    }
}
