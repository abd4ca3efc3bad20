package io.kmerflow.cli.training;

import io.kmerflow.cli.base.ExitCode;
import io.kmerflow.pretraining.gue.GueFiles;
import io.kmerflow.pretraining.gue.GuePositions;
import io.kmerflow.pretraining.gue.GueSet;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Where test sequences lie in genomes. */
@Command(
        name = "gue-positions",
        description = {
            "Finds the test sequences of GUE sets in genomes and writes their places as BED.",
            "Both strands are searched. Pretraining leaves the places out with 'leaveOut: [FILE]' in "
                    + "its YAML file. A place shares at least one k-mer, or --share of the k-mers, with the "
                    + "sequence; it is as long as the sequence."
        },
        footer = {"kmerflow evaluate gue-positions --data gue --genome human.fa.gz --out leave-out.bed"},
        mixinStandardHelpOptions = true)
public final class GuePositionsCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Option(names = "--data", required = true, paramLabel = "DIR", description = "Folder of the sets, as for 'gue'.")
    private Path data;

    @Option(
            names = "--sets",
            split = ",",
            paramLabel = "SET",
            description = "Sets, for example tf/2,mouse/0 (default: all that are complete in --data).")
    private List<String> sets = List.of();

    @Option(
            names = "--genome",
            required = true,
            arity = "1..*",
            paramLabel = "FASTA",
            description = "Genomes to search, plain or .gz.")
    private List<Path> genomes;

    @Option(names = "--out", required = true, paramLabel = "BED", description = "File to write.")
    private Path out;

    @Option(
            names = "--kmer",
            defaultValue = "31",
            paramLabel = "K",
            description = "Bases per k-mer, 11 to 31 (default: ${DEFAULT-VALUE}).")
    private int kmer;

    @Option(
            names = "--share",
            defaultValue = "0",
            paramLabel = "PART",
            description = "Minimum share of a sequence's k-mers that a place must have, 0 to 1; 0: one k-mer"
                    + " (default: ${DEFAULT-VALUE}).")
    private double share;

    @Override
    public Integer call() throws IOException {
        if (kmer < 11 || kmer > 31 || !(share >= 0 && share <= 1)) {
            throw new ParameterException(
                    spec.commandLine(),
                    String.format(
                            Locale.ROOT, "Expected --kmer 11 to 31 and --share 0 to 1, got %d and %s", kmer, share));
        }
        for (String set : sets) {
            if (GueSet.named(set).isEmpty()) {
                throw new ParameterException(spec.commandLine(), GueSet.unknown(set));
            }
        }
        PrintWriter print = spec.commandLine().getOut();
        GuePositions.write(GueFiles.find(data, sets).sets(), genomes, kmer, share, out)
                .forEach((set, count) -> {
                    print.printf(
                            Locale.ROOT,
                            "%s: %,d of %,d test sequences found, %,d places",
                            set,
                            count.found(),
                            count.rows(),
                            count.places());
                    print.println(
                            count.findable() == count.rows()
                                    ? ""
                                    : String.format(
                                            Locale.ROOT,
                                            "; %,d have no k-mer of %d bases without N and cannot be found",
                                            count.rows() - count.findable(),
                                            kmer));
                });
        print.println(out);
        print.flush();
        return ExitCode.FINE;
    }
}
