package io.kmerflow.files.read;

import static org.assertj.core.api.Assertions.assertThat;

import htsjdk.samtools.SAMFileHeader;
import htsjdk.samtools.SAMFileWriter;
import htsjdk.samtools.SAMFileWriterFactory;
import htsjdk.samtools.SAMReadGroupRecord;
import htsjdk.samtools.SAMRecord;
import htsjdk.samtools.SAMSequenceRecord;
import htsjdk.samtools.reference.FastaSequenceIndexCreator;
import io.kmerflow.sequence.QualityEncoding;
import io.kmerflow.sequence.file.ReadHeader;
import io.kmerflow.sequence.file.SequenceItem;
import io.kmerflow.sequence.file.SequenceItem.Failure;
import io.kmerflow.sequence.file.SequenceItem.Parsed;
import io.kmerflow.sequence.file.SequenceItem.Reason;
import io.kmerflow.sequence.file.SequenceReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AlignmentReaderTest {
    private static final String GENOME = "ACGTTGCAACGGATCATTAGCCATAGGACTTACGGA";

    @TempDir
    Path folder;

    private static SAMFileHeader header() {
        SAMFileHeader header = new SAMFileHeader();
        header.addSequence(new SAMSequenceRecord("c", GENOME.length()));
        SAMReadGroupRecord group = new SAMReadGroupRecord("g1");
        group.setSample("sample-1");
        group.setPlatform("ONT");
        group.setDescription("basecall_model=dna_r10@v5 runid=run77");
        header.addReadGroup(group);
        return header;
    }

    private static SAMRecord row(SAMFileHeader header, String name, int flags, int start, int bases) {
        SAMRecord row = new SAMRecord(header);
        row.setReadName(name);
        row.setFlags(flags);
        row.setReadBases(GENOME.substring(start, start + bases).getBytes(StandardCharsets.US_ASCII));
        byte[] qualities = new byte[bases];
        for (int i = 0; i < bases; i++) {
            qualities[i] = (byte) (10 + i);
        }
        row.setBaseQualities(qualities);
        row.setAttribute("RG", "g1");
        if ((flags & 4) == 0) {
            row.setReferenceName("c");
            row.setAlignmentStart(start + 1);
            row.setCigarString(bases + "M");
            row.setMappingQuality(60);
        }
        return row;
    }

    private Path write(String name) throws IOException {
        SAMFileHeader header = header();
        Path fasta = Files.writeString(folder.resolve("ref.fa"), ">c\n" + GENOME + "\n");
        FastaSequenceIndexCreator.create(fasta, true);
        Path file = folder.resolve(name);
        try (SAMFileWriter writer = new SAMFileWriterFactory().makeWriter(header, true, file, fasta)) {
            SAMRecord plain = row(header, "plain", 4, 0, 10);
            plain.setAttribute("ch", 305);
            plain.setAttribute("st", "2024-05-01T10:00:00.5+00:00");
            plain.setAttribute("BC", "barcode07");
            plain.setAttribute("qs", 12.5f);
            plain.setAttribute("MM", "C+m,1;");
            writer.addAlignment(plain);
            writer.addAlignment(row(header, "turned", 0x10, 5, 8));
            writer.addAlignment(row(header, "plain", 0x100, 2, 8));
            writer.addAlignment(row(header, "split", 0x800, 2, 8));
            writer.addAlignment(row(header, "failed", 4 | 0x200, 3, 6));
            writer.addAlignment(row(header, "pair", 1 | 4 | 8 | 0x40, 4, 6));
            writer.addAlignment(row(header, "pair", 1 | 4 | 8 | 0x80, 6, 6));
        }
        return file;
    }

    private List<SequenceItem> read(Path file) throws IOException {
        assertThat(ReadFiles.isAlignments(file.toString())).isTrue();
        List<SequenceItem> items = new ArrayList<>();
        try (SequenceReader reader =
                new AlignmentReader(Files.newInputStream(file), file.toString(), folder.resolve("ref.fa"))) {
            for (SequenceItem item = reader.next(); item != null; item = reader.next()) {
                items.add(item);
            }
        }
        return items;
    }

    @ParameterizedTest
    @ValueSource(strings = {"a.sam", "a.bam", "a.cram"})
    void readsComeAsSequencedWithTheirFields(String name) throws Exception {
        List<SequenceItem> items = read(write(name));
        assertThat(items).hasSize(7);
        Parsed plain = (Parsed) items.get(0);
        assertThat(new String(plain.bases(), StandardCharsets.US_ASCII)).isEqualTo(GENOME.substring(0, 10));
        assertThat(plain.phredQualities()).startsWith(10, 11, 12).hasSize(10);
        ReadHeader header = plain.readHeader();
        assertThat(header.readId()).isEqualTo("plain");
        assertThat(header.runId()).isEqualTo("run77");
        assertThat(header.sampleId()).isEqualTo("sample-1");
        assertThat(header.platform()).isEqualTo("OXFORD_NANOPORE");
        assertThat(header.basecallerModel()).isEqualTo("dna_r10@v5");
        assertThat(header.channel()).isEqualTo(305);
        assertThat(header.barcodeName()).isEqualTo("barcode07");
        assertThat(header.startTimeMillis()).isEqualTo(1714557600500L);
        assertThat(header.attributes()).containsEntry("qs", "12.5").doesNotContainKey("MM");
        Parsed turned = (Parsed) items.get(1);
        assertThat(new String(turned.bases(), StandardCharsets.US_ASCII)).isEqualTo("TCCGTTGC");
        assertThat(turned.phredQualities()).containsExactly(17, 16, 15, 14, 13, 12, 11, 10);
        for (int i : new int[] {2, 3}) {
            assertThat(((Failure) items.get(i)).reason()).isEqualTo(Reason.NOT_PRIMARY);
        }
        assertThat(((Parsed) items.get(4)).readHeader().filtered()).isTrue();
        assertThat(((Parsed) items.get(5)).readHeader().mate()).isEqualTo(1);
        assertThat(((Parsed) items.get(6)).readHeader().mate()).isEqualTo(2);
    }

    @Test
    void aCutBamIsReportedAfterItsGoodRecords() throws Exception {
        Path whole = write("whole.bam");
        byte[] bytes = Files.readAllBytes(whole);
        Path noEnd = Files.write(folder.resolve("no-end.bam"), Arrays.copyOf(bytes, bytes.length - 28));
        List<SequenceItem> items = read(noEnd);
        assertThat(items).hasSize(8);
        assertThat(((Failure) items.get(7)).reason()).isEqualTo(Reason.TRUNCATED_GZIP);
        Path cut = Files.write(folder.resolve("cut.bam"), Arrays.copyOf(bytes, bytes.length - 60));
        List<SequenceItem> left = read(cut);
        Failure last = (Failure) left.get(left.size() - 1);
        assertThat(last.reason()).as(last.message()).isEqualTo(Reason.TRUNCATED_GZIP);
    }

    @Test
    void fastqAndBgzippedFastqAreNoAlignments() throws Exception {
        Path fastq = Files.writeString(folder.resolve("a.fastq"), "@SQ r1\nACGT\n+\nIIII\n");
        assertThat(ReadFiles.isAlignments(fastq.toString())).isFalse();
        Path bgzip = folder.resolve("a.fastq.gz");
        try (htsjdk.samtools.util.BlockCompressedOutputStream out =
                new htsjdk.samtools.util.BlockCompressedOutputStream(bgzip.toFile())) {
            out.write(Files.readAllBytes(fastq));
        }
        assertThat(ReadFiles.isAlignments(bgzip.toString())).isFalse();
    }

    @Test
    void placesInARunFolderNameBarcodeAndRun() {
        String path = "/data/run_FAK72834/fastq_pass/barcode07/reads.fastq.gz";
        assertThat(RunFolderNames.barcode(path)).isEqualTo("barcode07");
        assertThat(RunFolderNames.run(path)).isEqualTo("run_FAK72834");
        assertThat(RunFolderNames.run("x/FAK72834_pass_barcode07_1f3e5a7c_0.fastq"))
                .isEqualTo("1f3e5a7c");
        assertThat(RunFolderNames.barcode("/barcode01/fastq_pass/a.fastq")).isNull();
        assertThat(RunFolderNames.run("reads/a.fastq")).isNull();
    }

    @Test
    void aStreamIsReadAsTheFileAndItsCutIsSeen() throws Exception {
        Path bam = folder.resolve("s.bam");
        SAMFileHeader header = header();
        try (SAMFileWriter writer = new SAMFileWriterFactory().makeBAMWriter(header, true, bam)) {
            writer.addAlignment(row(header, "r1", 0, 2, 12));
            writer.addAlignment(row(header, "r2", 0x10, 3, 12));
        }
        byte[] whole = Files.readAllBytes(bam);

        assertThat(fromStream(whole)).containsExactly("r1", "r2");
        byte[] cut = Arrays.copyOf(whole, whole.length - 28);
        assertThat(fromStream(cut)).containsExactly("r1", "r2", "TRUNCATED_GZIP");
        assertThat(fromStream("r1\t4\t*\t0\t0\t*\t*\t0\t0\tACGT\tIIII\n".getBytes(StandardCharsets.US_ASCII)))
                .containsExactly("r1");
        assertThat(fromStream("@r1\nACGT\n+\nIIII\n".getBytes(StandardCharsets.US_ASCII)))
                .containsExactly("not alignments");
    }

    private static List<String> fromStream(byte[] bytes) throws IOException {
        List<String> found = new ArrayList<>();
        try (SequenceReader reader = ReadFiles.open(new ByteArrayInputStream(bytes), "-", QualityEncoding.PHRED33)) {
            if (!(reader instanceof AlignmentReader)) {
                return List.of("not alignments");
            }
            for (SequenceItem item = reader.next(); item != null; item = reader.next()) {
                found.add(
                        item instanceof Parsed parsed
                                ? parsed.readHeader().readId()
                                : ((Failure) item).reason().name());
            }
        }
        return found;
    }

    private ReadHeader headerOf(SAMRecord row) throws IOException {
        Path file = folder.resolve("one.bam");
        try (SAMFileWriter writer = new SAMFileWriterFactory().makeBAMWriter(row.getHeader(), true, file)) {
            writer.addAlignment(row);
        }
        try (SequenceReader reader = ReadFiles.open(file.toString(), QualityEncoding.PHRED33)) {
            return ((Parsed) reader.next()).readHeader();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"ACGTN", "ACGT-TTGA", "acgtACGT", "ACGT+TGCA", "ACGT_TGCA", "N"})
    void anIndexSequenceIsNoBarcodeName(String index) throws IOException {
        SAMRecord row = row(header(), "r", 4, 0, 10);
        row.setAttribute("BC", index);
        assertThat(headerOf(row).indexSequence()).isEqualTo(index);
        assertThat(headerOf(row).barcodeName()).isNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"barcode07", "SQK-NBD114-24_barcode03", "unclassified", "A1"})
    void aBarcodeNameIsNoIndexSequence(String barcode) throws IOException {
        SAMRecord row = row(header(), "r", 4, 0, 10);
        row.setAttribute("BC", barcode);
        assertThat(headerOf(row).barcodeName()).isEqualTo(barcode);
        assertThat(headerOf(row).indexSequence()).isNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"transcript/1", "transcript/2", "read/1", "ERR1.7.1", "M1:7:1:1:1#ACGT/1"})
    void aNameIsOpaqueAndFlagsAloneTellMates(String name) throws IOException {
        for (int flags : new int[] {4, 5, 4 + 1 + 64, 4 + 1 + 128, 4 + 1 + 64 + 128, 4 + 64}) {
            ReadHeader read = headerOf(row(header(), name, flags, 0, 10));
            assertThat(read.readId()).isEqualTo(name);
            assertThat(read.mate()).as("flags %d", flags).isEqualTo(flags == 69 ? 1 : flags == 133 ? 2 : 0);
        }
    }

    @Test
    void aBlankFieldOfAReadGroupIsAbsent() throws IOException {
        SAMFileHeader header = header();
        header.getReadGroup("g1").setSample(" ");
        header.getReadGroup("g1").setPlatform(" ");
        header.getReadGroup("g1").setDescription(null);
        header.getReadGroup("g1").setPlatformUnit(" ");
        ReadHeader read = headerOf(row(header, "r", 4, 0, 10));
        assertThat(read.sampleId()).isNull();
        assertThat(read.platform()).isNull();
        assertThat(read.runId()).isNull();
    }
}
