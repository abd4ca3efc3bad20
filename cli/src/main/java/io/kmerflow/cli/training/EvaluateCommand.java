package io.kmerflow.cli.training;

import io.kmerflow.cli.evaluation.AlignedSegmentsCommand;
import io.kmerflow.cli.evaluation.DrawReadsCommand;
import io.kmerflow.cli.evaluation.EvaluateCallsCommand;
import io.kmerflow.cli.evaluation.EvaluateReadsCommand;
import io.kmerflow.cli.evaluation.EvaluateSegmentsCommand;
import io.kmerflow.cli.evaluation.EvaluateUnknownCommand;
import io.kmerflow.cli.evaluation.KmerSegmentsCommand;
import io.kmerflow.cli.evaluation.SelectReadsCommand;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Measures a model; what on is the subcommand. */
@Command(
        name = "evaluate",
        description = "Measures the accuracy of a model or an encoder.",
        footer = "kmerflow evaluate sequences --model run/model --csv test.csv.gz",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {
            EvaluateSequencesCommand.class,
            EvaluateGueCommand.class,
            GuePositionsCommand.class,
            EvaluateReadsCommand.class,
            EvaluateCallsCommand.class,
            EvaluateUnknownCommand.class,
            EvaluateSegmentsCommand.class,
            AlignedSegmentsCommand.class,
            KmerSegmentsCommand.class,
            DrawReadsCommand.class,
            SelectReadsCommand.class
        })
public final class EvaluateCommand implements Runnable {
    @Spec
    private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "Expected what to evaluate on, got none");
    }
}
