package io.kmerflow.files.read;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import htsjdk.samtools.SAMFileHeader;
import htsjdk.samtools.SAMFileWriter;
import htsjdk.samtools.SAMFileWriterFactory;
import htsjdk.samtools.SAMRecord;
import htsjdk.samtools.util.BlockCompressedOutputStream;
import io.kmerflow.files.original.SecondPass;
import io.kmerflow.sequence.QualityEncoding;
import io.kmerflow.sequence.file.SequenceItem;
import io.kmerflow.sequence.file.SequenceReader;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.compressors.bzip2.BZip2CompressorOutputStream;
import org.apache.commons.compress.compressors.zstandard.ZstdCompressorOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.tukaani.xz.LZMA2Options;
import org.tukaani.xz.XZOutputStream;

class ReadFilesTest {
    private static final String FASTQ = "@a\nACGT\n+\n!III\n@b\nGG\n+\nII\n";
    private static final String SAM = "@HD\tVN:1.6\n@RG\tID:g\tSM:s\n"
            + "a\t4\t*\t0\t0\t*\t*\t0\t0\tACGT\t!III\tRG:Z:g\nb\t4\t*\t0\t0\t*\t*\t0\t0\tGG\tII\n";

    @TempDir
    Path folder;

    private enum Compression {
        GZIP {
            @Override
            OutputStream of(OutputStream out) throws IOException {
                return new GZIPOutputStream(out);
            }
        },
        BGZF {
            @Override
            OutputStream of(OutputStream out) {
                return new BlockCompressedOutputStream(out, (Path) null);
            }
        },
        BZIP2 {
            @Override
            OutputStream of(OutputStream out) throws IOException {
                return new BZip2CompressorOutputStream(out);
            }
        },
        XZ {
            @Override
            OutputStream of(OutputStream out) throws IOException {
                return new XZOutputStream(out, new LZMA2Options());
            }
        },
        ZSTANDARD {
            @Override
            OutputStream of(OutputStream out) throws IOException {
                return new ZstdCompressorOutputStream(out);
            }
        };

        abstract OutputStream of(OutputStream out) throws IOException;

        byte[] compress(byte[] bytes) throws IOException {
            ByteArrayOutputStream compressed = new ByteArrayOutputStream();
            try (OutputStream out = of(compressed)) {
                out.write(bytes);
            }
            return compressed.toByteArray();
        }
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    private static List<String> names(SequenceReader reader) throws IOException {
        List<String> names = new ArrayList<>();
        try (reader) {
            for (SequenceItem item = reader.next(); item != null; item = reader.next()) {
                names.add(
                        item instanceof SequenceItem.Parsed parsed
                                ? parsed.readHeader().readId()
                                : ((SequenceItem.Failure) item).reason().name());
            }
        }
        return names;
    }

    private static List<String> names(byte[] bytes) throws IOException {
        return names(ReadFiles.open(new ByteArrayInputStream(bytes), "-", QualityEncoding.PHRED33));
    }

    private static byte[] bam() throws IOException {
        SAMFileHeader header = new SAMFileHeader();
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (SAMFileWriter writer = new SAMFileWriterFactory().makeBAMWriter(header, true, bytes)) {
            for (String name : List.of("transcript/1", "transcript/2")) {
                SAMRecord row = new SAMRecord(header);
                row.setReadName(name);
                row.setReadUnmappedFlag(true);
                row.setReadString("ACGT");
                row.setBaseQualityString("!III");
                writer.addAlignment(row);
            }
        }
        return bytes.toByteArray();
    }

    @ParameterizedTest
    @EnumSource(Compression.class)
    void everyCompressionIsToldByContentAndReadToItsEnd(Compression compression) throws Exception {
        byte[] once = compression.compress(ascii(FASTQ));
        assertThat(names(once)).containsExactly("a", "b");
        assertThat(names(Compression.GZIP.compress(once))).containsExactly("a", "b");
        ByteArrayOutputStream twice = new ByteArrayOutputStream();
        twice.write(once);
        twice.write(once);
        assertThat(names(twice.toByteArray())).containsExactly("a", "b", "a", "b");
        assertThat(names(compression.compress(ascii(SAM)))).containsExactly("a", "b");
    }

    @ParameterizedTest
    @EnumSource(Compression.class)
    void aCutIsSaidBehindTheGoodRecords(Compression compression) throws Exception {
        StringBuilder text = new StringBuilder();
        Random random = new Random(3); // what compresses well is one chunk, and lost with its end
        for (int i = 0; i < 40_000; i++) {
            text.append(String.format(Locale.ROOT, "@r%x\nACGT\n+\n!III\n", random.nextLong()));
        }
        byte[] whole = compression.compress(ascii(text.toString()));

        List<String> names = names(Arrays.copyOf(whole, whole.length - 40));

        assertThat(names.get(names.size() - 1)).isIn("TRUNCATED_GZIP", "DAMAGED_COMPRESSION");
        // A block of bzip2 or xz is decompressed as a whole, or not at all.
        assertThat(names).hasSizeGreaterThan(compression == Compression.BZIP2 ? 0 : 1000);
    }

    @ParameterizedTest
    @EnumSource(Compression.class)
    void noDamagedByteEndsTheReadingWithAnythingButAnItem(Compression compression) throws Exception {
        byte[] whole = compression.compress(ascii(FASTQ.repeat(40)));
        Random random = new Random(13);
        for (int round = 0; round < 300; round++) {
            byte[] damaged = whole.clone();
            damaged[random.nextInt(damaged.length)] = (byte) random.nextInt(256);
            assertThat(names(damaged)).isNotEmpty();
        }
    }

    @Test
    void aSkippableFrameOfZstandardIsSkipped() throws Exception {
        ByteArrayOutputStream file = new ByteArrayOutputStream();
        file.write(new byte[] {0x50, 0x2a, 0x4d, 0x18, 4, 0, 0, 0, 1, 2, 3, 4});
        file.write(Compression.ZSTANDARD.compress(ascii(FASTQ)));
        assertThat(names(file.toByteArray())).containsExactly("a", "b");
    }

    @Test
    void samIsReadWithoutAHeaderAndWithEitherLineEnd() throws Exception {
        String rows = SAM.substring(SAM.indexOf("\na\t") + 1);
        for (String text : List.of(SAM, rows, SAM.replace("\n", "\r\n"), rows.replace("\n", "\r\n"))) {
            assertThat(names(ascii(text))).as(text).containsExactly("a", "b");
        }
        try (SequenceReader reader = ReadFiles.open(
                new ByteArrayInputStream(ascii(SAM.replace("\n", "\r\n"))), "-", QualityEncoding.PHRED33)) {
            assertThat(((SequenceItem.Parsed) reader.next()).readHeader().sampleId())
                    .isEqualTo("s");
            assertThat(((SequenceItem.Parsed) reader.next()).phredQualities()).containsExactly(40, 40);
        }
    }

    @Test
    void aLongReadInSamWithoutAHeaderIsToldByItsFirstColumns() throws Exception {
        String row = "a\t4\t*\t0\t0\t*\t*\t0\t0\t" + "ACGT".repeat(50_000) + "\t*\n";
        assertThat(names(ascii(row))).containsExactly("a");
        assertThat(names(ascii("a\t4\t*\tx\t0\t*\t*\t0\t0\tACGT\t*\n"))).containsExactly("MALFORMED_RECORD");
    }

    @Test
    void aNameInAlignmentsIsAsItStands() throws Exception {
        assertThat(names(bam())).containsExactly("transcript/1", "transcript/2");
    }

    @ParameterizedTest
    @ValueSource(strings = {"fastq", "gz", "zst", "sam", "bam"})
    @Timeout(60)
    void aPipeIsReadOnceAndWhole(String kind) throws Exception {
        byte[] bytes = switch (kind) {
            case "gz" -> Compression.GZIP.compress(ascii(FASTQ));
            case "zst" -> Compression.ZSTANDARD.compress(ascii(FASTQ));
            case "sam" -> ascii(SAM);
            case "bam" -> bam();
            default -> ascii(FASTQ);
        };
        Path pipe = folder.resolve("pipe");
        assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor())
                .isZero();
        CompletableFuture<Void> writer = CompletableFuture.runAsync(() -> {
            try (OutputStream out = Files.newOutputStream(pipe)) {
                out.write(bytes);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });

        assertThat(names(ReadFiles.open(new InputFile(pipe.toString()))))
                .hasSize(2)
                .doesNotContain("TRUNCATED_GZIP");

        writer.get(30, TimeUnit.SECONDS);
        assertThat(ReadFiles.isReadOnce(pipe.toString())).isTrue();
        assertThatThrownBy(() -> new SecondPass(List.of(new InputFile(pipe.toString())), List.of(), false))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("--split-output")
                .hasMessageContaining("pipe at " + pipe);
    }

    @Test
    void aFileCanBeReadAgainAndStandardInputCannot() throws Exception {
        Path file = Files.writeString(folder.resolve("a.fq"), FASTQ);
        assertThat(ReadFiles.isReadOnce(file.toString())).isFalse();
        assertThat(ReadFiles.isReadOnce("-")).isTrue();
        assertThat(ReadFiles.isReadOnce(folder.resolve("none").toString())).isFalse();
    }

    @Test
    void zeroBytesAreNoCompressedFileAndAnEmptyPlainOne() throws Exception {
        for (String name : List.of("z.fastq.gz", "z.FQ.BZ2", "z.xz", "z.fastq.zst", "z.bam")) {
            Path file = Files.createFile(folder.resolve(name));
            assertThat(names(ReadFiles.open(new InputFile(file.toString()))))
                    .as(name)
                    .containsExactly("DAMAGED_COMPRESSION");
        }
        Path plain = Files.createFile(folder.resolve("z.fastq"));
        assertThat(names(ReadFiles.open(new InputFile(plain.toString())))).isEmpty();
        assertThat(names(Compression.GZIP.compress(new byte[0]))).isEmpty();
    }

    @Test
    void aFolderIsItsSequenceFilesByPath() throws Exception {
        for (String name :
                List.of("b.fastq", "a.FQ.gz", "sub/c.bam", "sub/d.fasta.zst", "x.txt", ".h.fq", ".git/e.fq")) {
            Path file = folder.resolve(name);
            Files.createDirectories(file.getParent());
            Files.createFile(file);
        }
        assertThat(SequenceFolder.expand(List.of("-", folder.toString())))
                .containsExactly(
                        "-",
                        folder.resolve("a.FQ.gz").toString(),
                        folder.resolve("b.fastq").toString(),
                        folder.resolve("sub/c.bam").toString(),
                        folder.resolve("sub/d.fasta.zst").toString());
        Path empty = Files.createDirectory(folder.resolve("empty"));
        assertThatThrownBy(() -> SequenceFolder.files(empty))
                .hasMessageContaining("found none")
                .hasMessageContaining(empty.toString());
    }
}
