package io.kmerflow.pretraining.corpus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.kmerflow.pretraining.random.Xoshiro256;
import io.kmerflow.pretraining.settings.SettingsTree;
import io.kmerflow.sequence.BaseRange;
import io.kmerflow.sequence.Nucleotide;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CorpusTest {
    @TempDir
    Path folder;

    private Path file(String name, String text) throws IOException {
        return Files.writeString(folder.resolve(name), text);
    }

    private static byte[] random(int bases, long seed) {
        Xoshiro256 random = Xoshiro256.of(seed);
        byte[] drawn = new byte[bases];
        for (int i = 0; i < bases; i++) {
            drawn[i] = Nucleotide.base(random.nextInt(4));
        }
        return drawn;
    }

    @Test
    void fastaIsReadPlainOrPackedWithLowerCaseRaised() throws IOException {
        String text = ">one first\nacgt\r\nNNry\n\n>two\nUU\n";
        Path packed = folder.resolve("g.fa.gz");
        try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(packed))) {
            out.write(text.getBytes(StandardCharsets.US_ASCII));
        }
        for (Path path : List.of(file("g.fa", text), packed)) {
            InMemoryGenome genome = InMemoryGenome.read("g", path);
            assertThat(genome.contigs()).containsExactly(new Genome.Contig("one", 8), new Genome.Contig("two", 2));
            assertThat(new String(genome.bases(0, 0, 8), StandardCharsets.US_ASCII))
                    .isEqualTo("ACGTNNNN");
            assertThat(new String(genome.bases(1, 0, 2), StandardCharsets.US_ASCII))
                    .isEqualTo("TT");
        }
    }

    @Test
    void aByteOrderMarkAndCommentsAreNoBases() throws IOException {
        InMemoryGenome genome = InMemoryGenome.read("g", file("c.fa", "\ufeff; by hand\n;\n>one\nAC\n;within\nGT\n"));
        assertThat(genome.contigs()).containsExactly(new Genome.Contig("one", 4));
        assertThat(LabelledSequences.read(file("t.csv", "\ufeffsequence,label\nACGT,1\n"), 2))
                .hasSize(1);
        assertThatThrownBy(() -> InMemoryGenome.read("g", file("mac.fa", ">one\rACGT\r>two\rAC\r")))
                .isInstanceOf(CorpusException.class)
                .hasMessageContaining("carriage return alone")
                .hasMessageContaining("mac.fa");
    }

    @Test
    void whatIsNotFastaIsNamedWithItsLine() throws IOException {
        assertThatThrownBy(() -> InMemoryGenome.read("g", file("a.fa", "ACGT\n")))
                .isInstanceOf(CorpusException.class)
                .hasMessageContaining("line 1")
                .hasMessageContaining("a.fa");
        assertThatThrownBy(() -> InMemoryGenome.read("g", file("b.fa", ">one\nACGT\n>two\nAC*T\n")))
                .isInstanceOf(CorpusException.class)
                .hasMessageContaining("line 3")
                .hasMessageContaining("got '*'");
        assertThatThrownBy(() -> InMemoryGenome.read("g", file("c.fa", ">one\n>two\nAC\n")))
                .hasMessageContaining("Expected bases after the header, got none, in the sequence at line 1 of ");
        assertThatThrownBy(() -> InMemoryGenome.read("g", file("d.fa", ""))).hasMessageContaining("d.fa");
        Path cut = folder.resolve("cut.fa.gz");
        try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(cut))) {
            out.write(">one\nACGT\n".repeat(1_000).getBytes(StandardCharsets.US_ASCII));
        }
        Files.write(cut, Arrays.copyOf(Files.readAllBytes(cut), 40));
        assertThatThrownBy(() -> InMemoryGenome.read("g", cut))
                .isInstanceOf(CorpusException.class)
                .hasMessageContaining("cut.fa.gz");
        assertThatThrownBy(() -> InMemoryGenome.read("g", folder.resolve("none.fa")))
                .hasMessageContaining("none.fa");
    }

    /** A genome with the given contig lengths and no bases behind them. */
    private static Genome lengths(String name, int... lengths) {
        List<Genome.Contig> contigs = new ArrayList<>();
        for (int i = 0; i < lengths.length; i++) {
            contigs.add(new Genome.Contig(name + i, lengths[i]));
        }
        return new Genome() {
            @Override
            public String name() {
                return name;
            }

            @Override
            public List<Contig> contigs() {
                return contigs;
            }

            @Override
            public byte[] bases(int contig, int start, int end) {
                byte[] bases = new byte[end - start];
                Arrays.fill(bases, (byte) 'A');
                return bases;
            }
        };
    }

    /** Contig lengths of the genomes in the species example, and human chromosome 20 with its region. */
    @Test
    void eachGenomeOfTheSpeciesExampleHasAFifthToAQuarterHeldOut() {
        List<Genome> genomes = List.of(
                lengths("ecoli", 4_639_675),
                lengths("saureus", 2_814_816),
                lengths("hpylori", 1_652_982),
                lengths("vcholerae", 2_961_149, 1_072_315),
                lengths("yeast", 230_218, 813_184),
                lengths("human", 63_025_520));
        HeldOut.Plan plan =
                new HeldOut.Plan(0.225, 112_000, 5_000, List.of(HeldOut.Region.parse("human0:30000000-35000000")));
        HeldOut heldOut = HeldOut.plan(genomes, plan);
        for (Genome genome : genomes) {
            assertThat(heldOut.share(genome)).as(genome.name()).isBetween(0.20, 0.25);
        }
        assertThat(heldOut.validation("human", "human0"))
                .anyMatch(r -> r.start() <= 30_000_000 && r.end() >= 35_000_000);
    }

    @Test
    void blocksAreSpreadAndApartFromTrainingByTheGuard() {
        Genome genome = lengths("g", 1_000_000);
        HeldOut heldOut = HeldOut.plan(
                List.of(genome),
                new HeldOut.Plan(0.2, 50_000, 1_000, List.of(HeldOut.Region.parse("g0:300000-350000"))));
        List<BaseRange> parts = heldOut.validation("g", "g0");
        assertThat(parts).contains(new BaseRange(300_000, 350_000));
        assertThat(parts.stream().mapToInt(BaseRange::length).sum()).isEqualTo(200_000);
        for (BaseRange training : heldOut.training("g", genome.contigs().get(0))) {
            for (BaseRange part : parts) {
                int gap = Math.max(part.start() - training.end(), training.start() - part.end());
                assertThat(gap).isGreaterThanOrEqualTo(1_000);
            }
        }
        int training = heldOut.training("g", genome.contigs().get(0)).stream()
                .mapToInt(BaseRange::length)
                .sum();
        assertThat(training).isEqualTo(1_000_000 - 200_000 - 2 * 1_000 * parts.size());
    }

    @Test
    void aBlockThatMeetsARegionGoesOnBehindIt() {
        Genome genome = lengths("g", 100_000);
        HeldOut heldOut = HeldOut.plan(
                List.of(genome), new HeldOut.Plan(0.2, 10_000, 0, List.of(HeldOut.Region.parse("g0:45000-55000"))));
        // One block round the middle of the 90,000 other bases: 40,000-50,000 of them, so 40,000-45,000 and
        // 55,000-60,000.
        assertThat(heldOut.validation("g", "g0")).containsExactly(new BaseRange(40_000, 60_000));
    }

    @Test
    void theHeldOutTableIsReadBack() {
        HeldOut heldOut = HeldOut.plan(List.of(lengths("g", 1_000_000, 500_000)), HeldOut.Plan.DEFAULT);
        Path table = folder.resolve("held-out.tsv");
        heldOut.write(table);
        assertThat(HeldOut.read(table, 5_000)).isEqualTo(heldOut);
    }

    @Test
    void aRegionOfAnUnknownContigIsRefused() {
        HeldOut.Plan plan = new HeldOut.Plan(0.2, 1_000, 0, List.of(HeldOut.Region.parse("chr20:1-2000")));
        assertThatThrownBy(() -> HeldOut.plan(List.of(lengths("g", 100_000)), plan))
                .isInstanceOf(CorpusException.class)
                .hasMessageContaining("chr20");
        assertThatThrownBy(() -> HeldOut.Region.parse("chr20")).hasMessageContaining("contig:start-end");
    }

    @Test
    void piecesLieInsideTheirRegionsAndHoldNoN() {
        byte[] bases = random(20_000, 1);
        Arrays.fill(bases, 4_000, 4_500, (byte) 'N');
        InMemoryGenome genome = InMemoryGenome.of("g", "c", bases);
        HeldOut heldOut = new HeldOut(List.of(new HeldOut.Part("g", "c", new BaseRange(10_000, 14_000))), 500);
        Regions training = Regions.training(List.of(genome), heldOut, 100);
        assertThat(training.bases()).isEqualTo(4_000 + 5_000 + 5_500);
        String whole = new String(bases, StandardCharsets.US_ASCII);
        String validation = whole.substring(9_500, 14_500);
        Xoshiro256 random = Xoshiro256.of(2);
        int early = 0;
        for (int i = 0; i < 2_000; i++) {
            String piece = new String(training.draw(100, random), StandardCharsets.US_ASCII);
            assertThat(piece).doesNotContain("N");
            assertThat(validation).doesNotContain(piece);
            early += whole.indexOf(piece) < 4_000 ? 1 : 0;
        }
        assertThat(early / 2_000.0).isCloseTo(4_000 / 14_500.0, within(0.04));
        assertThatThrownBy(() -> training.draw(6_000, random)).isInstanceOf(CorpusException.class);
    }

    @Test
    void validationWindowsLieInHeldOutBlocksAndAreFixedByTheirSeed() {
        byte[] bases = random(50_000, 3);
        InMemoryGenome genome = InMemoryGenome.of("g", "c", bases);
        HeldOut heldOut = new HeldOut(List.of(new HeldOut.Part("g", "c", new BaseRange(20_000, 24_000))), 500);
        Regions validation = Regions.validation(List.of(genome), heldOut, 200);
        GenomeWindows windows = new GenomeWindows(
                List.of(validation, validation), new GenomeWindows.Settings(150, 50, 0.65, NoiseModel.NONE));
        List<LabelledSequence> fixed = windows.fixed(100, 4);
        String block = new String(bases, 20_000, 4_000, StandardCharsets.US_ASCII);
        String other = new String(
                Nucleotide.reverseComplement(block.getBytes(StandardCharsets.US_ASCII)), StandardCharsets.US_ASCII);
        int forward = 0;
        for (LabelledSequence window : fixed) {
            String text = new String(window.bases(), StandardCharsets.US_ASCII);
            assertThat(block.contains(text) || other.contains(text)).isTrue();
            forward += block.contains(text) ? 1 : 0;
        }
        assertThat(forward).isBetween(70, 130);
        assertThat(fixed).extracting(LabelledSequence::label).containsOnly(0, 1);
        assertThat(windows.fixed(100, 4)).usingRecursiveComparison().isEqualTo(fixed);
    }

    @Test
    void twoThirdsOfTheWindowsAreFullAndNoneIsTooShort() {
        Regions regions = Regions.training(
                List.of(InMemoryGenome.of("g", "c", random(50_000, 5))), new HeldOut(List.of(), 0), 300);
        GenomeWindows windows = new GenomeWindows(
                List.of(regions, regions),
                new GenomeWindows.Settings(150, 50, 0.65, SettingsTree.of("", NoiseModel.class)));
        Xoshiro256 random = Xoshiro256.of(6);
        int full = 0;
        for (int i = 0; i < 4_000; i++) {
            int length = windows.draw(random).bases().length;
            assertThat(length).isBetween(50, 150);
            full += length == 150 ? 1 : 0;
        }
        assertThat(full / 4_000.0).isCloseTo(0.65 + 0.35 / 101, within(0.03));
    }

    @ParameterizedTest
    @CsvSource({"1, 0, 0", "0, 1, 0", "0, 0, 1"})
    void errorsComeAtTheirRate(double substitutions, double insertions, double deletions) {
        NoiseModel noise = new NoiseModel(1, 0.1, 0.1, substitutions, insertions, deletions, 0);
        byte[] source = random(40_000, 7);
        double rates = 0;
        int reads = 400;
        Xoshiro256 random = Xoshiro256.of(8);
        for (int i = 0; i < reads; i++) {
            int length = 2_000;
            byte[] read = noise.read(source, length, random);
            assertThat(read).hasSize(length);
            rates += substitutions > 0 ? mismatches(source, read) : shift(source, read) / (double) length;
        }
        assertThat(rates / reads).isCloseTo(0.05, within(0.006)); // uniform from 0 to 0.1
    }

    @Test
    void readingAroundABaseKeepsItInPlaceWhateverIsInsertedOrDeleted() {
        NoiseModel noise = new NoiseModel(0, 0, 0.2, 0, 1, 1, 0);
        byte[] source = new byte[500];
        Arrays.fill(source, (byte) 'A');
        source[240] = 'C';
        Xoshiro256 random = Xoshiro256.of(9);
        int around = 0;
        int along = 0;
        for (int i = 0; i < 2_000; i++) {
            byte[] read = noise.readAround(source, 240, 150, 170, random);
            assertThat(read).hasSize(320);
            around += read[150] == 'C' ? 1 : 0;
            along += noise.read(Arrays.copyOfRange(source, 90, 500), 320, random)[150] == 'C' ? 1 : 0;
        }
        assertThat(around / 2_000.0).as("mean rate 0.1").isCloseTo(0.9, within(0.03));
        assertThat(along / 2_000.0).as("read from its start").isLessThan(0.4);
        assertThat(NoiseModel.NONE.readAround(source, 240, 150, 170, random))
                .isEqualTo(Arrays.copyOfRange(source, 90, 410));
        assertThat(noise.readAround(source, 240, 300, 170, random))
                .as("too few in front")
                .hasSizeLessThan(470);
    }

    @ParameterizedTest
    @CsvSource({"1, 0", "0, 1"})
    void tracedReadsTellWhereEachBaseStood(double insertions, double deletions) {
        byte[] source = random(3_000, 10);
        NoiseModel noise = new NoiseModel(0, 0, 0.3, 0, insertions, deletions, 0);
        NoiseModel.Traced traced = noise.trace(source, 2_000, 0.1, Xoshiro256.of(11));
        assertThat(traced.bases())
                .as("the same read as without")
                .isEqualTo(noise.read(source, 2_000, 0.1, Xoshiro256.of(11)));
        int[] origins = traced.origins();
        int standing = 0;
        int skipped = 0;
        for (int i = 0; i + 1 < origins.length; i++) {
            int step = origins[i + 1] - origins[i];
            assertThat(step).isNotNegative();
            if (step > 0) {
                assertThat(traced.bases()[i]).isEqualTo(source[origins[i]]);
                skipped += step - 1;
            } else {
                standing++;
            }
        }
        assertThat(standing / 2_000.0).as("inserted").isCloseTo(0.1 * insertions, within(0.02));
        assertThat(skipped / 2_000.0).as("deleted").isCloseTo(0.11 * deletions, within(0.02));
        assertThat(noise.trace(source, 5_000, 0, Xoshiro256.of(12)).origins())
                .as("as far as the source goes")
                .hasSize(3_000);
    }

    private static double mismatches(byte[] source, byte[] read) {
        int different = 0;
        for (int i = 0; i < read.length; i++) {
            different += source[i] != read[i] ? 1 : 0;
        }
        return (double) different / read.length;
    }

    /** How far the read's last bases lie from their place in the source. */
    private static int shift(byte[] source, byte[] read) {
        String whole = new String(source, StandardCharsets.US_ASCII);
        for (int back = 0; back < 300; back++) {
            String tail = new String(read, read.length - 16 - back, 16, StandardCharsets.US_ASCII);
            int at = whole.indexOf(tail);
            if (at >= 0) {
                return Math.abs(at - (read.length - 16 - back));
            }
        }
        throw new AssertionError("no stretch of 16 bases without an error");
    }

    @Test
    void aBlankLineEndsATableButIsNoRowWithinIt() throws IOException {
        for (String end : List.of("\n", "\r\n")) {
            String rows = "sequence,label" + end + "ACGT,1" + end;
            assertThat(LabelledSequences.read(file("end.csv", rows + end), 2)).hasSize(1);
            for (String more : List.of(end + "ACGT,0" + end, end + end)) {
                Path within = file("within.csv", rows + more);
                assertThatThrownBy(() -> LabelledSequences.read(within, 2)).hasMessageContaining("2 columns in line 3");
            }
        }
    }

    @Test
    void labelledSequencesAreReadUnderAnyKnownHeader() throws IOException {
        for (String header : List.of("sequence,label", "seq,label", "Seqs,Label")) {
            List<LabelledSequence> rows = LabelledSequences.read(file("a.csv", header + "\nacgtn,1\nTTT,0\n"), 2);
            assertThat(rows).extracting(LabelledSequence::label).containsExactly(1, 0);
            assertThat(new String(rows.get(0).bases(), StandardCharsets.US_ASCII))
                    .isEqualTo("ACGTN");
        }
    }

    @Test
    void quotedFieldsAndBasesOfReadsAreRead() throws IOException {
        Path csv = file("q.csv", "\"sequence\",\"label\"\r\n\"ACGU\",\"1\"\r\n\" acRyn.\",0\r\n\"AC\nGT\",1\r\n");
        assertThatThrownBy(() -> LabelledSequences.read(csv, 2))
                .as("a line end within quotes is no base")
                .hasMessageContaining("got a line feed, in line 4");
        Path fine = file("f.csv", "label,\"sequence\"\n\"1\",ACGU\n0,\" acRyn.\"\n");
        assertThat(LabelledSequences.read(fine, 2))
                .extracting(row -> new String(row.bases(), StandardCharsets.US_ASCII) + row.label())
                .containsExactly("ACGT1", "ACNNNN0");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "ACGT,2; label 0 to 1 in line 3",
                "ACGT,-1; label 0 to 1 in line 3",
                "ACGT,x; label 0 to 1 in line 3",
                "ACGT; 2 columns in line 3",
                "ACGT,1,1; 2 columns in line 3",
                "ACXT,1; code at base 2, got 'X', in line 3",
                "\"ACGT,1; CSV file",
                "',1'; bases in line 3",
            })
    void aBadRowIsNamedWithItsLine(String row, String message) throws IOException {
        Path csv = file("bad.csv", "sequence,label\nACGT,0\n" + row + "\n");
        assertThatThrownBy(() -> LabelledSequences.read(csv, 2))
                .isInstanceOf(CorpusException.class)
                .hasMessageContaining(message)
                .hasMessageContaining("bad.csv");
    }

    @Test
    void aFileWithoutHeaderOrRowsIsRefused() throws IOException {
        Path noHeader = file("n.csv", "ACGT,0\n");
        Path empty = file("e.csv", "sequence,label\n");
        assertThatThrownBy(() -> LabelledSequences.read(noHeader, 2)).hasMessageContaining("header sequence,label");
        assertThatThrownBy(() -> LabelledSequences.read(empty, 2)).hasMessageContaining("at least one");
    }
}
