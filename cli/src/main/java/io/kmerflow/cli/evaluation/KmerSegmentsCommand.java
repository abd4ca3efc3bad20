package io.kmerflow.cli.evaluation;

import io.kmerflow.cli.base.ExitCode;
import io.kmerflow.contract.ModelContract;
import io.kmerflow.contract.ReadScores;
import io.kmerflow.contract.ReadScores.Segment;
import io.kmerflow.files.OutputCheck;
import io.kmerflow.files.write.OutputFile;
import io.kmerflow.files.write.RunOutputs;
import io.kmerflow.pretraining.corpus.FastaSequences;
import io.kmerflow.pretraining.corpus.LabelledSequence;
import io.kmerflow.pretraining.evaluation.KmerLogisticRegression;
import io.kmerflow.pretraining.finetune.Evaluation;
import io.kmerflow.pretraining.finetune.FinetuneConfig;
import io.kmerflow.pretraining.settings.SettingsTree;
import io.kmerflow.sequence.BaseRange;
import io.kmerflow.sequence.PrintableText;
import io.kmerflow.sequence.ReadWindower;
import io.kmerflow.sequence.Strand;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The k-mer control of a model of segments, called on reads as the model is. */
@Command(
        name = "kmer-segments",
        description = {
            "Trains the k-mer control of a fine-tuning configuration and calls segments with it on reads.",
            "The control is a logistic regression on the k-mers of each window, of the strand that is read; windows to train"
                    + " on, labels, and what makes calls of window scores are those of the configuration, so that 'evaluate"
                    + " segments' shows what the encoder adds."
        },
        footer = {
            "kmerflow evaluate kmer-segments --config recipes/finetune-coding.yaml --data-root DATA --reads drawn.fa.gz --out control.bed"
        },
        mixinStandardHelpOptions = true)
public final class KmerSegmentsCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Option(names = "--config", required = true, paramLabel = "FILE", description = "YAML file of the fine-tuning run.")
    private Path config;

    @Option(
            names = "--data-root",
            paramLabel = "DIR",
            description = "Where relative paths of --config start (default: its own directory).")
    private Path dataRoot;

    @Option(names = "--reads", required = true, paramLabel = "FASTA", description = "Reads, plain or .gz.")
    private Path reads;

    @Option(
            names = "--out",
            required = true,
            paramLabel = "FILE",
            description = "BED to write; .gz compresses. Labels without a strand have '.'.")
    private Path out;

    @Option(
            names = "--control-k",
            defaultValue = "6",
            paramLabel = "K",
            description = "Bases per k-mer, 1 to 8 (default: ${DEFAULT-VALUE}).")
    private int k;

    @Option(
            names = "--control-windows",
            defaultValue = "60000",
            paramLabel = "N",
            description = "Windows to train on (default: ${DEFAULT-VALUE}).")
    private int windows;

    @Override
    public Integer call() throws IOException {
        FinetuneConfig run;
        KmerLogisticRegression.Settings settings;
        try {
            run = SettingsTree.read(config, FinetuneConfig.class);
            KmerLogisticRegression.Settings usual = KmerLogisticRegression.Settings.DEFAULT;
            settings = new KmerLogisticRegression.Settings(
                    k, usual.l2(), usual.epochs(), usual.learningRate(), usual.seed(), true);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage(), e);
        }
        Path root = dataRoot == null ? config.toAbsolutePath().getParent() : dataRoot;
        OutputFile bed = new OutputFile(out.toString());
        OutputCheck check = new OutputCheck();
        check.input(reads.toString());
        check.output("--out", bed);
        KmerLogisticRegression control = Evaluation.control(run, root, windows, settings);
        List<LabelledSequence> validation = Evaluation.validation(run, root);
        double[] biases = Evaluation.priors(control, validation);
        ModelContract contract = Evaluation.controlContract(run, validation);
        long segments = 0;
        try (RunOutputs outputs = new RunOutputs()) {
            outputs.add(bed);
            try (FastaSequences fasta = new FastaSequences(reads);
                    Writer rows = new OutputStreamWriter(bed.open(), StandardCharsets.UTF_8)) {
                for (FastaSequences.Sequence read = fasta.next(); read != null; read = fasta.next()) {
                    if (read.bases().length >= contract.minReadBases()) {
                        segments += write(contract, control, biases, read, rows);
                    }
                }
            }
            outputs.commit();
        }
        spec.commandLine()
                .getErr()
                .printf(Locale.ROOT, "%,d segments -> %s%n", segments, PrintableText.escape(out.toString()));
        return ExitCode.FINE;
    }

    private static int write(
            ModelContract contract,
            KmerLogisticRegression control,
            double[] biases,
            FastaSequences.Sequence read,
            Writer rows)
            throws IOException {
        ReadScores scores = new ReadScores(contract, read.bases().length);
        ReadWindower windower = contract.windower();
        for (int window = 0; window < scores.windows(); window++) {
            BaseRange range = windower.window(window, read.bases().length);
            double[] probabilities =
                    control.probabilities(Arrays.copyOfRange(read.bases(), range.start(), range.end()));
            float[] logits = new float[probabilities.length];
            for (int label = 0; label < logits.length; label++) {
                logits[label] = (float) (Math.log(Math.max(probabilities[label], 1e-30)) + biases[label]);
            }
            scores.put(window, logits, 0, true);
        }
        for (Segment segment : scores.outcome().segments()) {
            ModelContract.Label label = contract.labels().get(segment.label());
            char sign = label.strand() == null ? '.' : label.strand() == Strand.FORWARD ? '+' : '-';
            rows.write(String.format(
                    Locale.ROOT,
                    "%s\t%d\t%d\t%s\t%d\t%c\n",
                    read.name(),
                    segment.range().start(),
                    segment.range().end(),
                    label.name(),
                    Math.round(1_000 * segment.score()),
                    sign));
        }
        return scores.outcome().segments().size();
    }
}
