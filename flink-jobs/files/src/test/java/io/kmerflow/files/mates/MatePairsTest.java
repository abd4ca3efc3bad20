package io.kmerflow.files.mates;

import static org.assertj.core.api.Assertions.assertThat;

import io.kmerflow.files.read.InputFile;
import io.kmerflow.files.read.MateFiles;
import io.kmerflow.files.read.MateFilesReader;
import io.kmerflow.sequence.file.ReadHeader;
import io.kmerflow.sequence.file.SequenceItem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MatePairsTest {
    @TempDir
    Path folder;

    private InputFile file(int mate, List<Integer> reads) throws IOException {
        StringBuilder text = new StringBuilder();
        for (int read : reads) {
            text.append(String.format(Locale.ROOT, "@r%d/%d\nACGT\n+\n!III\n", read, mate));
        }
        Path file = Files.writeString(folder.resolve("m" + mate + ".fastq"), text);
        return new InputFile(file.toString(), mate, null, null);
    }

    private static MatePairs count(List<InputFile> files) throws IOException {
        MatePairs.Counter counter = new MatePairs.Counter();
        try (MateFilesReader reader = new MateFilesReader(MateFiles.of(files).get(0))) {
            for (SequenceItem item = reader.next(); item != null; item = reader.next()) {
                ReadHeader header = ((SequenceItem.Parsed) item).readHeader();
                counter.add(header.mate(), header.readId());
            }
        }
        return counter.end();
    }

    private static List<Integer> reads(int count) {
        return IntStream.range(0, count).boxed().toList();
    }

    @Test
    void filesInStep() throws Exception {
        assertThat(count(List.of(file(1, reads(50)), file(2, reads(50))))).isEqualTo(new MatePairs(50, 0, 0));
    }

    @Test
    void aMissingMateLeavesAnOrphanAndTheRestIsFoundByName() throws Exception {
        List<Integer> second = new ArrayList<>(reads(50));
        second.remove(Integer.valueOf(10));
        assertThat(count(List.of(file(1, reads(50)), file(2, second)))).isEqualTo(new MatePairs(49, 1, 39));
    }

    @Test
    void swappedReadsAreFoundAndAShorterFileLeavesOrphans() throws Exception {
        List<Integer> second = new ArrayList<>(reads(45));
        second.set(3, 4);
        second.set(4, 3);
        assertThat(count(List.of(file(1, reads(50)), file(2, second)))).isEqualTo(new MatePairs(45, 5, 2));
    }

    @Test
    void otherNamesAreOrphansAndTheWindowIsBounded() throws Exception {
        List<Integer> second = IntStream.range(100_000, 125_000).boxed().toList();
        assertThat(count(List.of(file(1, reads(25_000)), file(2, second)))).isEqualTo(new MatePairs(0, 50_000, 0));
    }

    @Test
    void readsAloneAreNoMates() throws Exception {
        assertThat(count(List.of(file(1, reads(5))))).isEqualTo(new MatePairs(0, 5, 0));
    }
}
