package io.kmerflow.cli.training;

import io.kmerflow.bundle.BundleException;
import io.kmerflow.bundle.Precision;
import io.kmerflow.cli.ExitCode;
import io.kmerflow.export.ModelExporter;
import io.kmerflow.export.graph.GraphStyle;
import io.kmerflow.pretraining.checkpoint.TrainingCheckpoint;
import io.kmerflow.pretraining.huggingface.BertFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** A fine-tuned checkpoint becomes a model bundle. */
@Command(
        name = "export",
        description =
                "Writes a fine-tuned checkpoint as a model bundle, after checking that ONNX Runtime gives the trainer's"
                        + " logits on random windows and on the golden reads: within 1e-4 in fp32; within 0.05, and 99 %% of the"
                        + " windows' labels, in fp16.",
        mixinStandardHelpOptions = true)
public final class ExportCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Option(
            names = "--checkpoint",
            required = true,
            paramLabel = "DIR",
            description = "Fine-tuned training checkpoint.")
    private Path checkpoint;

    @Option(
            names = "--safetensors",
            paramLabel = "FILE",
            description =
                    "Write the weights here under Hugging Face's BERT names, config.json and vocab.txt beside them, and no bundle.")
    private Path safetensors;

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
            description = "fp32, or fp16 for a GPU: embeddings and layers in half precision. A CPU computes fp16 more"
                    + " slowly than fp32 (default: ${DEFAULT-VALUE}).")
    private Precision precision;

    @Option(
            names = "--card",
            paramLabel = "FILE",
            description = "Model card in Markdown (default: a short one is made).")
    private Path card;

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
        boolean bundle = out != null && name != null;
        if (safetensors == null ? !bundle : out != null || name != null) {
            throw new ParameterException(
                    spec.commandLine(), "Expected --out and --name for a bundle, or --safetensors without them");
        }
        TrainingCheckpoint read = TrainingCheckpoint.read(checkpoint);
        if (safetensors != null) {
            Path config = BertFiles.write(read, safetensors);
            spec.commandLine().getOut().printf("%s and %s%n", safetensors, config);
            spec.commandLine().getOut().flush();
            return ExitCode.FINE;
        }
        String markdown = card == null ? null : Files.readString(card);
        try (CheckpointScorer trainer = new CheckpointScorer(read)) {
            ModelExporter.Result result = ModelExporter.export(
                    read, trainer::logits, new ModelExporter.Request(name, version, style, precision, markdown), out);
            spec.commandLine()
                    .getOut()
                    .printf(
                            "%s %s -> %s%nlargest difference to the trainer: %.1e on random windows, %.1e on golden reads; same label in %.1f %% of windows%n%s%n",
                            name,
                            version,
                            out,
                            result.parity().worst(),
                            result.golden(),
                            100 * result.parity().labelAgreement(),
                            result.bundle().digest());
        }
        return ExitCode.FINE;
    }
}
