package io.kmerflow.cli;

import io.kmerflow.cli.base.BundlePlace;
import io.kmerflow.cli.base.ErrorMessage;
import io.kmerflow.cli.base.ExitCode;
import io.kmerflow.cli.base.TemporaryFolder;
import io.kmerflow.cli.base.TerminalWriter;
import io.kmerflow.cli.doctor.DoctorCommand;
import io.kmerflow.cli.gpu.GpuCheckCommand;
import io.kmerflow.cli.packaging.PackageCommand;
import io.kmerflow.cli.retrain.LoopDemoCommand;
import io.kmerflow.cli.retrain.RetrainCommand;
import io.kmerflow.cli.serving.AnnotateCommand;
import io.kmerflow.cli.serving.BackfillCommand;
import io.kmerflow.cli.serving.BenchCommand;
import io.kmerflow.cli.serving.BrokerCommand;
import io.kmerflow.cli.serving.ChaosCommand;
import io.kmerflow.cli.serving.DiffCommand;
import io.kmerflow.cli.serving.ForgetCommand;
import io.kmerflow.cli.serving.IngestCommand;
import io.kmerflow.cli.serving.InspectCommand;
import io.kmerflow.cli.serving.JobSwitches;
import io.kmerflow.cli.serving.LabelCommand;
import io.kmerflow.cli.serving.ModelsCommand;
import io.kmerflow.cli.serving.PublishCommand;
import io.kmerflow.cli.serving.QuickstartCommand;
import io.kmerflow.cli.serving.SchemasCommand;
import io.kmerflow.cli.serving.ServeCommand;
import io.kmerflow.cli.serving.SnapshotCommand;
import io.kmerflow.cli.serving.SqlCommand;
import io.kmerflow.cli.serving.TailCommand;
import io.kmerflow.cli.serving.ViewCommand;
import io.kmerflow.cli.signing.KeysCommand;
import io.kmerflow.cli.training.EvaluateCommand;
import io.kmerflow.cli.training.ExportCommand;
import io.kmerflow.cli.training.FinetuneCommand;
import io.kmerflow.cli.training.ImportCommand;
import io.kmerflow.cli.training.PretrainCommand;
import io.kmerflow.cli.training.ProfileCommand;
import io.kmerflow.cli.training.StudyCommand;
import io.kmerflow.files.write.RefusedOutputException;
import io.kmerflow.files.write.StandardOutputError;
import io.kmerflow.sequence.PrintableText;
import java.io.OutputStreamWriter;
import java.io.PrintStream;
import java.nio.charset.Charset;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine;
import picocli.CommandLine.Command;
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
        footer = "kmerflow quickstart",
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:done",
            "1:failed",
            "2:wrong usage",
            "3:done, but some input was rejected or went to the dead letters",
            "141:standard output was closed by its reader, as by head"
        })
public final class Kmerflow implements Runnable {
    /** In the order of the help. */
    private static final List<Class<?>> COMMANDS = List.of(
            QuickstartCommand.class,
            LoopDemoCommand.class,
            InspectCommand.class,
            AnnotateCommand.class,
            IngestCommand.class,
            ServeCommand.class,
            ViewCommand.class,
            TailCommand.class,
            SqlCommand.class,
            SchemasCommand.class,
            PublishCommand.class,
            ModelsCommand.class,
            BrokerCommand.class,
            BenchCommand.class,
            ChaosCommand.class,
            LabelCommand.class,
            SnapshotCommand.class,
            BackfillCommand.class,
            DiffCommand.class,
            ForgetCommand.class,
            PretrainCommand.class,
            FinetuneCommand.class,
            EvaluateCommand.class,
            ExportCommand.class,
            ProfileCommand.class,
            ImportCommand.class,
            KeysCommand.class,
            RetrainCommand.class,
            StudyCommand.class,
            DoctorCommand.class,
            PackageCommand.class,
            GpuCheckCommand.class,
            HelpCommand.class);

    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec;

    /** Runs the command and ends the process with its exit code. */
    public static void main(String[] args) {
        NativeFiles.removeAtExit();
        System.exit(run(StandardOutput.ofProcess(), args));
    }

    /**
     * Runs the command on that standard output.
     *
     * @return the exit code, which tells a failure of standard output before anything else
     */
    static int run(StandardOutput standardOutput, String... args) {
        Charset terminal = Charset.defaultCharset(); // what people read, in the encoding of their locale
        System.setOut(new PrintStream(standardOutput, false, terminal));
        CommandLine line = commandLineFor(args);
        line.setErr(new TerminalWriter(new OutputStreamWriter(System.err, terminal)));
        int exitCode;
        try {
            exitCode = line.execute(args);
            line.getOut().flush();
            System.out.flush();
        } catch (StandardOutputError e) {
            exitCode = ExitCode.FAILED;
        } catch (Throwable e) { // picocli handles exceptions, not errors such as a library that cannot be loaded
            exitCode = standardOutput.failed() ? ExitCode.FAILED : report(e, line);
        }
        if (!standardOutput.failed()) {
            return exitCode;
        }
        if (standardOutput.closedByReader()) {
            return ExitCode.OUTPUT_CLOSED;
        }
        line.getErr().println("kmerflow: " + PrintableText.escape(standardOutput.sentence()));
        return ExitCode.FAILED;
    }

    /** With every command. */
    static CommandLine commandLine() {
        return commandLine(COMMANDS);
    }

    /** With the command that is asked for alone, where it is one: all of them with their options take half a second to make. */
    static CommandLine commandLineFor(String... args) {
        List<Class<?>> asked = COMMANDS.stream()
                .filter(command -> args.length > 0 && nameOf(command).equals(args[0]))
                .filter(command -> command != HelpCommand.class) // which shows the help of the others
                .toList();
        return commandLine(asked.isEmpty() ? COMMANDS : asked);
    }

    private static String nameOf(Class<?> command) {
        return command.getAnnotation(Command.class).name();
    }

    private static CommandLine commandLine(List<Class<?>> commands) {
        CommandLine line = new CommandLine(new Kmerflow());
        commands.forEach(line::addSubcommand);
        line.setParameterExceptionHandler(usageErrors());
        line.setExecutionExceptionHandler((error, failed, parsed) -> report(error, failed));
        line.setCaseInsensitiveEnumValuesAllowed(true);
        line.registerConverter(BundlePlace.class, BundlePlace::new);
        line.setUsageHelpAutoWidth(true);
        JobSwitches.install(line);
        HelpLayout.applyTo(line);
        return line;
    }

    private static IParameterExceptionHandler usageErrors() {
        return (error, args) -> {
            CommandLine failed = error.getCommandLine();
            String message = error instanceof UnmatchedArgumentException unmatched
                    ? String.format(
                            Locale.ROOT,
                            "Expected an option or command that exists, got '%s'",
                            unmatched.getUnmatched().get(0))
                    : error.getMessage();
            return usage(failed, message);
        };
    }

    private static int usage(CommandLine failed, String message) {
        failed.getErr()
                .printf(
                        Locale.ROOT,
                        "kmerflow: %s (see '%s --help')%n",
                        PrintableText.escape(message),
                        failed.getCommandSpec().qualifiedName());
        return ExitCode.USAGE;
    }

    /** Says in one sentence why the command failed; of standard output {@link #run} does. */
    private static int report(Throwable error, CommandLine line) {
        if (isBrokenOutput(error)) {
            return ExitCode.FAILED;
        }
        if (System.getenv("KMERFLOW_DEBUG") != null) {
            error.printStackTrace(line.getErr());
        }
        if (error instanceof RefusedOutputException) {
            return usage(line, error.getMessage());
        }
        String aboutFolder = TemporaryFolder.sentence(error);
        String sentence = aboutFolder == null ? ErrorMessage.of(error) : aboutFolder;
        line.getErr().println("kmerflow: " + PrintableText.escape(sentence));
        return ExitCode.FAILED;
    }

    /** Also where Flink has carried it from a task to here. */
    private static boolean isBrokenOutput(Throwable error) {
        for (Throwable cause = error; cause != null; cause = cause.getCause()) {
            if (cause instanceof StandardOutputError
                    || String.valueOf(cause.getMessage()).contains(StandardOutputError.class.getName())) {
                return true;
            }
        }
        return false;
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "Expected a command, got none");
    }
}
