package io.kmerflow.files.watch;

import io.kmerflow.files.read.InputFile;
import io.kmerflow.files.read.ReadEncoder;
import io.kmerflow.files.read.ReadFiles;
import io.kmerflow.files.read.SequencedReads;
import io.kmerflow.files.watch.IngestLedger.FileState;
import io.kmerflow.job.deadletter.DeadLetterReasons;
import io.kmerflow.job.deadletter.DeadLetters;
import io.kmerflow.job.ingest.Origin;
import io.kmerflow.job.ingest.RawRecord;
import io.kmerflow.job.kafka.IngestTopics;
import io.kmerflow.schema.DeadLetterStage;
import io.kmerflow.sequence.file.FilePosition;
import io.kmerflow.sequence.file.SequenceItem;
import io.kmerflow.sequence.file.SequenceReader;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.BitSet;
import java.util.Deque;
import java.util.function.BooleanSupplier;

/**
 * Puts the items of one file onto the topics that are not there yet. Items count from 1 in the order of the file; a file
 * that grew is parsed again from its start, what is there is left out.
 *
 * <p>While the run goes on, what may be half a record is held back: a failure among the last two items (a cut record, a
 * cut compressed stream), or the last record of a FASTA file. It goes out when the file has grown, or the run has ended.
 */
final class FileIngest {
    private static final int LOOK_AHEAD = 2;

    private final IngestTopics topics;
    private final IngestLedger ledger;
    private final DeadLetters deadLetters;
    private final WatchSettings settings;
    private final BooleanSupplier stopped;
    private final ReadEncoder encoder = new ReadEncoder();

    FileIngest(
            IngestTopics topics,
            IngestLedger ledger,
            DeadLetters deadLetters,
            WatchSettings settings,
            BooleanSupplier stopped) {
        this.topics = topics;
        this.ledger = ledger;
        this.deadLetters = deadLetters;
        this.settings = settings;
        this.stopped = stopped;
    }

    /** Where one pass over a file stands. */
    private static final class Pass {
        private final InputFile source;
        private final FileState before;
        private final BitSet onTopics;
        private final Deque<SequenceItem> pending = new ArrayDeque<>();
        private long items;
        private long reads;
        private long failures;

        Pass(InputFile source, FileState before, BitSet onTopics) {
            this.source = source;
            this.before = before;
            this.onTopics = onTopics;
        }
    }

    /**
     * Brings the topics up to the file.
     *
     * @param last whether the file cannot grow any more
     * @return how far the file is now, as it stands in the ledger
     */
    FileState ingest(RunFolder.Entry file, boolean last) throws IOException {
        FileState known = ledger.file(file.name());
        BitSet onTopics = known == null || known.begun() == null ? new BitSet() : readBack(known);
        FileState begun = ledger.begin(file.name(), topics.endOffsets());
        InputFile source = new InputFile(
                file.path().toString(), 0, settings.runId(), settings.sampleId(), settings.qualityEncoding());
        Pass pass = new Pass(source, begun, onTopics);
        boolean all = true;
        try (SequenceReader reader = ReadFiles.open(source)) {
            for (SequenceItem item = reader.next(); item != null; item = reader.next()) {
                pass.pending.add(item);
                if (pass.pending.size() > LOOK_AHEAD) {
                    emit(pass.pending.remove(), pass);
                }
                if (stopped.getAsBoolean()) {
                    all = false;
                    break;
                }
            }
        }
        boolean whole = all && release(pass, last);
        topics.flush();
        FileState done = new FileState(
                begun.id(),
                pass.items,
                pass.reads,
                pass.failures,
                all ? file.bytes() : 0,
                file.modifiedMillis(),
                whole,
                null);
        ledger.done(file.name(), done);
        return done;
    }

    private BitSet readBack(FileState state) {
        String prefix = prefix(state);
        BitSet items = new BitSet();
        topics.readBack(state.begun(), item -> {
            if (item.startsWith(prefix)) {
                items.set(Integer.parseInt(item.substring(prefix.length())));
            }
        });
        return items;
    }

    private String prefix(FileState state) {
        return ledger.id() + "/" + state.id() + "/";
    }

    /** Emits what is pending at the end of the file; false if something is held back. */
    private boolean release(Pass pass, boolean last) throws IOException {
        while (!pass.pending.isEmpty()) {
            SequenceItem item = pass.pending.peek();
            boolean lastOfFasta = pass.pending.size() == 1
                    && item instanceof SequenceItem.Parsed parsed
                    && parsed.phredQualities() == null;
            if (!last && (mayBeHalf(item) || lastOfFasta)) {
                return false;
            }
            emit(pass.pending.remove(), pass);
        }
        return true;
    }

    private static boolean mayBeHalf(SequenceItem item) {
        return item instanceof SequenceItem.Failure failure && failure.reason() != SequenceItem.Reason.NOT_PRIMARY;
    }

    private void emit(SequenceItem item, Pass pass) throws IOException {
        pass.items++;
        FilePosition at = item.position();
        Origin origin = Origin.ofFile(pass.source.path(), at.record(), at.line(), at.byteStart(), at.byteEnd());
        RawRecord record = record(item, origin, pass.source);
        boolean leftOut = SequenceItem.Reason.NOT_PRIMARY.name().equals(record.failureReason);
        String excess = record.failureReason == null ? topics.readLimit().excess(record) : null;
        boolean isRead = record.failureReason == null && excess == null;
        pass.reads += isRead ? 1 : 0;
        pass.failures += isRead || leftOut ? 0 : 1;
        if (leftOut || pass.items <= pass.before.items() || pass.onTopics.get(Math.toIntExact(pass.items))) {
            return;
        }
        String name = prefix(pass.before) + pass.items;
        if (isRead) {
            topics.send(record, name);
        } else if (excess != null) {
            topics.send(
                    deadLetters.of(
                            origin,
                            null,
                            DeadLetterStage.SINK,
                            DeadLetterReasons.READ_TOO_LARGE,
                            excess,
                            null,
                            record.payload),
                    name);
        } else {
            topics.send(
                    deadLetters.of(
                            origin,
                            null,
                            DeadLetterStage.READ_FILE,
                            record.failureReason,
                            record.failureMessage,
                            null,
                            null),
                    name);
        }
    }

    private RawRecord record(SequenceItem item, Origin origin, InputFile source) throws IOException {
        if (item instanceof SequenceItem.Parsed parsed) {
            return encoder.encode(SequencedReads.of(parsed, source), origin);
        }
        SequenceItem.Failure failure = (SequenceItem.Failure) item;
        return RawRecord.failed(origin, failure.reason().name(), failure.message());
    }
}
