package io.kmerflow.cli.training;

import io.kmerflow.bundle.BundleException;
import io.kmerflow.bundle.ModelBundle;
import io.kmerflow.bundle.Precision;
import io.kmerflow.bundle.SigningKey;
import io.kmerflow.cli.base.CommandFailure;
import io.kmerflow.cli.base.ExitCode;
import io.kmerflow.cli.evaluation.TrueOrigin;
import io.kmerflow.cli.signing.Signatures;
import io.kmerflow.contract.ModelContract;
import io.kmerflow.contract.SegmentChain;
import io.kmerflow.export.Classifier;
import io.kmerflow.export.ModelExporter;
import io.kmerflow.export.certainty.CertaintyFit;
import io.kmerflow.export.certainty.ThresholdFit;
import io.kmerflow.export.graph.GraphStyle;
import io.kmerflow.export.profile.ProfileFit;
import io.kmerflow.pretraining.checkpoint.TrainingCheckpoint;
import io.kmerflow.pretraining.huggingface.BertFiles;
import io.kmerflow.scoring.OnnxWindowScorer;
import io.kmerflow.scoring.ScoringException;
import io.kmerflow.scoring.ScoringOptions;
import io.kmerflow.sequence.Nucleotide;
import io.kmerflow.sequence.file.SequenceItem;
import io.kmerflow.token.TokenBatch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** A fine-tuned checkpoint, or a bundle in another precision, becomes a model bundle. */
@Command(
        name = "export",
        description = {
            "Writes a fine-tuned checkpoint as a model bundle, after comparing it with the trainer.",
            "Also converts an fp32 bundle to another precision. ONNX Runtime must give the trainer's "
                    + "logits on random windows and on the golden reads: within 1e-4 in fp32; within 0.05 in "
                    + "fp16 and 0.25 in int8, with the same label for 99 %% of the windows."
        },
        footer = {
            "kmerflow export --checkpoint run/best --name species --model-version 2.2 --out species-2.2",
            "kmerflow export --checkpoint run/best --name species --model-version 2.2 --out species-2.2 --sign lab.key",
            "kmerflow export --bundle models/species --precision int8 --name species --out species-int8"
        },
        mixinStandardHelpOptions = true)
public final class ExportCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @ArgGroup(multiplicity = "1")
    private Source source;

    private static final class Source {
        @Option(names = "--checkpoint", paramLabel = "DIR", description = "Fine-tuned training checkpoint.")
        private Path checkpoint;

        @Option(
                names = "--bundle",
                paramLabel = "DIR",
                description = "Model bundle in fp32; its weights, contract and golden reads are written anew.")
        private Path bundle;
    }

    @Option(
            names = "--safetensors",
            paramLabel = "FILE",
            description =
                    "Write the weights here under Hugging Face's BERT names, with config.json and vocab.txt next to them, and no bundle.")
    private Path safetensors;

    @Option(
            names = "--training-checkpoint",
            paramLabel = "DIR",
            description =
                    "Write an fp32 bundle's weights here as a training checkpoint to fine-tune from, and no bundle.")
    private Path trainingCheckpoint;

    @Option(names = "--out", paramLabel = "DIR", description = "Bundle folder; must not exist yet.")
    private Path out;

    @Option(names = "--name", description = "Name of the model, the same for all its versions.")
    private String name;

    @Option(names = "--model-version", defaultValue = "1", description = "Version (default: ${DEFAULT-VALUE}).")
    private String version;

    @Option(
            names = "--graph",
            defaultValue = "FUSED",
            description =
                    "Operators: ${COMPLETION-CANDIDATES}; fused ones need ONNX Runtime (default: ${DEFAULT-VALUE}).")
    private GraphStyle style;

    @Option(
            names = "--precision",
            defaultValue = "fp32",
            converter = PrecisionConverter.class,
            description =
                    "fp32; fp16 for a GPU: embeddings and layers in half precision, which a CPU computes more slowly"
                            + " than fp32; int8 for a CPU, one with VNNI or AMX above all: products of the layers in 8-bit integers,"
                            + " scaled by what random windows and the golden reads show (default:"
                            + " ${DEFAULT-VALUE}).")
    private Precision precision;

    @Option(
            names = "--card",
            paramLabel = "FILE",
            description = "Model card in Markdown (default: the bundle's own, or a short one is made).")
    private Path card;

    @Option(
            names = "--window-stride",
            paramLabel = "BASES",
            description =
                    "Bases between windows, instead of what was configured for fine-tuning: fewer for finer segments, more"
                            + " for speed.")
    private Integer windowStride;

    @Option(
            names = "--mean-run-bases",
            paramLabel = "BASES",
            description =
                    "Bases that a label goes on for on average, for a model of segments of middle bases: windows of a read"
                            + " then speak for each other (default: as configured for fine-tuning; 0 for none).")
    private Double meanRunBases;

    @Option(
            names = "--label-frequencies",
            split = ",",
            paramLabel = "SHARE",
            description =
                    "Frequency of each label among bases, in the model's order, with --mean-run-bases (default: the"
                            + " model's own).")
    private List<Double> frequencies;

    @Option(
            names = "--threshold-reads",
            paramLabel = "FILE",
            description =
                    "Held-out reads of known labels, FASTQ or FASTA, plain or .gz: fit the threshold of long reads of each label on"
                            + " them, so that 9 of 10 that it leads keep their call (default: as in the source).")
    private Path thresholdReads;

    @Option(
            names = "--threshold-truth",
            paramLabel = "FILE",
            description =
                    "Labels of --threshold-reads: table with columns read and source, as 'evaluate draw --truth' writes it; its"
                            + " sources named as the labels.")
    private Path thresholdTruth;

    @Option(
            names = "--long-read-threshold",
            paramLabel = "LABEL=SCORE",
            description =
                    "Minimum score of a call of this label for a read of 8 windows or more, 0 to 1, in place of the fitted one;"
                            + " repeat for each label.")
    private Map<String, Double> labelThresholds = new LinkedHashMap<>();

    @Option(
            names = "--certainty-reads",
            paramLabel = "FILE",
            description =
                    "Held-out reads, FASTQ or FASTA, plain or .gz, as long as those to be served: fit on them when the scoring of a"
                            + " read may end before its last window, and write that into the contract (default: as in the source).")
    private Path certaintyReads;

    @Option(
            names = "--certainty-agreement",
            defaultValue = "0.995",
            paramLabel = "SHARE",
            description =
                    "Share of the reads called by full scoring that must get the same label, with 95 %% confidence (default:"
                            + " ${DEFAULT-VALUE}).")
    private double certaintyAgreement;

    @Option(
            names = "--certainty-max-windows",
            defaultValue = "128",
            paramLabel = "N",
            description =
                    "Maximum windows scored of one read whose label does not become certain (default: ${DEFAULT-VALUE}).")
    private int certaintyMaxWindows;

    @Option(
            names = "--profile-reads",
            paramLabel = "FILE",
            description =
                    "Reads like those to be served, at least 500, FASTQ or FASTA, plain or .gz: write profile.json, what they look"
                            + " like, with thresholds that 1 in 1,000 windows of such reads exceeds, for windows of 250, 1,000 and 4,000 reads"
                            + " where there are twice as many (default: no profile).")
    private Path profileReads;

    @Option(
            names = "--sign",
            paramLabel = "KEY",
            description = "Sign the bundle with this key, a file that keys make wrote (default: no signature).")
    private Path key;

    private static final class PrecisionConverter implements ITypeConverter<Precision> {
        @Override
        public Precision convert(String value) {
            try {
                return Precision.named(value);
            } catch (BundleException e) {
                throw new TypeConversionException(e.getMessage());
            }
        }
    }

    @Override
    public Integer call() throws IOException {
        if (trainingCheckpoint != null) {
            return writeTrainingCheckpoint();
        }
        boolean bundle = out != null && name != null;
        if (safetensors == null ? !bundle : out != null || name != null) {
            throw new ParameterException(
                    spec.commandLine(), "Expected --out and --name for a bundle, or --safetensors without them");
        }
        if (safetensors != null) {
            if (source.checkpoint == null) {
                throw new ParameterException(
                        spec.commandLine(), "Expected --checkpoint for --safetensors, got --bundle");
            }
            Path config = BertFiles.write(TrainingCheckpoint.read(source.checkpoint), safetensors);
            spec.commandLine().getOut().printf(Locale.ROOT, "%s and %s%n", safetensors, config);
            spec.commandLine().getOut().flush();
            return ExitCode.FINE;
        }
        SigningKey signing = key == null ? null : SigningKey.read(key);
        ModelExporter.Result result = source.checkpoint == null ? ofBundle() : ofCheckpoint();
        spec.commandLine()
                .getOut()
                .printf(
                        Locale.ROOT,
                        "%s %s -> %s%nlargest difference to %s: %.1e on random windows, %.1e to the trainer on golden reads; same label in %.1f %% of windows%n%s%n",
                        name,
                        version,
                        out,
                        source.checkpoint == null ? "the bundle" : "the trainer",
                        result.parity().worst(),
                        result.golden(),
                        100 * result.parity().labelAgreement(),
                        result.bundle().digest());
        if (result.certainty() != null) {
            spec.commandLine()
                    .getOut()
                    .printf(
                            Locale.ROOT,
                            "certain at %.2f standard errors: %.1f %% of the windows, the same label for %.2f %% of %d called reads%n",
                            result.certainty().certainty().deviations(),
                            100 * result.certainty().windowShare(),
                            100 * result.certainty().agreement(),
                            result.certainty().called());
        }
        if (signing != null) {
            Signatures.add(out, signing, spec.commandLine().getOut());
        }
        return ExitCode.FINE;
    }

    private int writeTrainingCheckpoint() throws IOException {
        if (source.bundle == null || out != null || name != null || safetensors != null) {
            throw new ParameterException(
                    spec.commandLine(), "Expected --bundle alone with --training-checkpoint, for its weights");
        }
        Classifier.of(ModelBundle.read(source.bundle)).checkpoint().write(trainingCheckpoint);
        spec.commandLine().getOut().println(trainingCheckpoint);
        return ExitCode.FINE;
    }

    private ModelExporter.Result ofCheckpoint() throws IOException {
        TrainingCheckpoint read = TrainingCheckpoint.read(source.checkpoint);
        try (CheckpointScorer trainer = new CheckpointScorer(read)) {
            return ModelExporter.export(
                    adapted(Classifier.of(read).exact(trainer::logits)), trainer::logits, request(null), out);
        }
    }

    private ModelExporter.Result ofBundle() throws IOException {
        ModelBundle read = ModelBundle.read(source.bundle);
        try (OnnxWindowScorer served = new OnnxWindowScorer(read.modelFile(), ScoringOptions.cpu(1))) {
            return ModelExporter.export(
                    adapted(Classifier.of(read)), batch -> logits(served, batch), request(read.cardFile()), out);
        }
    }

    /** The model with another stride or chain, if asked for. */
    private Classifier adapted(Classifier classifier) {
        ModelContract contract = classifier.contract();
        try {
            contract = windowStride == null ? contract : contract.withWindowStride(windowStride);
            if (meanRunBases != null) {
                contract = contract.withChain(meanRunBases == 0 ? null : chain(contract));
            }
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage(), e);
        }
        return classifier.with(contract);
    }

    private SegmentChain chain(ModelContract contract) {
        if (frequencies == null && contract.chain() == null) {
            throw new ParameterException(
                    spec.commandLine(), "Expected --label-frequencies with --mean-run-bases, got none");
        }
        return new SegmentChain(
                meanRunBases, frequencies == null ? contract.chain().frequencies() : frequencies);
    }

    private static float[] logits(OnnxWindowScorer scorer, TokenBatch batch) {
        try {
            return scorer.score(batch);
        } catch (ScoringException e) {
            throw new CommandFailure("Could not score with the bundle: " + e.getMessage());
        }
    }

    private ModelExporter.Request request(Path defaultCard) throws IOException {
        Path markdown = card == null ? defaultCard : card;
        return new ModelExporter.Request(
                name,
                version,
                style,
                precision,
                markdown == null ? null : Files.readString(markdown),
                thresholdReads(),
                labelThresholds,
                certaintyReads == null
                        ? null
                        : new CertaintyFit.Request(
                                ProfileReads.of(certaintyReads.toString()).stream()
                                        .map(ProfileFit.Sample::bases)
                                        .toList(),
                                certaintyAgreement,
                                certaintyMaxWindows),
                profileReads == null ? null : ProfileReads.of(profileReads.toString()));
    }

    private List<ThresholdFit.Read> thresholdReads() throws IOException {
        if ((thresholdReads == null) != (thresholdTruth == null)) {
            throw new ParameterException(
                    spec.commandLine(), "Expected --threshold-reads and --threshold-truth together, got one of them");
        }
        if (thresholdReads == null) {
            return null;
        }
        Map<TrueOrigin.Key, TrueOrigin> origins = TrueOrigin.readTable(thresholdTruth);
        List<ThresholdFit.Read> reads = new ArrayList<>();
        for (SequenceItem.Parsed read : ProfileReads.records(thresholdReads.toString())) {
            String name = read.readHeader().readId();
            TrueOrigin origin =
                    origins.get(new TrueOrigin.Key(name, read.readHeader().mate()));
            if (origin == null) {
                throw new CommandFailure(String.format(
                        Locale.ROOT,
                        "Expected the origin of read %s of %s in %s, found none",
                        name,
                        thresholdReads,
                        thresholdTruth));
            }
            reads.add(new ThresholdFit.Read(Nucleotide.normalize(read.bases()), origin.source()));
        }
        return reads;
    }
}
