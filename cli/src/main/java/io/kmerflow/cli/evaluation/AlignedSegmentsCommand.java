package io.kmerflow.cli.evaluation;

import io.kmerflow.cli.base.CommandFailure;
import io.kmerflow.cli.base.ExitCode;
import io.kmerflow.files.OutputCheck;
import io.kmerflow.files.write.OutputFile;
import io.kmerflow.files.write.RunOutputs;
import io.kmerflow.pretraining.corpus.TextFile;
import io.kmerflow.sequence.PrintableText;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The truth about real reads, from where they align. */
@Command(
        name = "aligned-segments",
        description = {
            "Writes the coding stretches that aligned reads have by the annotation of the genome they align to.",
            "Alignments are SAM, as of 'minimap2 -a'; each read's primary one counts. Clipped bases are unclear, and so is"
                    + " the annotation where the read's organism differs from the genome. The output is the truth of"
                    + " 'evaluate segments'; reads that do not align are not in it."
        },
        footer = {
            "kmerflow evaluate aligned-segments --alignments reads.sam --genome k12.fa.gz --features k12.gbk.gz --out truth.bed"
        },
        mixinStandardHelpOptions = true)
public final class AlignedSegmentsCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Option(names = "--alignments", required = true, paramLabel = "SAM", description = "SAM, plain or .gz.")
    private Path alignments;

    @Option(
            names = "--genome",
            required = true,
            paramLabel = "FASTA",
            description = "Genome that was aligned to, plain or .gz.")
    private Path genome;

    @Option(
            names = "--features",
            required = true,
            paramLabel = "FILE",
            description = "Its annotation: GenBank, EMBL or GFF3, plain or .gz.")
    private Path features;

    @Option(
            names = "--source",
            defaultValue = "aligned",
            paramLabel = "NAME",
            description = "Name of the reads in the table of 'evaluate segments' (default: ${DEFAULT-VALUE}).")
    private String source;

    @Option(names = "--out", required = true, paramLabel = "FILE", description = "BED to write; .gz compresses.")
    private Path out;

    @Override
    public Integer call() throws IOException {
        OutputFile bed = new OutputFile(out.toString());
        OutputCheck check = new OutputCheck();
        check.input(alignments.toString());
        check.input(genome.toString());
        check.input(features.toString());
        check.output("--out", bed);
        TrueSegments segments = TrueSegments.read(features, genome);
        long reads = 0;
        try (RunOutputs outputs = new RunOutputs()) {
            outputs.add(bed);
            try (Writer rows = new OutputStreamWriter(bed.open(), StandardCharsets.UTF_8)) {
                reads = write(segments, rows);
            }
            outputs.commit();
        }
        spec.commandLine()
                .getErr()
                .printf(Locale.ROOT, "%,d aligned reads -> %s%n", reads, PrintableText.escape(out.toString()));
        return ExitCode.FINE;
    }

    private long write(TrueSegments segments, Writer rows) throws IOException {
        long reads = 0;
        int line = 0;
        try (BufferedReader in =
                new BufferedReader(new InputStreamReader(TextFile.open(alignments), StandardCharsets.UTF_8))) {
            for (String text = in.readLine(); text != null; text = in.readLine()) {
                line++;
                AlignedRead read = text.isEmpty() || text.charAt(0) == '@' ? null : AlignedRead.parse(text);
                if (read != null) {
                    rows.write(segments.rows(
                            read.name(), source, read.contig(), read.range(), read.reverse(), read.origins()));
                    reads++;
                }
            }
        } catch (IllegalArgumentException | ArithmeticException e) {
            throw new CommandFailure(
                    String.format(Locale.ROOT, "Could not read %s, line %d: %s", alignments, line, e.getMessage()), e);
        }
        return reads;
    }
}
