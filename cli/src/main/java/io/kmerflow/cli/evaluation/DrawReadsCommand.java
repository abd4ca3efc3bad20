package io.kmerflow.cli.evaluation;

import io.kmerflow.cli.base.ExitCode;
import io.kmerflow.files.OutputCheck;
import io.kmerflow.files.write.OutputFile;
import io.kmerflow.files.write.RunOutputs;
import io.kmerflow.pretraining.corpus.Genome;
import io.kmerflow.pretraining.corpus.HeldOut;
import io.kmerflow.pretraining.corpus.InMemoryGenome;
import io.kmerflow.pretraining.corpus.NoiseModel;
import io.kmerflow.pretraining.corpus.Regions;
import io.kmerflow.pretraining.random.Xoshiro256;
import io.kmerflow.sequence.Nucleotide;
import io.kmerflow.sequence.PrintableText;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Reads of chosen length and error rate with their true places, to measure a model with. */
@Command(
        name = "draw",
        description = {
            "Draws reads with errors from genomes and writes them as FASTA with a table of their " + "true places.",
            "Reads come from either strand; errors are substitutions, insertions and deletions in "
                    + "the proportion 23:31:46. Used to measure accuracy by length and identity, and on "
                    + "organisms that a model does not know. The same seed gives the same reads.",
            "With --features the true coding stretches of each read are written too, for 'evaluate segments'."
        },
        footer = {
            "kmerflow evaluate draw --genome ecoli=ecoli.fa.gz --count 1000 --out drawn.fa.gz --truth drawn.tsv",
            "kmerflow evaluate draw --genome ecoli=ecoli.fa.gz --features ecoli=ecoli.gbk.gz --bases 500-10000 --error-rate 0.05"
                    + " --out drawn.fa.gz --segments drawn.bed"
        },
        mixinStandardHelpOptions = true)
public final class DrawReadsCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Option(
            names = "--genome",
            required = true,
            paramLabel = "SOURCE=FASTA",
            description = "Genome, plain or .gz; repeat for each.")
    private Map<String, Path> genomes;

    @Option(
            names = "--count",
            defaultValue = "1000",
            paramLabel = "N",
            description = "Reads of each genome (default: ${DEFAULT-VALUE}).")
    private int count;

    @Option(
            names = "--bases",
            defaultValue = "150",
            paramLabel = "N|MIN-MAX",
            description = "Length of a read, or range to draw it from evenly, in bases (default: ${DEFAULT-VALUE}).")
    private String bases;

    @Option(
            names = "--error-rate",
            defaultValue = "0",
            paramLabel = "R|MIN-MAX",
            description = "Errors per base, or range to draw the rate of a read from evenly, 0 to 0.5 (default:"
                    + " ${DEFAULT-VALUE}).")
    private String errorRate;

    @Option(
            names = "--held-out",
            paramLabel = "FILE",
            description = "held-out.tsv of a model: draw from those blocks alone (default: from the whole genome).")
    private Path heldOut;

    @Option(names = "--seed", paramLabel = "N", defaultValue = "1", description = "Seed (default: ${DEFAULT-VALUE}).")
    private long seed;

    @Option(names = "--out", required = true, paramLabel = "FILE", description = "FASTA to write; .gz compresses.")
    private Path out;

    @Option(names = "--truth", paramLabel = "FILE", description = "Table of true places to write; .gz compresses.")
    private Path truth;

    @Option(
            names = "--features",
            paramLabel = "SOURCE=FILE",
            description =
                    "Annotation of a genome, GenBank, EMBL or GFF3, plain or .gz; for each genome, with --segments.")
    private Map<String, Path> features = Map.of();

    @Option(
            names = "--segments",
            paramLabel = "FILE",
            description =
                    "True coding stretches to write, BED in the coordinates of the reads; .gz compresses. A line for the whole"
                            + " read, named 'read', and lines named 'coding' and 'unclear' (pseudogenes, coding on both strands); the last"
                            + " column is the source.")
    private Path segments;

    @Override
    public Integer call() throws IOException {
        if ((segments == null) != features.isEmpty()
                || segments != null && !features.keySet().equals(genomes.keySet())) {
            throw new ParameterException(
                    spec.commandLine(),
                    String.format(
                            Locale.ROOT,
                            "Expected --segments and --features of every genome, or neither, got genomes %s and features %s",
                            genomes.keySet(),
                            features.keySet()));
        }
        double[] lengths = range("--bases", bases, 1, Integer.MAX_VALUE / 4);
        double[] rates = range("--error-rate", errorRate, 0, 0.5);
        // A little over the highest rate, so that sourceBases never falls short of the deletions.
        NoiseModel noise = new NoiseModel(0, 0, Math.min(0.5, rates[1] + 0.01), 23, 31, 46, 0);
        int longestSource = noise.sourceBases((int) lengths[1]);
        OutputFile fasta = new OutputFile(out.toString());
        OutputFile places = truth == null ? null : new OutputFile(truth.toString());
        OutputFile stretches = segments == null ? null : new OutputFile(segments.toString());
        OutputCheck check = new OutputCheck();
        genomes.values().forEach(genome -> check.input(genome.toString()));
        features.values().forEach(file -> check.input(file.toString()));
        check.output("--out", fasta);
        if (places != null) {
            check.output("--truth", places);
        }
        if (stretches != null) {
            check.output("--segments", stretches);
        }
        try (RunOutputs outputs = new RunOutputs()) {
            outputs.add(fasta);
            if (places != null) {
                outputs.add(places);
            }
            if (stretches != null) {
                outputs.add(stretches);
            }
            draw(fasta, places, stretches, lengths, rates, noise, longestSource);
            outputs.commit();
        }
        spec.commandLine()
                .getErr()
                .printf(
                        Locale.ROOT,
                        "%,d reads -> %s%n",
                        (long) count * genomes.size(),
                        PrintableText.escape(out.toString()));
        return ExitCode.FINE;
    }

    private void draw(
            OutputFile fasta,
            OutputFile places,
            OutputFile stretches,
            double[] lengths,
            double[] rates,
            NoiseModel noise,
            int longestSource)
            throws IOException {
        try (Writer reads = writer(fasta);
                Writer table = places == null ? null : writer(places);
                Writer bed = stretches == null ? null : writer(stretches)) {
            if (table != null) {
                table.write("read\tsource\tsequence\tstart\tend\tstrand\tidentity\n");
            }
            for (Map.Entry<String, Path> entry : genomes.entrySet()) {
                Genome genome = InMemoryGenome.read(name(entry.getValue()), entry.getValue());
                Regions regions = heldOut == null
                        ? Regions.training(List.of(genome), new HeldOut(List.of(), 0), longestSource)
                        : Regions.validation(List.of(genome), HeldOut.read(heldOut, 0), longestSource);
                TrueSegments segmentsOf =
                        bed == null ? null : TrueSegments.read(features.get(entry.getKey()), entry.getValue());
                Xoshiro256 random = Xoshiro256.of(seed, entry.getKey().hashCode(), 0);
                for (int i = 0; i < count; i++) {
                    int length = (int) (lengths[0] + random.nextDouble() * (lengths[1] - lengths[0] + 1));
                    double rate = rates[0] + random.nextDouble() * (rates[1] - rates[0]);
                    Regions.Piece piece = regions.drawPiece(noise.sourceBases(length), random);
                    boolean reverse = random.nextInt(2) == 1;
                    byte[] source = reverse ? Nucleotide.reverseComplement(piece.bases()) : piece.bases();
                    NoiseModel.Traced traced = noise.trace(source, length, rate, random);
                    byte[] read = traced.bases();
                    String id = String.format(
                            Locale.ROOT, "%s-%06d", entry.getKey().replaceAll("[^A-Za-z0-9._-]", "_"), i + 1);
                    reads.write(
                            String.format(Locale.ROOT, ">%s\n%s\n", id, new String(read, StandardCharsets.US_ASCII)));
                    if (bed != null) {
                        bed.write(segmentsOf.rows(
                                id, entry.getKey(), piece.contig(), piece.range(), reverse, traced.origins()));
                    }
                    if (table != null) {
                        table.write(String.join(
                                "\t",
                                id,
                                entry.getKey(),
                                piece.contig(),
                                Integer.toString(piece.range().start()),
                                Integer.toString(piece.range().end()),
                                reverse ? "-" : "+",
                                String.format(Locale.ROOT, "%.4f\n", 1 - rate)));
                    }
                }
            }
        }
    }

    /** As fine-tuning names the genome of a file in held-out.tsv. */
    private static String name(Path fasta) {
        return fasta.getFileName().toString().replaceFirst("\\.(fa|fasta|fna)(\\.gz)?$", "");
    }

    private static Writer writer(OutputFile file) throws IOException {
        return new OutputStreamWriter(file.open(), StandardCharsets.UTF_8);
    }

    private double[] range(String option, String text, double least, double most) {
        String[] ends = text.split("-", 2);
        try {
            double low = Double.parseDouble(ends[0]);
            double high = Double.parseDouble(ends[ends.length - 1]);
            if (low >= least && low <= high && high <= most) {
                return new double[] {low, high};
            }
        } catch (NumberFormatException e) {
            // said below
        }
        throw new ParameterException(
                spec.commandLine(),
                String.format(
                        Locale.ROOT,
                        "Expected %s as a number or MIN-MAX from %s to %s, got '%s'",
                        option,
                        least,
                        most,
                        text));
    }
}
