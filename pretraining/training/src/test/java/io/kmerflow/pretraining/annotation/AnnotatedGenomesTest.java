package io.kmerflow.pretraining.annotation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kmerflow.pretraining.corpus.CorpusException;
import io.kmerflow.sequence.BaseRange;
import io.kmerflow.sequence.Strand;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AnnotatedGenomesTest {
    private static final String GENBANK = """
            LOCUS       NC_000001                 75 bp    DNA     circular BCT 01-JAN-2020
            DEFINITION  Made up.
            ACCESSION   NC_000001 NC_000000
            VERSION     NC_000001.2
            COMMENT     A line that looks like a feature follows.
                 CDS    1..2
            FEATURES             Location/Qualifiers
                 source          1..75
                                 /organism="Made up"
                                 /note="join(
                                 complement(1..2)"
                 gene            complement(join(61..75,
                                 1..6))
                 CDS             complement(join(61..75,
                                 1..6))
                                 /product="over the
                                 origin"
                 CDS             10..24
                                 /pseudo
                 gene            30..40
                                 /pseudogene="unknown"
                 tRNA            41..50
            CONTIG      join(X1:1..75)
            ORIGIN
                    1 acgtacgtac gtacgtacgt acgtacgtac gtacgtacgt acgtacgtac gtacgtacgn
                   61 acgtacgtac gtryu
            //
            """;
    private static final String EMBL = """
            ID   MADE;  SV 3; linear; genomic DNA; STD; PRO; 20 BP.
            XX
            AC   X00001;
            XX
            FH   Key             Location/Qualifiers
            FH
            FT   CDS             <1..9
            FT                   /note="partial"
            FT   CDS             complement(order(11..12,14..20))
            XX
            SQ   Sequence 20 BP; 5 A; 5 C; 5 G; 5 T; 0 other;
                 acgtacgtac gtacgtacgt                                                    20
            //
            """;

    @TempDir
    Path folder;

    private Path file(String name, String text) throws IOException {
        Path file = folder.resolve(name);
        try (OutputStream out = name.endsWith(".gz")
                ? new GZIPOutputStream(Files.newOutputStream(file))
                : Files.newOutputStream(file)) {
            out.write(text.getBytes(StandardCharsets.UTF_8));
        }
        return file;
    }

    private static FeatureLocation.Part part(int start, int end, Strand strand) {
        return new FeatureLocation.Part(new BaseRange(start, end), strand);
    }

    @Test
    void genBankGivesNamesFeaturesAndBases() throws IOException {
        AnnotatedSequence sequence =
                AnnotatedGenomes.read(file("a.gbk.gz", GENBANK), null).get(0);
        assertThat(sequence.names()).containsExactly("NC_000001", "NC_000001.2");
        assertThat(new String(sequence.bases(), StandardCharsets.US_ASCII))
                .isEqualTo("ACGT".repeat(14) + "ACGN" + "ACGT".repeat(3) + "NNT");
        List<FeatureLocation.Part> overOrigin = List.of(part(0, 6, Strand.REVERSE), part(60, 75, Strand.REVERSE));
        assertThat(sequence.features())
                .containsExactly(
                        new Feature("source", List.of(part(0, 75, Strand.FORWARD)), false),
                        new Feature("gene", overOrigin, false),
                        new Feature("CDS", overOrigin, false),
                        new Feature("CDS", List.of(part(9, 24, Strand.FORWARD)), true),
                        new Feature("gene", List.of(part(29, 40, Strand.FORWARD)), true),
                        new Feature("tRNA", List.of(part(40, 50, Strand.FORWARD)), false));
    }

    @Test
    void recordsOfBothKindsMayFollowEachOther() throws IOException {
        List<AnnotatedSequence> sequences = AnnotatedGenomes.read(file("two.gbk", GENBANK + "\n" + EMBL), null);
        assertThat(sequences).hasSize(2);
        assertThat(sequences.get(1).names()).containsExactly("MADE", "MADE.3", "X00001");
        assertThat(sequences.get(1).bases()).hasSize(20);
        assertThat(sequences.get(1).features())
                .containsExactly(
                        new Feature("CDS", List.of(part(0, 9, Strand.FORWARD)), false),
                        new Feature("CDS", List.of(part(13, 20, Strand.REVERSE), part(10, 12, Strand.REVERSE)), false));
    }

    @Test
    void gff3TakesItsBasesFromFasta() throws IOException {
        Path gff = file("g.gff3", """
                ##gff-version 3
                ##sequence-region empty 1 30
                one\tx\tCDS\t4\t9\t.\t+\t0\tID=a;Parent=b
                one\tx\tCDS\t12\t20\t.\t-\t0\tID=c;pseudo=true
                # a comment
                one\tx\tCDS\t22\t25\t.\t?\t0\t.
                one\tx\tpseudogene\t27\t28\t.\t+\t.\tID=d
                ##FASTA
                >one
                AC
                """);
        Path fasta =
                file("g.fa", ">one first\n" + "ACGT".repeat(8) + "\n>other\nACGT\n>empty\n" + "A".repeat(30) + "\n");
        List<AnnotatedSequence> sequences = AnnotatedGenomes.read(gff, fasta);
        assertThat(sequences)
                .extracting(AnnotatedSequence::name)
                .as("nothing is known of other")
                .containsExactly("empty", "one");
        assertThat(sequences.get(1).bases()).hasSize(32);
        assertThat(sequences.get(1).features())
                .containsExactly(
                        new Feature("CDS", List.of(part(3, 9, Strand.FORWARD)), false),
                        new Feature("CDS", List.of(part(11, 20, Strand.REVERSE)), true),
                        new Feature("CDS", List.of(part(21, 25, Strand.FORWARD), part(21, 25, Strand.REVERSE)), false),
                        new Feature("pseudogene", List.of(part(26, 28, Strand.FORWARD)), true));
        assertThatThrownBy(() -> AnnotatedGenomes.read(gff, null))
                .isInstanceOf(CorpusException.class)
                .hasMessageContaining("Expected the bases of empty")
                .hasMessageContaining("FASTA");
    }

    @Test
    void flatFilesMayTakeTheirBasesFromFastaToo() throws IOException {
        Path fasta = file("v.fa.gz", ">NC_000001.2 by version\n" + "A".repeat(75) + "\n");
        assertThat(AnnotatedGenomes.read(file("a.gbk", GENBANK), fasta).get(0).bases())
                .containsOnly('A')
                .hasSize(75);
        assertThatThrownBy(() -> AnnotatedGenomes.read(file("b.embl", EMBL), fasta))
                .hasMessageContaining("Expected a sequence named one of [MADE, MADE.3, X00001]");
    }

    @Test
    void whatCannotBeReadIsNamedWithItsLine() throws IOException {
        assertThatThrownBy(() -> AnnotatedGenomes.read(file("bad.gbk", GENBANK.replace("41..50", "41..")), null))
                .isInstanceOf(CorpusException.class)
                .hasMessageContaining("Expected a position")
                .hasMessageContaining("in line 22 of " + folder.resolve("bad.gbk"));
        assertThatThrownBy(() -> AnnotatedGenomes.read(file("cut.gbk", GENBANK.replace("//\n", "")), null))
                .hasMessageContaining("Expected '//' at the end of the last record");
        assertThatThrownBy(() -> AnnotatedGenomes.read(file("more.gbk", GENBANK + "LOCUT\n"), null))
                .hasMessageContaining("Expected LOCUS or ID at the start of line 28");
        assertThatThrownBy(() -> AnnotatedGenomes.read(file("few.gff", "a\tb\tCDS\t1\t2\n"), null))
                .hasMessageContaining("Expected 9 fields")
                .hasMessageContaining("line 1");
        assertThatThrownBy(() -> AnnotatedGenomes.read(file("p.gff", "a\tb\tCDS\t7\t2\t.\t+\t0\t.\n"), null))
                .hasMessageContaining("Expected 1 <= start <= end in line 1")
                .hasMessageContaining("'7' and '2'");
        assertThatThrownBy(() -> AnnotatedGenomes.read(file("none.gff", "##gff-version 3\n"), null))
                .hasMessageContaining("at least one annotated sequence");
        assertThatThrownBy(() -> AnnotatedGenomes.read(folder.resolve("missing.gbk"), null))
                .hasMessageContaining("Expected a readable file");
    }
}
