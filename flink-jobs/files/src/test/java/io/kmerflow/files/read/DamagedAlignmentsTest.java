package io.kmerflow.files.read;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import htsjdk.samtools.CRAMFileWriter;
import htsjdk.samtools.SAMFileHeader;
import htsjdk.samtools.SAMRecord;
import htsjdk.samtools.cram.ref.ReferenceSource;
import htsjdk.samtools.util.BlockCompressedOutputStream;
import io.kmerflow.sequence.QualityEncoding;
import io.kmerflow.sequence.file.DamagedStreamException;
import io.kmerflow.sequence.file.SequenceItem;
import io.kmerflow.sequence.file.SequenceItem.Failure;
import io.kmerflow.sequence.file.SequenceItem.Parsed;
import io.kmerflow.sequence.file.SequenceItem.Reason;
import io.kmerflow.sequence.file.SequenceReader;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Files of a few hundred bytes that state lengths of hundreds of megabytes, and files that are cut. */
class DamagedAlignmentsTest {
    private static final String SAM = "r\t4\t*\t0\t0\t*\t*\t0\t0\tACGT\tIIII\n";
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private static final long FEW_BYTES = 64 << 20;
    private static final int HUGE = 700_000_000; // more than a section may have
    private static final int LARGE = 100_000_000; // no more than one may have, but no bytes of it are there

    /** What stands in the blocks of a BAM file, written field by field. */
    private static final class Bam {
        private final ByteBuffer bytes = ByteBuffer.allocate(1 << 12).order(ByteOrder.LITTLE_ENDIAN);

        Bam text(String text) {
            bytes.put(ascii("BAM\1"));
            bytes.putInt(text.length()).put(ascii(text));
            return this;
        }

        Bam header() {
            return text("@HD\tVN:1.6\n").ints(1, 2).raw("c\0").ints(1_000);
        }

        Bam ints(int... numbers) {
            for (int number : numbers) {
                bytes.putInt(number);
            }
            return this;
        }

        Bam raw(String text) {
            bytes.put(ascii(text));
            return this;
        }

        /** A record of four bases of that name. */
        Bam read(String name, String tags) {
            return record(name.length() + 1, 0, 4, name + "\0" + "\022\044" + "\5\5\5\5" + tags);
        }

        Bam record(int nameBytes, int cigarOperations, int bases, String rest) {
            return record(32 + rest.length(), nameBytes, cigarOperations, bases, rest);
        }

        Bam record(int size, int nameBytes, int cigarOperations, int bases, String rest) {
            bytes.putInt(size).putInt(-1).putInt(-1);
            bytes.put((byte) nameBytes).put((byte) 0).putShort((short) 0);
            bytes.putShort((short) cigarOperations).putShort((short) 4);
            bytes.putInt(bases).putInt(-1).putInt(-1).putInt(0);
            bytes.put(ascii(rest));
            return this;
        }

        byte[] plain() {
            return Arrays.copyOf(bytes.array(), bytes.position());
        }

        byte[] file() throws IOException {
            ByteArrayOutputStream file = new ByteArrayOutputStream();
            try (BlockCompressedOutputStream out = new BlockCompressedOutputStream(file, (File) null)) {
                out.write(plain());
            }
            return file.toByteArray();
        }

        private static byte[] ascii(String text) {
            return text.getBytes(StandardCharsets.ISO_8859_1);
        }
    }

    private static String arrayTag(int elements) {
        byte[] count = ByteBuffer.allocate(4)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(elements)
                .array();
        return "mvBI" + new String(count, StandardCharsets.ISO_8859_1);
    }

    private static List<SequenceItem> items(InputStream file) throws IOException {
        List<SequenceItem> items = new ArrayList<>();
        try (AlignmentReader reader = new AlignmentReader(file, "in", null)) {
            for (SequenceItem item = reader.next(); item != null; item = reader.next()) {
                items.add(item);
                assertThat(item.position().record()).isEqualTo(items.size());
            }
            assertThat(reader.next()).isNull();
        }
        return items;
    }

    private static List<String> names(byte[] file) throws IOException {
        return items(new ByteArrayInputStream(file)).stream()
                .map(item -> item instanceof Parsed read
                        ? read.header()
                        : ((Failure) item).reason().name())
                .toList();
    }

    private static Arguments broken(Bam bam, Reason reason, String message) {
        return Arguments.of(message, bam, reason);
    }

    static Stream<Arguments> bamsThatStateTooMuch() {
        return Stream.of(
                broken(
                        new Bam().raw("BAM\1").ints(HUGE).raw("@HD\tVN:1.6\n"),
                        Reason.DAMAGED_COMPRESSION,
                        "number of header text from 0 to 268435456, got 700000000"),
                broken(
                        new Bam().raw("BAM\1").ints(LARGE).raw("@HD\tVN:1.6\n"),
                        Reason.TRUNCATED_GZIP,
                        "100000000 bytes of the header text, the file ends after 11"),
                broken(new Bam().raw("BAM\1").ints(-1), Reason.DAMAGED_COMPRESSION, "got 4294967295"),
                broken(new Bam().raw("BAM\1").ints(0), Reason.TRUNCATED_GZIP, "4 bytes of the number of references"),
                broken(
                        new Bam().text("").ints(Integer.MAX_VALUE, 2).raw("c\0").ints(9),
                        Reason.DAMAGED_COMPRESSION,
                        "number of references from 0 to"),
                broken(
                        new Bam().text("").ints(20_000_000, 2).raw("c\0").ints(9),
                        Reason.TRUNCATED_GZIP,
                        "a reference's name, the file ends after 0"),
                broken(
                        new Bam().text("").ints(1, HUGE).raw("c\0"),
                        Reason.DAMAGED_COMPRESSION,
                        "reference's name from 1"),
                broken(new Bam().text("").ints(1, LARGE).raw("c\0"), Reason.TRUNCATED_GZIP, "the file ends after 2"),
                broken(new Bam().text("").ints(1, 0, 9), Reason.DAMAGED_COMPRESSION, "reference's name from 1"),
                broken(
                        new Bam()
                                .text("@SQ\tSN:c\tLN:8\n")
                                .ints(1, 2)
                                .raw("c\0")
                                .ints(9),
                        Reason.DAMAGED_COMPRESSION,
                        "the 1 references of the header text"),
                broken(
                        new Bam().text("@SQ\tSN:c\tLN:9\n").ints(0),
                        Reason.DAMAGED_COMPRESSION,
                        "list of references too, got 0"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("bamsThatStateTooMuch")
    void aHeaderThatStatesMoreThanIsThereIsOneFailure(String message, Bam bam, Reason reason) throws IOException {
        byte[] file = bam.file();
        long before = THREADS.getCurrentThreadAllocatedBytes();
        List<SequenceItem> items = items(new ByteArrayInputStream(file));
        assertThat(THREADS.getCurrentThreadAllocatedBytes() - before).isLessThan(FEW_BYTES);
        assertThat(items).hasSize(1);
        Failure failure = (Failure) items.get(0);
        assertThat(failure.message()).contains(message);
        assertThat(failure.reason()).isEqualTo(reason);
    }

    static Stream<Arguments> recordsThatStateTooMuch() {
        return Stream.of(
                broken(
                        new Bam().ints(HUGE),
                        Reason.DAMAGED_COMPRESSION,
                        "bytes of a record from 32 to 268435456, got 7"),
                broken(new Bam().record(LARGE, 2, 0, 4, "x\0"), Reason.TRUNCATED_GZIP, "the file ends after 34"),
                broken(new Bam().ints(31), Reason.DAMAGED_COMPRESSION, "from 32 to 268435456, got 31"),
                broken(new Bam().ints(-5), Reason.DAMAGED_COMPRESSION, "got 4294967291"),
                broken(new Bam().raw("\50\0"), Reason.TRUNCATED_GZIP, "the file ends after 2"),
                broken(
                        new Bam().record(2, 0, HUGE, "x\0"),
                        Reason.DAMAGED_COMPRESSION,
                        "0 CIGAR operations and 700000000 b"),
                broken(new Bam().record(2, 0, -4, "x\0"), Reason.DAMAGED_COMPRESSION, "and -4 bases"),
                broken(
                        new Bam().record(2, 0, Integer.MAX_VALUE, "x\0"),
                        Reason.DAMAGED_COMPRESSION,
                        "and 2147483647 bases"),
                broken(new Bam().record(2, 9, 0, "x\0"), Reason.DAMAGED_COMPRESSION, "9 CIGAR operations"),
                broken(new Bam().record(0, 0, 0, ""), Reason.DAMAGED_COMPRESSION, "a name of 0 bytes"),
                broken(new Bam().record(255, 0, 0, "x\0"), Reason.DAMAGED_COMPRESSION, "a name of 255 bytes"),
                broken(new Bam().read("x", arrayTag(HUGE)), Reason.DAMAGED_COMPRESSION, "ends 2800000000 bytes behind"),
                broken(new Bam().read("x", arrayTag(-1)), Reason.DAMAGED_COMPRESSION, "ends 17179869180 bytes behind"),
                broken(new Bam().read("x", "mvBI\1"), Reason.DAMAGED_COMPRESSION, "ends 3 bytes behind"),
                broken(new Bam().read("x", "RGZgroup"), Reason.DAMAGED_COMPRESSION, "ends 1 bytes behind"),
                broken(new Bam().read("x", "chi\1"), Reason.DAMAGED_COMPRESSION, "ends 3 bytes behind"),
                broken(new Bam().read("x", "ch"), Reason.DAMAGED_COMPRESSION, "ends 1 bytes behind"),
                broken(new Bam().read("x", "ch?\1"), Reason.DAMAGED_COMPRESSION, "got the type 63"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("recordsThatStateTooMuch")
    void aRecordThatStatesMoreThanIsThereEndsTheFileBehindThoseBefore(String message, Bam record, Reason reason)
            throws IOException {
        Bam bam = new Bam().header().read("good", "chi\1\0\0\0" + arrayTag(0) + "RGZg\0xxAb");
        bam.bytes.put(record.plain());
        byte[] file = bam.file();
        long before = THREADS.getCurrentThreadAllocatedBytes();
        List<SequenceItem> items = items(new ByteArrayInputStream(file));
        assertThat(THREADS.getCurrentThreadAllocatedBytes() - before).isLessThan(FEW_BYTES);
        assertThat(items).hasSize(2);
        assertThat(((Parsed) items.get(0)).header()).isEqualTo("good");
        assertThat(((Parsed) items.get(0)).readHeader().channel()).isEqualTo(1);
        Failure failure = (Failure) items.get(1);
        assertThat(failure.message()).contains(message);
        assertThat(failure.reason()).isEqualTo(reason);
    }

    @Test
    void aHeaderTextThatEndsInZerosIsReadUpToThem() throws IOException {
        Bam bam =
                new Bam().text("@HD\tVN:1.6\n@RG\tID:g\tSM:s\n\0\0\0\0").ints(0).read("r", "RGZg\0");
        SequenceItem item = items(new ByteArrayInputStream(bam.file())).get(0);
        assertThat(((Parsed) item).readHeader().sampleId()).isEqualTo("s");
    }

    @Test
    void aBamCutAnywhereIsTruncatedAndKeepsTheRecordsBefore() throws IOException {
        byte[] whole = new Bam().header().read("a", "").read("b", "").file();
        assertThat(names(whole)).containsExactly("a", "b");
        for (int bytes = 40; bytes < whole.length; bytes++) {
            List<String> names = names(Arrays.copyOf(whole, bytes));
            assertThat(names).as("%d of %d bytes", bytes, whole.length).endsWith("TRUNCATED_GZIP");
        }
    }

    @Test
    void aBamWithAFlippedBitIsDamaged() throws IOException {
        byte[] file = new Bam().header().read("a", "").read("b", "").file();
        file[60] ^= 0x10;
        assertThat(names(file)).last().isEqualTo("DAMAGED_GZIP");
    }

    @Test
    void aLineOfSamThatDoesNotEndIsDamageBehindTheRecordsBefore() throws IOException {
        String text = "@HD\tVN:1.6\r\n" + SAM + "x\t4\t*\t0\t0\t*\t*\t0\t0\t" + "A".repeat(200_000) + "\n" + SAM;
        try (SamTextRecords records = new SamTextRecords(new ByteArrayInputStream(Bam.ascii(text)), "in", 100_000)) {
            assertThat(records.next().getReadName()).isEqualTo("r");
            assertThatThrownBy(records::next)
                    .isInstanceOfSatisfying(
                            DamagedStreamException.class,
                            damage -> assertThat(damage.reason()).isEqualTo(Reason.MALFORMED_RECORD))
                    .hasMessage("Expected lines of at most 100000 bytes, got more");
        }
        assertThatThrownBy(() -> new SamTextRecords(
                        new ByteArrayInputStream(Bam.ascii("@CO\t" + "x".repeat(200_000) + "\n")), "in", 100_000))
                .isInstanceOf(DamagedStreamException.class);
    }

    /** A compressed file of 130 kB whose one line has 128 MiB. */
    @Test
    void theLongestLineIsRefusedBeforeItFillsTheHeap() throws IOException {
        ByteArrayOutputStream file = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(file)) {
            out.write(Bam.ascii("@HD\tVN:1.6\n" + SAM + "x\t4\t*\t0\t0\t*\t*\t0\t0\t"));
            byte[] bases = new byte[1 << 20];
            Arrays.fill(bases, (byte) 'A');
            for (int written = 0; written <= SamTextRecords.MAX_LINE_BYTES; written += bases.length) {
                out.write(bases);
            }
        }
        List<SequenceItem> items = new ArrayList<>();
        try (SequenceReader reader =
                ReadFiles.open(new ByteArrayInputStream(file.toByteArray()), "in", QualityEncoding.PHRED33)) {
            for (SequenceItem item = reader.next(); item != null; item = reader.next()) {
                items.add(item);
            }
        }
        assertThat(items).hasSize(2);
        assertThat(((Failure) items.get(1)).reason()).isEqualTo(Reason.MALFORMED_RECORD);
        assertThat(((Failure) items.get(1)).message()).contains("lines of at most 134217728 bytes");
    }

    @Test
    void aLineOfSamThatIsNoRecordIsPutAsideAlone() throws IOException {
        String text = SAM + "no record\n\n" + SAM + "r\t4\t*\t0\t0";
        List<SequenceItem> items = items(new ByteArrayInputStream(Bam.ascii(text)));
        assertThat(names(Bam.ascii(text))).containsExactly("r", "MALFORMED_RECORD", "r", "MALFORMED_RECORD");
        assertThat(((Failure) items.get(1)).message()).startsWith("Expected an alignment record, got: ");
    }

    @Test
    void aCutOfCompressedSamKeepsTheRecordsBefore() throws IOException {
        ByteArrayOutputStream file = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(file)) {
            out.write(Bam.ascii("@HD\tVN:1.6\n" + SAM));
            out.flush();
            out.write(Bam.ascii(SAM));
        }
        byte[] cut = Arrays.copyOf(file.toByteArray(), file.size() - 6);
        List<String> found = new ArrayList<>();
        try (SequenceReader reader = ReadFiles.open(new ByteArrayInputStream(cut), "in", QualityEncoding.PHRED33)) {
            for (SequenceItem item = reader.next(); item != null; item = reader.next()) {
                found.add(
                        item instanceof Parsed read
                                ? read.header()
                                : ((Failure) item).reason().name());
            }
        }
        assertThat(found).containsExactly("r", "r", "TRUNCATED_GZIP");
    }

    private static byte[] cram() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        SAMFileHeader header = new SAMFileHeader();
        CRAMFileWriter writer = new CRAMFileWriter(bytes, new ReferenceSource((Path) null), header, "out.cram");
        for (String name : List.of("a", "b")) {
            SAMRecord row = new SAMRecord(header);
            row.setReadName(name);
            row.setReadUnmappedFlag(true);
            row.setReadBases(Bam.ascii("ACGTACGT"));
            row.setBaseQualities(new byte[] {1, 2, 3, 4, 5, 6, 7, 8});
            writer.addAlignment(row);
        }
        writer.close();
        return bytes.toByteArray();
    }

    @Test
    void aCramCutAnywhereIsAFailure() throws IOException {
        byte[] whole = cram();
        assertThat(names(whole)).containsExactly("a", "b");
        for (int bytes = 4; bytes < whole.length; bytes++) {
            assertThat(names(Arrays.copyOf(whole, bytes)))
                    .as("%d of %d bytes", bytes, whole.length)
                    .last()
                    .isIn("TRUNCATED_GZIP", "DAMAGED_COMPRESSION");
        }
        assertThat(names(Arrays.copyOf(whole, whole.length - 38))).containsExactly("a", "b", "TRUNCATED_GZIP");
    }

    @Test
    void aCramThatStatesABlockOfGigabytesIsDamaged() throws IOException {
        byte[] cram = cram();
        for (int at = 26; at < cram.length - 5; at++) {
            byte[] damaged = cram.clone();
            // 2,147,483,647 as CRAM writes an integer, wherever one may be
            System.arraycopy(new byte[] {(byte) 0xf7, -1, -1, -1, 15}, 0, damaged, at, 5);
            assertThat(names(damaged)).as("at byte %d", at).isNotEmpty();
        }
    }
}
