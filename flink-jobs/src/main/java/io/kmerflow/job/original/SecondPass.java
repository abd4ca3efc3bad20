package io.kmerflow.job.original;

import io.kmerflow.job.ingest.InputFile;
import io.kmerflow.job.sink.CallLog;
import java.io.IOException;
import java.util.List;

/**
 * Reads the input files once more and hands every record, with its call, to outputs that need it as it was. Files of
 * mates are read side by side; where their names part ways, the rest of both files goes on as reads alone.
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
            if (file.path().equals(InputFile.STANDARD_INPUT)) {
                throw new IllegalArgumentException(
                        "Expected files that can be read twice for original records, BAM or a report, got standard input");
            }
        }
        this.files = List.copyOf(files);
        this.callLog = callLog;
    }

    /**
     * Runs over all files.
     *
     * @return pairs of files whose names part ways, in words
     */
    public List<String> run(List<? extends OriginalOutput> outputs) throws IOException {
        List<InputFile> first = files.stream().filter(file -> file.mate() != 2).toList();
        List<InputFile> second = files.stream().filter(file -> file.mate() == 2).toList();
        java.util.ArrayList<String> partings = new java.util.ArrayList<>();
        try (CallLog single = new CallLog(callLog, 0);
                CallLog one = new CallLog(callLog, 1);
                CallLog two = new CallLog(callLog, 2)) {
            CallLog[] calls = {single, one, two};
            for (int i = 0; i < first.size(); i++) {
                if (i < second.size()) {
                    String parting = pair(first.get(i), second.get(i), calls, outputs);
                    if (parting != null) {
                        partings.add(parting);
                    }
                } else {
                    alone(first.get(i), calls, outputs);
                }
            }
        }
        for (OriginalOutput output : outputs) {
            output.finish();
        }
        return partings;
    }

    private static void alone(InputFile file, CallLog[] calls, List<? extends OriginalOutput> outputs)
            throws IOException {
        try (OriginalFile records = new OriginalFile(file, calls)) {
            rest(null, records, outputs);
        }
    }

    private static void rest(OriginalRecord pending, OriginalFile records, List<? extends OriginalOutput> outputs)
            throws IOException {
        for (OriginalRecord record = pending == null ? records.next() : pending;
                record != null;
                record = records.next()) {
            for (OriginalOutput output : outputs) {
                output.accept(record, null);
            }
        }
    }

    private static String pair(InputFile one, InputFile two, CallLog[] calls, List<? extends OriginalOutput> outputs)
            throws IOException {
        try (OriginalFile firsts = new OriginalFile(one, calls);
                OriginalFile seconds = new OriginalFile(two, calls)) {
            OriginalRecord first = firsts.next();
            OriginalRecord second = seconds.next();
            while (first != null
                    && second != null
                    && first.header().readId().equals(second.header().readId())) {
                for (OriginalOutput output : outputs) {
                    output.accept(first, second);
                }
                first = firsts.next();
                second = seconds.next();
            }
            String parting = first == null && second == null
                    ? null
                    : "%s and %s part ways at %s and %s; from there on each mate stands alone"
                            .formatted(one.path(), two.path(), name(first), name(second));
            if (first != null) {
                rest(first, firsts, outputs);
            }
            if (second != null) {
                rest(second, seconds, outputs);
            }
            return parting;
        }
    }

    private static String name(OriginalRecord record) {
        return record == null ? "the end" : "read " + record.header().readId();
    }
}
