package io.kmerflow.cli.training;

import io.kmerflow.cli.base.CommandFailure;
import io.kmerflow.cli.base.ExitCode;
import io.kmerflow.pretraining.huggingface.BertFiles;
import io.kmerflow.sequence.PrintableText;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** A Hugging Face BERT over k-mers becomes a training checkpoint. */
@Command(
        name = "import",
        description = {
            "Makes a training checkpoint of a Hugging Face BERT over k-mers, such as DNABERT.",
            "Writes last/ to --out, a run at step 0: 'finetune --checkpoint' starts from it, and "
                    + "'pretrain --resume' with the same --out, sizes and seed continues it."
        },
        footer = {"kmerflow import --safetensors model.safetensors --config config.json --out dnabert"},
        mixinStandardHelpOptions = true)
public final class ImportCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Option(
            names = "--safetensors",
            required = true,
            paramLabel = "FILE",
            description = "Weights, float32 or float16, under BERT's parameter names.")
    private Path weights;

    @Option(
            names = "--config",
            required = true,
            paramLabel = "FILE",
            description =
                    "The model's config.json; a vocab.txt next to it must list the k-mers in this project's order, DNABERT's.")
    private Path config;

    @Option(names = "--out", required = true, paramLabel = "DIR", description = "Directory; must not exist yet.")
    private Path out;

    @Option(
            names = "--seed",
            defaultValue = "1",
            paramLabel = "N",
            description = "Seed of parameters that the file does not have (default: ${DEFAULT-VALUE}).")
    private long seed;

    @Override
    public Integer call() {
        if (Files.exists(out)) {
            throw new CommandFailure("Expected a directory that does not exist yet, got " + out);
        }
        BertFiles.Imported imported = BertFiles.read(weights, config, seed);
        imported.checkpoint().write(out.resolve("last"));
        if (!imported.ignored().isEmpty()) {
            spec.commandLine()
                    .getErr()
                    .printf(
                            Locale.ROOT,
                            "not part of this model, ignored: %s%n",
                            PrintableText.escape(String.join(", ", imported.ignored())));
        }
        if (!imported.fresh().isEmpty()) {
            spec.commandLine()
                    .getErr()
                    .printf(
                            Locale.ROOT,
                            "not in the file, fresh from seed %d: %s%n",
                            seed,
                            String.join(", ", imported.fresh()));
            spec.commandLine().getErr().flush();
        }
        spec.commandLine()
                .getOut()
                .printf(
                        Locale.ROOT,
                        "%s, %s -> %s%n",
                        imported.checkpoint().head().kind(),
                        imported.checkpoint().config(),
                        out);
        spec.commandLine().getOut().flush();
        return ExitCode.FINE;
    }
}
