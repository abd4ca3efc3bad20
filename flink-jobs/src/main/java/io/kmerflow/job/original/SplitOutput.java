package io.kmerflow.job.original;

import io.kmerflow.job.sink.CallLog;
import io.kmerflow.job.sink.OutputFile;
import io.kmerflow.job.sink.ReadNames;
import io.kmerflow.schema.AnnotationStatus;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * Original records, byte for byte, in a file per label: {@code LABEL.fastq.gz}, for mates {@code LABEL.R1.fastq.gz} and
 * {@code LABEL.R2.fastq.gz} in step, {@code .fasta.gz} for FASTA. Reads without a call go by their status
 * ({@code uncalled}, {@code too_short}, ...), records that became dead letters to {@code dead_letter}.
 *
 * <p>Mates stay together: both go to the label that both have, or that one has; where they have different ones, to that of
 * the higher score.
 */
public final class SplitOutput implements OriginalOutput {
    private static final String DEAD_LETTER = "dead_letter";

    private final Path folder;
    private final Map<String, OutputFile> files = new LinkedHashMap<>();
    private final Map<String, OutputStream> streams = new LinkedHashMap<>();
    private final Map<String, Long> records = new TreeMap<>();

    /** @param folder of the files */
    public SplitOutput(Path folder) {
        this.folder = folder;
    }

    @Override
    public void accept(OriginalRecord record, OriginalRecord mate) throws IOException {
        String group = mate == null ? group(record.call()) : group(record.call(), mate.call());
        write(record, group);
        if (mate != null) {
            write(mate, group);
        }
    }

    private static String group(CallLog.Entry one, CallLog.Entry two) {
        boolean oneCalled = called(one);
        boolean twoCalled = called(two);
        if (oneCalled && twoCalled) {
            return group(one.score() >= two.score() ? one : two);
        }
        return group(twoCalled || one == null && two != null ? two : one);
    }

    private static boolean called(CallLog.Entry entry) {
        return entry != null && entry.status() == AnnotationStatus.SCORED && entry.label() != null;
    }

    private static String group(CallLog.Entry entry) {
        if (entry == null) {
            return DEAD_LETTER;
        }
        return called(entry) ? entry.label() : entry.status().name().toLowerCase(Locale.ROOT);
    }

    private void write(OriginalRecord record, String group) throws IOException {
        String name = ReadNames.inFileName(group)
                + (record.mate() == 0 ? "" : ".R" + record.mate())
                + (record.hasQualities() ? ".fastq.gz" : ".fasta.gz");
        OutputStream out = streams.get(name);
        if (out == null) {
            OutputFile file = new OutputFile(folder.resolve(name).toString());
            out = file.open();
            files.put(name, file);
            streams.put(name, out);
        }
        out.write(record.raw());
        if (record.raw()[record.raw().length - 1] != '\n') {
            out.write('\n'); // the input's last line had no end; the next record must not join it
        }
        records.merge(name, 1L, Long::sum);
    }

    @Override
    public void finish() throws IOException {
        for (OutputStream stream : streams.values()) {
            stream.close();
        }
        for (OutputFile file : files.values()) {
            file.finish();
        }
    }

    /** Records of each file, by name. */
    public Map<String, Long> records() {
        return records;
    }
}
