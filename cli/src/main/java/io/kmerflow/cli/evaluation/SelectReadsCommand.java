package io.kmerflow.cli.evaluation;

import io.kmerflow.bundle.ModelBundle;
import io.kmerflow.cli.base.BundlePlace;
import io.kmerflow.cli.base.CommandFailure;
import io.kmerflow.cli.base.ExitCode;
import io.kmerflow.contract.ModelContract.Label;
import io.kmerflow.files.OutputCheck;
import io.kmerflow.files.read.ReadFiles;
import io.kmerflow.files.write.OutputFile;
import io.kmerflow.files.write.RunOutputs;
import io.kmerflow.sequence.Nucleotide;
import io.kmerflow.sequence.PrintableText;
import io.kmerflow.sequence.QualityEncoding;
import io.kmerflow.sequence.file.ReadHeader;
import io.kmerflow.sequence.file.SequenceItem;
import io.kmerflow.sequence.file.SequenceItem.Failure;
import io.kmerflow.sequence.file.SequenceItem.Parsed;
import io.kmerflow.sequence.file.SequenceItem.Reason;
import io.kmerflow.sequence.file.SequenceReader;
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
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Held-out reads as a table, for {@code evaluate sequences} and its k-mer control. */
@Command(
        name = "select",
        description = {
            "Writes the reads within held-out blocks as a table sequence,label.",
            "The label is the number of the model's class. The table is input of 'evaluate "
                    + "sequences' and its k-mer control."
        },
        footer = {
            "kmerflow evaluate select --input drawn.fa.gz --truth drawn.tsv --held-out held-out.tsv --model models/species --out held-out.csv"
        },
        mixinStandardHelpOptions = true)
public final class SelectReadsCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Mixin
    private TruthOptions truth;

    @Option(
            names = "--input",
            required = true,
            arity = "1..*",
            paramLabel = "FILE",
            description = "FASTQ, FASTA, SAM, BAM or CRAM, also compressed; - for standard input.")
    private List<String> inputs;

    @Option(
            names = "--model",
            required = true,
            paramLabel = "BUNDLE",
            description = BundlePlace.DESCRIPTION + "; gives the labels.")
    private BundlePlace model;

    @Option(names = "--out", required = true, paramLabel = "FILE", description = "Table to write.")
    private Path out;

    @Option(
            names = "--max-bases",
            defaultValue = "150",
            description = "Longest read taken (default: ${DEFAULT-VALUE}).")
    private int maxBases;

    @Override
    public Integer call() throws IOException {
        List<String> labels = ModelBundle.read(model.local()).contract().labels().stream()
                .map(Label::name)
                .toList();
        Map<TrueOrigin.Key, TrueOrigin> origins = truth.origins();
        HeldOutBlocks blocks = truth.heldOut();
        if (blocks == null) {
            throw new CommandFailure("Expected --held-out, the blocks that training never saw, got none");
        }
        OutputFile file = new OutputFile(out.toString());
        OutputCheck check = new OutputCheck();
        inputs.forEach(check::input);
        check.output("--out", file);
        try (RunOutputs outputs = new RunOutputs()) {
            long written = write(outputs.add(file), labels, origins, blocks);
            outputs.commit();
            spec.commandLine()
                    .getErr()
                    .printf(Locale.ROOT, "%,d reads -> %s%n", written, PrintableText.escape(out.toString()));
        }
        return ExitCode.FINE;
    }

    private long write(
            OutputFile file, List<String> labels, Map<TrueOrigin.Key, TrueOrigin> origins, HeldOutBlocks blocks)
            throws IOException {
        long written = 0;
        try (Writer table = new OutputStreamWriter(file.open(), StandardCharsets.UTF_8)) {
            table.write("sequence,label\n");
            for (String input : inputs) {
                try (SequenceReader reads = ReadFiles.open(input, QualityEncoding.PHRED33)) {
                    for (SequenceItem item = reads.next(); item != null; item = reads.next()) {
                        if (item instanceof Failure failure) {
                            if (failure.reason() == Reason.NOT_PRIMARY) {
                                continue; // the primary alignment of the read is another record
                            }
                            throw new CommandFailure(String.format(
                                    Locale.ROOT,
                                    "Expected a whole file of reads, got a fault at record %d of %s: %s",
                                    failure.position().record(),
                                    input,
                                    failure.message()));
                        }
                        Parsed read = (Parsed) item;
                        ReadHeader header = read.readHeader();
                        TrueOrigin origin = origins.get(new TrueOrigin.Key(header.readId(), header.mate()));
                        if (origin == null
                                || read.bases().length > maxBases
                                || blocks.place(origin) != HeldOutBlocks.Place.HELD_OUT) {
                            continue;
                        }
                        int label = labels.indexOf(truth.label(origin));
                        if (label < 0) {
                            throw new CommandFailure(String.format(
                                    Locale.ROOT,
                                    "Expected one of the labels %s, got '%s': name it with --source",
                                    labels,
                                    truth.label(origin)));
                        }
                        table.write(new String(Nucleotide.normalize(read.bases()), StandardCharsets.US_ASCII) + ","
                                + label + "\n");
                        written++;
                    }
                }
            }
        }
        return written;
    }
}
