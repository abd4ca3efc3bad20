package io.kmerflow.files.original;

import io.kmerflow.files.mates.MateJoin;
import io.kmerflow.files.read.InputFile;
import io.kmerflow.files.read.MateFiles;
import io.kmerflow.files.read.MateFilesReader;
import io.kmerflow.files.read.ReadFiles;
import io.kmerflow.files.write.CallLog;
import io.kmerflow.files.write.OutputFile;
import io.kmerflow.files.write.RefusedOutputException;
import io.kmerflow.files.write.RunOutputs;
import io.kmerflow.sequence.file.MateNames;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Reads the input files once more and hands every record, with its call, to outputs that need it as it was. Mates of reads
 * in text, of two files or of one, go together ({@link MateJoin}); so the order of the outputs is that in which fragments
 * are complete. Records of a file of alignments keep their order, and each comes with what was said of its mate, wherever
 * that stands ({@link FragmentSplit}).
 */
public final class SecondPass {
    private final List<InputFile> files;
    private final List<OutputFile> callLog;
    private final AlignmentHeaders headers;

    /**
     * Looks at the files.
     *
     * @param files as the job will read them
     * @param callLog files of the log the job will write
     * @param alignments whether there will be outputs of alignments
     * @throws RefusedOutputException if a file can be read only once, or files of alignments do not fit together
     */
    public SecondPass(List<InputFile> files, List<OutputFile> callLog, boolean alignments) throws IOException {
        for (InputFile file : files) {
            if (ReadFiles.isReadOnce(file.path())) {
                boolean standardInput = file.path().equals(InputFile.STANDARD_INPUT);
                throw new RefusedOutputException(String.format(
                        Locale.ROOT,
                        "Expected files that can be read twice with --split-output, --report or BAM output, got %s",
                        standardInput ? "standard input" : "a pipe at " + file.path()));
            }
        }
        this.files = List.copyOf(files);
        this.callLog = List.copyOf(callLog);
        this.headers = alignments ? AlignmentHeaders.of(files) : AlignmentHeaders.of(List.of());
    }

    /** BAM of all records. */
    public OriginalOutput bam(OutputFile file, String model, String modelDigest) {
        return new BamOutput(file, headers, model, modelDigest);
    }

    /** Records by label. */
    public SplitOutput split(Path folder, SplitNames names, RunOutputs outputs) {
        return new SplitOutput(folder, names, headers, outputs);
    }

    /** Runs over all files. */
    public void run(List<? extends OriginalOutput> outputs) throws IOException {
        List<CallLog> opened = new ArrayList<>();
        try {
            for (OutputFile log : callLog) {
                opened.add(new CallLog(log));
            }
            CallLog[] calls = opened.toArray(CallLog[]::new);
            for (MateFiles together : MateFiles.of(files)) {
                if (together.second() != null) {
                    pair(together, calls, outputs);
                } else if (ReadFiles.isAlignments(together.first().path())) {
                    alignments(together.first(), calls, outputs);
                } else if (together.first().interleaved()) {
                    interleaved(together.first(), calls, outputs);
                } else {
                    alone(together.first(), calls, outputs);
                }
            }
            for (OriginalOutput output : outputs) {
                output.finish();
            }
        } finally {
            for (CallLog log : opened) {
                log.close();
            }
            for (OriginalOutput output : outputs) {
                output.close();
            }
        }
    }

    private static void give(OriginalRecord record, OriginalRecord mate, List<? extends OriginalOutput> outputs)
            throws IOException {
        for (OriginalOutput output : outputs) {
            output.accept(record, mate);
        }
    }

    /** In file order; neighbours that are mates 1 and 2 of one name go together. */
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

    /** In file order, each record beside what was said of its mate. */
    private void alignments(InputFile file, CallLog[] calls, List<? extends OriginalOutput> outputs)
            throws IOException {
        try (FragmentSplit mates = mates(file, calls);
                OriginalFile records = new OriginalFile(file, calls)) {
            long index = 0;
            for (OriginalRecord record = records.next(); record != null; record = records.next()) {
                give(mates == null ? record : record.with(mates.mateOf(index)), null, outputs);
                index++;
            }
        }
    }

    /** Null if no read of a pair was annotated from here on. */
    private FragmentSplit mates(InputFile file, CallLog[] calls) throws IOException {
        if (calls[1].peek() == null && calls[2].peek() == null) {
            return null;
        }
        CallLog[] forks = new CallLog[calls.length];
        try {
            for (int mate = 0; mate < calls.length; mate++) {
                forks[mate] = calls[mate].fork();
            }
            try (OriginalFile records = new OriginalFile(file, forks)) {
                return FragmentSplit.of(records, callLog.get(0).temporary().getParent());
            }
        } finally {
            for (CallLog fork : forks) {
                if (fork != null) {
                    fork.close();
                }
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
