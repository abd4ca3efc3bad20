package io.kmerflow.cli.training;

import io.kmerflow.bundle.JsonMappers;
import io.kmerflow.cli.base.ExitCode;
import io.kmerflow.cli.base.StopSignal;
import io.kmerflow.pretraining.PretrainConfig;
import io.kmerflow.pretraining.PretrainDefaults;
import io.kmerflow.pretraining.Pretraining;
import io.kmerflow.pretraining.settings.SettingsTree;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Masked-k-mer pretraining on genomes. */
@Command(
        name = "pretrain",
        description = {
            "Trains an encoder to predict masked k-mers of genomes (RandomMask and variants).",
            "Writes to --out: last/ (to continue from), best/ (lowest validation loss, on held-out pieces), held-out.tsv, "
                    + "metrics.csv (loss of every step), report.html with curves, and events for TensorBoard."
        },
        footer = {
            "kmerflow pretrain --config recipes/pretrain-species.yaml --out run",
            "kmerflow pretrain --genome genomes.fa.gz --out run"
        },
        mixinStandardHelpOptions = true)
public final class PretrainCommand implements Callable<Integer> {
    private static final String TITLE = "Pretraining";

    @Spec
    private CommandSpec spec;

    @Mixin
    private RunSwitches run;

    @Option(
            names = "--genome",
            arity = "1..*",
            paramLabel = "FILE",
            description =
                    "Genomes (FASTA, plain or .gz) instead of --config: 2 layers x 128, k = 6, 2,000 steps of 32 pieces of"
                            + " up to 515 bases; a fifth of the positions of each contig is held out.")
    private List<Path> genomes = List.of();

    @Override
    public Integer call() throws IOException {
        if ((run.config == null) == genomes.isEmpty()) {
            throw new ParameterException(spec.commandLine(), "Expected --config FILE or --genome FILE, and not both");
        }
        PretrainConfig config;
        try {
            config = run.config == null
                    ? SettingsTree.with(defaults(), run.changes())
                    : SettingsTree.read(run.config, run.changes(), PretrainConfig.class);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage(), e);
        }
        try (StopSignal stop = new StopSignal()) {
            Pretraining.Result result =
                    new Pretraining(config, run.options(spec.commandLine().getErr(), stop)).run();
            if (!result.finished()) {
                throw run.stopped(TITLE, spec.commandLine().getErr(), result.step(), result.model());
            }
            print(result);
            return ExitCode.FINE;
        }
    }

    private PretrainConfig defaults() {
        PretrainDefaults defaults =
                PretrainDefaults.of(genomes.stream().map(Path::toAbsolutePath).toList());
        spec.commandLine().getErr().println(defaults.heldOut());
        spec.commandLine().getErr().flush();
        return defaults.config();
    }

    private void print(Pretraining.Result result) throws IOException {
        PrintWriter out = spec.commandLine().getOut();
        String line = String.format(
                Locale.ROOT,
                "%d steps, lowest validation loss %.4f nats -> %s",
                result.step(),
                result.bestLoss(),
                result.model());
        run.report(TITLE, spec.commandLine().getErr(), "Result", line);
        if (run.json) {
            Map<String, Object> row = new LinkedHashMap<>();
            row.put("steps", result.step());
            row.put("bestValidationLoss", result.bestLoss());
            row.put("model", result.model().toString());
            out.println(JsonMappers.COMPACT.writeValueAsString(row));
        } else {
            out.println(line);
        }
        out.flush();
    }
}
