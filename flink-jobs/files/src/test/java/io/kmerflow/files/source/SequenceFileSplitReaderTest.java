package io.kmerflow.files.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kmerflow.files.FileConfig;
import io.kmerflow.files.FileOptions;
import io.kmerflow.files.read.InputFile;
import io.kmerflow.files.read.RefusedInputException;
import io.kmerflow.job.ingest.Origin;
import io.kmerflow.schema.SequencedRead;
import io.kmerflow.schema.codec.RecordCodec;
import io.kmerflow.sequence.QualityEncoding;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.connector.base.source.reader.RecordsWithSplitIds;
import org.apache.flink.connector.base.source.reader.splitreader.SplitsAddition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SequenceFileSplitReaderTest {
    @TempDir
    Path folder;

    private InputFile file(String name, String prefix, int records, int mate) throws IOException {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < records; i++) {
            text.append(String.format(Locale.ROOT, "@%s%d\nACGT\n+\nIIII\n", prefix, i));
        }
        Path path = Files.writeString(folder.resolve(name), text);
        return new InputFile(path.toString(), mate, null, "s");
    }

    private final List<String> matesSaid = new ArrayList<>();

    private List<SequenceFileSplitReader.Item> readAll(SequenceFileSplit split) throws IOException {
        List<SequenceFileSplitReader.Item> items = new ArrayList<>();
        try (SequenceFileSplitReader reader = new SequenceFileSplitReader(false)) {
            reader.handleSplitsChanges(new SplitsAddition<>(List.of(split)));
            while (true) {
                RecordsWithSplitIds<SequenceFileSplitReader.Item> chunk = reader.fetch();
                while (chunk.nextSplit() != null) {
                    for (SequenceFileSplitReader.Item item = chunk.nextRecordFromSplit();
                            item != null;
                            item = chunk.nextRecordFromSplit()) {
                        if ("NOTE".equals(item.record().failureReason)) {
                            matesSaid.add(item.record().failureMessage);
                        } else {
                            items.add(item);
                        }
                    }
                }
                if (chunk.finishedSplits().contains(split.splitId())) {
                    return items;
                }
            }
        }
    }

    private static List<String> names(List<SequenceFileSplitReader.Item> items) throws Exception {
        RecordCodec<SequencedRead> codec = new RecordCodec<>(SequencedRead.class);
        List<String> names = new ArrayList<>();
        for (SequenceFileSplitReader.Item item : items) {
            SequencedRead read = codec.decode(item.record().payload);
            names.add(read.getReadId() + "/" + read.getMate());
        }
        return names;
    }

    @Test
    void matesAreReadInTurnAndFilesFollowOneAnother() throws Exception {
        List<InputFile> files = List.of(
                file("b_R1.fq", "b", 700, 1),
                file("c_R1.fq", "c", 1, 1),
                file("a_R2.fq", "a", 2, 2),
                file("d_R2.fq", "d", 0, 2));

        List<SequenceFileSplitReader.Item> items = readAll(SequenceFileSplit.start(files));

        assertThat(items).hasSize(703);
        assertThat(matesSaid)
                .containsExactly(
                        "mates.orphans 702 mates.out-of-step 0 mates.pairs 0",
                        "mates.orphans 1 mates.out-of-step 0 mates.pairs 0");
        assertThat(names(items))
                .startsWith("b0/1", "a0/2", "b1/1", "a1/2", "b2/1")
                .endsWith("b699/1", "c0/1");
        Origin last = items.get(3).record().origin;
        assertThat(last.file).endsWith("a_R2.fq");
        assertThat(last.recordNumber).isEqualTo(2);
        assertThat(last.line).isEqualTo(5);
    }

    @Test
    void anInterleavedFileAndASummaryGiveMatesRunsAndBarcodes() throws Exception {
        Path reads = Files.writeString(
                folder.resolve("i.fq"),
                "@a\nACGT\n+\n!III\n@a\nAC\n+\n!I\nrubbish\n@b\nA\n+\n!\n@c/1\nA\n+\n!\n@c/2\nC\n+\n!\n");
        Path summary = Files.writeString(
                folder.resolve("sequencing_summary.txt"),
                "run_id\tread_id\tchannel\tbarcode_arrangement\nrun9\ta\t12\tbarcode03\nrun9\tc\t\t\nrun9");
        InputFile file = new InputFile(reads.toString(), 0, "given", "s", null, true, summary.toString());

        List<SequenceFileSplitReader.Item> items = readAll(SequenceFileSplit.start(List.of(file)));

        assertThat(items.get(2).record().failureReason).isEqualTo("MALFORMED_RECORD");
        items.remove(2);
        assertThat(names(items)).containsExactly("a/1", "a/2", "b/0", "c/1", "c/2");
        assertThat(matesSaid).containsExactly("mates.orphans 1 mates.out-of-step 0 mates.pairs 2");
        RecordCodec<SequencedRead> codec = new RecordCodec<>(SequencedRead.class);
        SequencedRead first = codec.decode(items.get(0).record().payload);
        assertThat(first.getRunId()).isEqualTo("run9");
        assertThat(first.getBarcodeName()).isEqualTo("barcode03");
        assertThat(first.getChannel()).isEqualTo(12);
        SequencedRead unknown = codec.decode(items.get(2).record().payload);
        assertThat(unknown.getRunId()).isEqualTo("given");
        assertThat(unknown.getBarcodeName()).isNull();
        assertThat(codec.decode(items.get(3).record().payload).getRunId()).isEqualTo("run9");
    }

    @Test
    void aTableWithoutNamesIsRefused() throws Exception {
        Path wrong = Files.writeString(folder.resolve("wrong.txt"), "a\tb\n1\t2\n");
        InputFile file = new InputFile(file("a.fq", "a", 1, 0).path(), 0, null, null, null, false, wrong.toString());

        assertThatThrownBy(() -> readAll(SequenceFileSplit.start(List.of(file))))
                .hasMessageContaining("column read_id in " + wrong);
    }

    @Test
    void aRestoreGoesOnBehindTheLastEmittedRecordWhereverThatIs() throws Exception {
        List<InputFile> files = List.of(
                file("a.fq", "a", 3, 0),
                new InputFile(file("b.fq", "b", 2, 0).path(), 0, null, "s", QualityEncoding.PHRED64));
        List<SequenceFileSplitReader.Item> all = readAll(SequenceFileSplit.start(files));
        SequenceFileSplitSerializer serializer = new SequenceFileSplitSerializer();

        for (int emitted = 1; emitted <= all.size(); emitted++) {
            SequenceFileSplitReader.Item last = all.get(emitted - 1);
            SequenceFileSplit position = new SequenceFileSplit(files, last.file(), last.items());
            SequenceFileSplit restored =
                    serializer.deserialize(serializer.getVersion(), serializer.serialize(position));

            assertThat(restored).isEqualTo(position);
            assertThat(names(readAll(restored))).isEqualTo(names(all.subList(emitted, all.size())));
        }
    }

    @Test
    void standardInputCannotBeReadAgain() throws IOException {
        SequenceFileSplit position = new SequenceFileSplit(List.of(new InputFile("-")), 0, 5);
        try (SequenceFileSplitReader reader = new SequenceFileSplitReader(false)) {
            reader.handleSplitsChanges(new SplitsAddition<>(List.of(position)));

            assertThatThrownBy(reader::fetch).isInstanceOf(IOException.class).hasMessageContaining("standard input");
        }
    }

    @Test
    void stopOnFailureNamesThePlace() throws IOException {
        Path bad = Files.writeString(folder.resolve("bad.fq"), "@a\nACGT\n+\nII\n");
        try (SequenceFileSplitReader reader = new SequenceFileSplitReader(true)) {
            reader.handleSplitsChanges(
                    new SplitsAddition<>(List.of(SequenceFileSplit.start(List.of(new InputFile(bad.toString()))))));

            assertThatThrownBy(reader::fetch)
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("bad.fq record 1, line 1, bytes [0, 13)")
                    .hasMessageContaining("MALFORMED_RECORD");
        }
    }

    @Test
    void qualitiesAtOffset64AreRefusedUntilTheOptionIsGivenAndConvertedThen() throws Exception {
        Path old = Files.writeString(folder.resolve("old.fq"), "@a\nACGT\n+\nBhf@\n@b\nACGT\n+\nhh5h\n@c\nA\n+\nh\n");
        Path clear = Files.writeString(folder.resolve("clear.fq"), "@a\nACGT\n+\nBhf@\n");

        assertThatThrownBy(() -> readAll(SequenceFileSplit.start(List.of(new InputFile(clear.toString())))))
                .isInstanceOf(RefusedInputException.class)
                .hasMessageContaining("--quality-encoding phred64")
                .hasMessageContaining("clear.fq");
        List<SequenceFileSplitReader.Item> items = readAll(SequenceFileSplit.start(
                List.of(new InputFile(old.toString(), 0, null, null, QualityEncoding.PHRED64))));

        SequencedRead read =
                new RecordCodec<>(SequencedRead.class).decode(items.get(0).record().payload);
        byte[] qualities = new byte[4];
        read.getPhredQualities().get(qualities);
        assertThat(qualities).containsExactly(2, 40, 38, 0);
        assertThat(items).hasSize(3);
        assertThat(items.get(1).record().failureReason).isEqualTo("MALFORMED_RECORD");
        assertThat(items.get(1).record().failureMessage).contains("got '5'");
    }

    @Test
    void aMateHasTheRunOfTheFirstFileWhateverTheSecondIsCalled() throws Exception {
        Path first = Files.writeString(folder.resolve("s_1_val_1.fq"), "@x_R1\nACGT\n+\n!III\n");
        Path second = Files.writeString(folder.resolve("other.fastq"), "@x_R2\nACGT\n+\n!III\n");
        Configuration options = new Configuration();
        options.set(FileOptions.INPUT_FILES, List.of(first.toString()));
        options.set(FileOptions.INPUT_MATES, List.of(second.toString()));

        List<SequenceFileSplitReader.Item> items =
                readAll(SequenceFileSplit.start(FileConfig.from(options).inputs()));

        assertThat(names(items)).containsExactly("x/1", "x/2");
        RecordCodec<SequencedRead> codec = new RecordCodec<>(SequencedRead.class);
        for (SequenceFileSplitReader.Item item : items) {
            assertThat(codec.decode(item.record().payload).getRunId()).isEqualTo("s_1_val");
        }
        assertThat(matesSaid).containsExactly("mates.orphans 0 mates.out-of-step 0 mates.pairs 1");
    }

    @Test
    void aPipeIsNotGoneOnWithAfterARestart() throws Exception {
        Path pipe = folder.resolve("pipe");
        assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor())
                .isZero();
        SequenceFileSplit again = new SequenceFileSplit(List.of(new InputFile(pipe.toString())), 0, 1);
        assertThatThrownBy(() -> readAll(again))
                .isInstanceOf(RefusedInputException.class)
                .hasMessageContaining("a pipe")
                .hasMessageContaining(pipe.toString());
    }
}
