package io.kmerflow.cli.training;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.kmerflow.cli.ExitCode;
import io.kmerflow.cli.StopSignal;
import io.kmerflow.pretraining.ConfigFile;
import io.kmerflow.pretraining.finetune.FinetuneConfig;
import io.kmerflow.pretraining.finetune.Finetuning;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Trains a classifier on labelled genomes or labelled sequences. */
@Command(
        name = "finetune",
        description = {
            "Trains a classifier on labelled genomes (windows with sequencing errors) or on tables sequence,label.",
            "Writes last/ (to go on from), best/ (lowest validation loss) and, at the end, model/ with contract, golden"
                    + " logits and metrics into --out."
        },
        mixinStandardHelpOptions = true)
public final class FinetuneCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Mixin
    private RunSwitches run;

    @Option(
            names = "--checkpoint",
            paramLabel = "DIR",
            description = "Start from this training checkpoint, or run of 'pretrain', instead of what the file says.")
    private Path checkpoint;

    @Option(
            names = "--epochs",
            paramLabel = "N",
            description = "Passes over labelled sequences (csv) instead of steps.")
    private Integer epochs;

    @Override
    public Integer call() throws IOException {
        FinetuneConfig config;
        try {
            config = overridden(ConfigFile.read(run.config, FinetuneConfig.class));
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage(), e);
        }
        try (StopSignal stop = new StopSignal()) {
            Finetuning.Result result =
                    new Finetuning(config, run.options(spec.commandLine().getErr(), stop)).run();
            if (!result.finished()) {
                throw RunSwitches.stopped(result.step(), result.model());
            }
            print(result);
            return ExitCode.FINE;
        }
    }

    private FinetuneConfig overridden(FinetuneConfig file) {
        FinetuneConfig config = file.withTraining(run.override(file.training()));
        config = epochs == null ? config : config.withEpochs(epochs);
        // Given on the command line, a path is relative to where the command runs, not to the data.
        return checkpoint == null ? config : config.withCheckpoint(checkpoint.toAbsolutePath());
    }

    private void print(Finetuning.Result result) throws IOException {
        Map<String, Object> row = new LinkedHashMap<>(result.metrics());
        row.put("model", result.model().toString());
        if (run.json) {
            spec.commandLine().getOut().println(new ObjectMapper().writeValueAsString(row));
        } else {
            MetricsTable.print(spec.commandLine().getOut(), row);
        }
        spec.commandLine().getOut().flush();
    }
}
