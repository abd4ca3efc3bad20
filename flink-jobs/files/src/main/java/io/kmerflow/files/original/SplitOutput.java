package io.kmerflow.files.original;

import htsjdk.samtools.SAMFileWriter;
import htsjdk.samtools.SAMFileWriterFactory;
import htsjdk.samtools.SAMRecord;
import htsjdk.samtools.util.RuntimeIOException;
import io.kmerflow.files.write.CallLog;
import io.kmerflow.files.write.OutputFile;
import io.kmerflow.files.write.RunOutputs;
import io.kmerflow.schema.AnnotationStatus;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * Original records, byte for byte, in a file per label: {@code LABEL.fastq.gz}, for mates {@code LABEL.R1.fastq.gz} and
 * {@code LABEL.R2.fastq.gz} in step and {@code LABEL.unpaired.fastq.gz} for those that lost their mate, {@code .fasta.gz}
 * for FASTA. Records of SAM, BAM and CRAM go to {@code LABEL.bam} with their header, alignment and tags. Reads without a call go by their status
 * ({@code uncalled}, {@code too_short}, ...), records that became dead letters to {@code dead_letter} ({@link SplitNames}).
 *
 * <p>Mates stay together: both go to the label that both have, or that one has; where they have different ones, to that of
 * the higher score.
 */
public final class SplitOutput implements OriginalOutput {
    private final Path folder;
    private final SplitNames names;
    private final AlignmentHeaders headers;
    private final RunOutputs outputs;
    private final BamRows rowNames = new BamRows();
    private final Map<String, OutputStream> streams = new LinkedHashMap<>();
    private final Map<String, SAMFileWriter> writers = new LinkedHashMap<>();
    private final Map<String, Long> records = new TreeMap<>();

    /**
     * @param folder of the files
     * @param names of the files
     * @param headers of the inputs
     * @param outputs gets the files, which it names when the run has succeeded
     */
    SplitOutput(Path folder, SplitNames names, AlignmentHeaders headers, RunOutputs outputs) {
        this.folder = folder;
        this.names = names;
        this.headers = headers;
        this.outputs = outputs;
    }

    @Override
    public void accept(OriginalRecord record, OriginalRecord mate) throws IOException {
        String group;
        if (mate != null) {
            group = group(record.call(), mate.call());
        } else if (record.elsewhere() != null) {
            CallLog.Entry other = record.elsewhere().call();
            group = record.mate() == 1 ? group(record.call(), other) : group(other, record.call());
        } else {
            group = group(record.call());
        }
        write(record, group, mate == null && record.pairExpected());
        if (mate != null) {
            write(mate, group, false);
        }
    }

    private String group(CallLog.Entry one, CallLog.Entry two) {
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

    private String group(CallLog.Entry entry) {
        if (entry == null) {
            return SplitNames.ofDeadLetters();
        }
        return called(entry) ? names.ofLabel(entry.label()) : SplitNames.of(entry.status());
    }

    private void write(OriginalRecord record, String group, boolean lostMate) throws IOException {
        if (record.sam() != null) {
            writeRow(record, group + ".bam");
            return;
        }
        String ordinal = lostMate ? ".unpaired" : record.mate() == 0 ? "" : ".R" + record.mate();
        String name = group + ordinal + (record.hasQualities() ? ".fastq.gz" : ".fasta.gz");
        OutputStream out = streams.get(name);
        if (out == null) {
            out = outputs.add(file(name)).open();
            streams.put(name, out);
        }
        out.write(record.raw());
        if (record.raw()[record.raw().length - 1] != '\n') {
            out.write('\n'); // the input's last line had no end; the next record must not join it
        }
        records.merge(name, 1L, Long::sum);
    }

    private OutputFile file(String name) {
        return new OutputFile(folder.resolve(name).toString());
    }

    private void writeRow(OriginalRecord record, String name) throws IOException {
        SAMFileWriter writer = writers.get(name);
        if (writer == null) {
            OutputStream out = outputs.add(file(name)).openBytes();
            writer = new SAMFileWriterFactory().setCreateIndex(false).makeBAMWriter(headers.header(), true, out);
            writers.put(name, writer);
        }
        SAMRecord row = headers.under(writer.getFileHeader(), record);
        rowNames.name(row, row.getReadName());
        writer.addAlignment(row);
        records.merge(name, 1L, Long::sum);
    }

    @Override
    public void finish() throws IOException {
        close();
    }

    @Override
    public void close() throws IOException {
        IOException failure = null;
        for (SAMFileWriter writer : writers.values()) {
            try {
                writer.close();
            } catch (RuntimeIOException e) {
                failure = failure == null ? new IOException(e.getMessage(), e) : failure;
            }
        }
        for (OutputStream stream : streams.values()) {
            try {
                stream.close();
            } catch (IOException e) {
                failure = failure == null ? e : failure;
            }
        }
        writers.clear();
        streams.clear();
        if (failure != null) {
            throw failure;
        }
    }

    @Override
    public List<String> notes() {
        return rowNames.changed() == 0
                ? List.of()
                : List.of(String.format(
                        Locale.ROOT,
                        "%d read names in %s are not as they were: BAM holds 254 printed ASCII characters; tag %s has the whole name",
                        rowNames.changed(),
                        folder,
                        BamRows.NAME_AS_IT_WAS));
    }

    /** Records of each file, by name. */
    public Map<String, Long> records() {
        return records;
    }
}
