package io.kmerflow.job.original;

import io.kmerflow.job.ingest.InputFile;
import io.kmerflow.job.ingest.MateFiles;
import io.kmerflow.job.ingest.MateFilesReader;
import io.kmerflow.job.ingest.ReadFiles;
import io.kmerflow.job.mates.MateJoin;
import io.kmerflow.job.sink.CallLog;
import io.kmerflow.sequence.file.MateNames;
import java.io.IOException;
import java.util.List;

/**
 * Reads the input files once more and hands every record, with its call, to outputs that need it as it was. Mates, of two
 * files or of one, go together ({@link MateJoin}); so the order of the outputs is that in which fragments are complete.
 */
public final class SecondPass {
    private final List<InputFile> files;
    private final String callLog;

    /**
     * @param files as the job read them
     * @param callLog path of the log the job wrote
     * @throws IllegalArgumentException if one is standard input, which is gone
     */
    public SecondPass(List<InputFile> files, String callLog) {
        for (InputFile file : files) {
            if (ReadFiles.isReadOnce(file.path())) {
                throw new IllegalArgumentException(
                        "Expected files that can be read twice with --split-output, --report or BAM output, got %s"
                                .formatted(
                                        file.path().equals(InputFile.STANDARD_INPUT)
                                                ? "standard input"
                                                : "a pipe at " + file.path()));
            }
        }
        this.files = List.copyOf(files);
        this.callLog = callLog;
    }

    /** Runs over all files. */
    public void run(List<? extends OriginalOutput> outputs) throws IOException {
        try (CallLog single = new CallLog(callLog, 0);
                CallLog one = new CallLog(callLog, 1);
                CallLog two = new CallLog(callLog, 2)) {
            CallLog[] calls = {single, one, two};
            for (MateFiles together : MateFiles.of(files)) {
                if (together.second() != null) {
                    pair(together, calls, outputs);
                } else if (together.first().interleaved()) {
                    interleaved(together.first(), calls, outputs);
                } else {
                    alone(together.first(), calls, outputs);
                }
            }
        }
        for (OriginalOutput output : outputs) {
            output.finish();
        }
    }

    private static void give(OriginalRecord record, OriginalRecord mate, List<? extends OriginalOutput> outputs)
            throws IOException {
        for (OriginalOutput output : outputs) {
            output.accept(record, mate);
        }
    }

    /** In file order; neighbours that are mates 1 and 2 of one name, as in a BAM file by name, go together. */
    private static void alone(InputFile file, CallLog[] calls, List<? extends OriginalOutput> outputs)
            throws IOException {
        try (OriginalFile records = new OriginalFile(file, calls)) {
            OriginalRecord record = records.next();
            while (record != null) {
                OriginalRecord next = records.next();
                boolean pair = next != null
                        && record.mate() == 1
                        && next.mate() == 2
                        && record.header().readId().equals(next.header().readId());
                give(record, pair ? next : null, outputs);
                record = pair ? records.next() : next;
            }
        }
    }

    private static void interleaved(InputFile file, CallLog[] calls, List<? extends OriginalOutput> outputs)
            throws IOException {
        MateJoin<OriginalRecord> join = new MateJoin<>(new Given(outputs));
        try (OriginalFile records = new OriginalFile(file, calls)) {
            while (put(records, join)) {
                continue;
            }
        }
        join.end();
    }

    private static void pair(MateFiles files, CallLog[] calls, List<? extends OriginalOutput> outputs)
            throws IOException {
        MateJoin<OriginalRecord> join = new MateJoin<>(new Given(outputs));
        MateNames names = MateFilesReader.names(files);
        try (OriginalFile firsts = new OriginalFile(files.first(), calls, names, 0);
                OriginalFile seconds = new OriginalFile(files.second(), calls, names, 1)) {
            boolean more = true;
            while (more) {
                more = put(firsts, join);
                more |= put(seconds, join);
            }
        }
        join.end();
    }

    /** False at the end of the file. */
    private static boolean put(OriginalFile records, MateJoin<OriginalRecord> join) throws IOException {
        OriginalRecord record = records.next();
        if (record != null) {
            join.put(record.mate(), record.header().readId(), record);
        }
        return record != null;
    }

    private record Given(List<? extends OriginalOutput> outputs) implements MateJoin.Found<OriginalRecord> {
        @Override
        public void pair(OriginalRecord first, OriginalRecord second, boolean inStep) throws IOException {
            give(first, second, outputs);
        }

        @Override
        public void alone(OriginalRecord read) throws IOException {
            give(read, null, outputs);
        }
    }
}
