package io.kmerflow.job.original;

import htsjdk.samtools.SAMFileWriter;
import htsjdk.samtools.SAMFileWriterFactory;
import htsjdk.samtools.SAMRecord;
import io.kmerflow.job.sink.CallLog;
import io.kmerflow.job.sink.OutputFile;
import io.kmerflow.job.sink.ReadNames;
import io.kmerflow.schema.AnnotationStatus;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * Original records, byte for byte, in a file per label: {@code LABEL.fastq.gz}, for mates {@code LABEL.R1.fastq.gz} and
 * {@code LABEL.R2.fastq.gz} in step and {@code LABEL.unpaired.fastq.gz} for those that lost their mate, {@code .fasta.gz}
 * for FASTA. Records of SAM, BAM and CRAM go to {@code LABEL.bam} with their header, alignment and tags. Reads without a call go by their status
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
    private final Map<String, SAMFileWriter> writers = new LinkedHashMap<>();
    private final Map<String, Long> records = new TreeMap<>();

    /** @param folder of the files */
    public SplitOutput(Path folder) {
        this.folder = folder;
    }

    @Override
    public void accept(OriginalRecord record, OriginalRecord mate) throws IOException {
        String group = mate == null ? group(record.call()) : group(record.call(), mate.call());
        write(record, group, mate == null && record.pairExpected());
        if (mate != null) {
            write(mate, group, false);
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

    private void write(OriginalRecord record, String group, boolean lostMate) throws IOException {
        if (record.sam() != null) {
            write(record.sam(), ReadNames.inFileName(group) + ".bam");
            return;
        }
        String ordinal = lostMate ? ".unpaired" : record.mate() == 0 ? "" : ".R" + record.mate();
        String name = ReadNames.inFileName(group) + ordinal + (record.hasQualities() ? ".fastq.gz" : ".fasta.gz");
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

    private void write(SAMRecord record, String name) throws IOException {
        SAMFileWriter writer = writers.get(name);
        if (writer == null) {
            OutputFile file = new OutputFile(folder.resolve(name).toString());
            Files.createDirectories(file.temporary().toAbsolutePath().getParent());
            writer = new SAMFileWriterFactory()
                    .setCreateIndex(false)
                    .makeBAMWriter(record.getHeader(), true, file.temporary());
            files.put(name, file);
            writers.put(name, writer);
        }
        writer.addAlignment(record);
        records.merge(name, 1L, Long::sum);
    }

    @Override
    public void finish() throws IOException {
        writers.values().forEach(SAMFileWriter::close);
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
