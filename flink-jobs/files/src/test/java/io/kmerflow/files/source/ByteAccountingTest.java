package io.kmerflow.files.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.kmerflow.files.read.InputFile;
import io.kmerflow.job.ingest.RawRecord;
import io.kmerflow.sequence.QualityEncoding;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.compressors.bzip2.BZip2CompressorInputStream;
import org.apache.commons.compress.compressors.bzip2.BZip2CompressorOutputStream;
import org.apache.flink.connector.base.source.reader.RecordsWithSplitIds;
import org.apache.flink.connector.base.source.reader.splitreader.SplitsAddition;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tukaani.xz.LZMA2Options;
import org.tukaani.xz.XZInputStream;
import org.tukaani.xz.XZOutputStream;

/** Every byte of an uncompressed file is in a record, or in a range that becomes a dead letter, and in one of them only. */
class ByteAccountingTest {
    private static final String RECORD = "@r\nACGT\n+\n!III\n";

    private interface Compression {
        OutputStream of(OutputStream out) throws IOException;
    }

    @TempDir
    Path folder;

    private static List<RawRecord> items(Path file) throws IOException {
        List<RawRecord> items = new ArrayList<>();
        SequenceFileSplit split = SequenceFileSplit.start(
                List.of(new InputFile(file.toString(), 0, null, null, QualityEncoding.PHRED33)));
        try (SequenceFileSplitReader reader = new SequenceFileSplitReader(false)) {
            reader.handleSplitsChanges(new SplitsAddition<>(List.of(split)));
            RecordsWithSplitIds<SequenceFileSplitReader.Item> chunk;
            do {
                chunk = reader.fetch();
                while (chunk.nextSplit() != null) {
                    SequenceFileSplitReader.Item item;
                    while ((item = chunk.nextRecordFromSplit()) != null) {
                        items.add(item.record());
                    }
                }
            } while (chunk.finishedSplits().isEmpty());
        }
        return items;
    }

    /** One past the last byte that is accounted for; items must touch. */
    private static long accounted(List<RawRecord> items) {
        long end = 0;
        for (RawRecord item : items) {
            assertThat(item.origin.byteStart).as("%s", item.origin).isEqualTo(end);
            end = item.origin.byteEnd;
        }
        return end;
    }

    private static long failures(List<RawRecord> items) {
        return items.stream().filter(item -> item.failureReason != null).count();
    }

    @Test
    void malformedRecordsAndWholeOnesAddUpToTheFile() throws IOException {
        String text = "\n\n" + RECORD.repeat(3) + "@x\nACGT\n+\nII\n" + RECORD.repeat(2) + "junk\n\n@y\nAC";
        Path file = Files.writeString(folder.resolve("r.fq"), text);

        List<RawRecord> items = items(file);

        assertThat(accounted(items)).isEqualTo(text.length());
        assertThat(failures(items)).isEqualTo(2);
        assertThat(items).hasSize(7);
    }

    @Test
    void aCutOfAnyCompressionIsOneFailureAndTheRecordsBeforeItCount() throws IOException {
        List<Compression> compressions = List.of(
                GZIPOutputStream::new,
                BZip2CompressorOutputStream::new,
                out -> new XZOutputStream(out, new LZMA2Options()));
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < 500; i++) {
            text.append(RECORD.replace("@r", "@r" + i));
        }
        for (Compression compression : compressions) {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            try (OutputStream out = compression.of(bytes)) {
                out.write(text.toString().getBytes(StandardCharsets.US_ASCII));
            }
            byte[] whole = bytes.toByteArray();
            Path file = Files.write(folder.resolve("whole"), whole);
            assertThat(failures(items(file))).isZero();
            assertThat(accounted(items(file))).isEqualTo(text.length());
            for (int cut : new int[] {1, 5, whole.length / 2, whole.length - 20}) {
                Files.write(file, Arrays.copyOf(whole, whole.length - cut));

                List<RawRecord> items = items(file);

                assertThat(failures(items)).as("cut by %d", cut).isOne();
                assertThat(items.get(items.size() - 1).failureReason).isNotNull();
                assertThat(accounted(items)).isLessThanOrEqualTo(text.length());
            }
        }
    }

    /** The corpus of {@code FastqCorpusTest}, with every file that the manifest does not accept among them. */
    @Test
    void everyByteOfTheCorpusIsAccountedFor() throws IOException {
        String corpus = System.getProperty("kmerflow.fastqCorpus");
        assumeTrue(corpus != null, "kmerflow.fastqCorpus names no folder");
        SoftAssertions softly = new SoftAssertions();
        List<Path> files;
        try (Stream<Path> all = Files.walk(Path.of(corpus))) {
            files = all.filter(Files::isRegularFile)
                    .filter(file -> file.getParent().compareTo(Path.of(corpus)) != 0)
                    .toList();
        }
        assertThat(files).hasSizeGreaterThan(100);
        for (Path file : files) {
            List<RawRecord> items = items(file);
            softly.assertThat(accounted(items)).as("%s", file).isEqualTo(uncompressedBytes(file));
        }
        softly.assertAll();
    }

    /** Counted one by one, gzip with the JDK's own reader, up to the damage if there is one. */
    private static long uncompressedBytes(Path file) throws IOException {
        try (InputStream raw = new BufferedInputStream(Files.newInputStream(file))) {
            raw.mark(3);
            int first = raw.read();
            int second = raw.read();
            raw.reset();
            InputStream in = raw;
            long bytes = 0;
            try {
                if (first == 0x1f && second == 0x8b) {
                    in = new GZIPInputStream(raw);
                } else if (first == 'B' && second == 'Z') {
                    in = new BZip2CompressorInputStream(raw, true);
                } else if (first == 0xfd && second == '7') {
                    in = new XZInputStream(raw);
                }
                while (in.read() >= 0) {
                    bytes++;
                }
            } catch (IOException e) {
                return bytes; // what came before the damage
            }
            return bytes;
        }
    }
}
