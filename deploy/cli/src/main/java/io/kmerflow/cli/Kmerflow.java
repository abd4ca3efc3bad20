package io.kmerflow.cli;

import io.kmerflow.cli.serving.AnnotateCommand;
import io.kmerflow.cli.serving.BenchCommand;
import io.kmerflow.cli.serving.BrokerCommand;
import io.kmerflow.cli.serving.ChaosCommand;
import io.kmerflow.cli.serving.IngestCommand;
import io.kmerflow.cli.serving.InspectCommand;
import io.kmerflow.cli.serving.PublishCommand;
import io.kmerflow.cli.serving.QuickstartCommand;
import io.kmerflow.cli.serving.ServeCommand;
import io.kmerflow.cli.serving.TailCommand;
import io.kmerflow.cli.training.EvaluateCommand;
import io.kmerflow.cli.training.ExportCommand;
import io.kmerflow.cli.training.FinetuneCommand;
import io.kmerflow.cli.training.ImportCommand;
import io.kmerflow.cli.training.PretrainCommand;
import io.kmerflow.cli.training.StudyCommand;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** The root of the command line. */
@Command(
        name = "kmerflow",
        description = "Annotates DNA reads while the sequencer is still running, and trains the models that do it.",
        mixinStandardHelpOptions = true,
        versionProvider = Versions.class,
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {
            QuickstartCommand.class,
            InspectCommand.class,
            AnnotateCommand.class,
            IngestCommand.class,
            ServeCommand.class,
            TailCommand.class,
            PublishCommand.class,
            BrokerCommand.class,
            BenchCommand.class,
            ChaosCommand.class,
            PretrainCommand.class,
            FinetuneCommand.class,
            EvaluateCommand.class,
            ExportCommand.class,
            ImportCommand.class,
            StudyCommand.class,
            DoctorCommand.class
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:done",
            "1:failed",
            "2:wrong usage",
            "3:done, but some input was rejected or went to the dead letters"
        })
public final class Kmerflow implements Runnable {
    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec;

    /** Runs the command and ends the process with its exit code. */
    public static void main(String[] args) {
        NativeFiles.removeAtExit();
        System.exit(commandLine().execute(args));
    }

    static CommandLine commandLine() {
        CommandLine line = new CommandLine(new Kmerflow());
        line.setParameterExceptionHandler(usageErrors());
        line.setExecutionExceptionHandler(failures());
        line.setCaseInsensitiveEnumValuesAllowed(true);
        line.setUsageHelpAutoWidth(true);
        return line;
    }

    private static IParameterExceptionHandler usageErrors() {
        return (error, args) -> {
            CommandLine failed = error.getCommandLine();
            String message = error instanceof UnmatchedArgumentException unmatched
                    ? "Expected an option or command that exists, got '%s'"
                            .formatted(unmatched.getUnmatched().get(0))
                    : error.getMessage();
            failed.getErr()
                    .printf(
                            "kmerflow: %s (see '%s --help')%n",
                            message, failed.getCommandSpec().qualifiedName());
            return ExitCode.USAGE;
        };
    }

    private static IExecutionExceptionHandler failures() {
        return (error, line, parsed) -> {
            if (System.getenv("KMERFLOW_DEBUG") != null) {
                error.printStackTrace(line.getErr());
            }
            line.getErr().println("kmerflow: " + sentence(error));
            return ExitCode.FAILED;
        };
    }

    /** The message of the error that says most to a user: the deepest cause that has one of our own types, else the root. */
    static String sentence(Throwable error) {
        Throwable said = error;
        for (Throwable cause = error; cause != null; cause = cause.getCause()) {
            if (cause.getMessage() != null) {
                said = cause;
            }
            if (cause.getClass().getName().startsWith("io.kmerflow.")) {
                said = cause;
                break;
            }
        }
        return said.getMessage() == null ? said.toString() : said.getMessage();
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "Expected a command, got none");
    }
}
