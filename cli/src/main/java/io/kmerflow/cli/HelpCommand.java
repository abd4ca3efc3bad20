package io.kmerflow.cli;

import io.kmerflow.cli.base.ExitCode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Help on a command by its name: {@code help evaluate gue} is {@code evaluate gue --help}. */
@Command(
        name = "help",
        description = "Shows the help of a command.",
        footer = {"kmerflow help annotate", "kmerflow help evaluate gue"},
        helpCommand = true,
        mixinStandardHelpOptions = true)
public final class HelpCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Parameters(
            arity = "0..*",
            paramLabel = "COMMAND",
            description = "Name of a command and of its subcommand (default: the list of commands).")
    private List<String> names = List.of();

    @Option(
            names = "--reference",
            hidden = true,
            paramLabel = "DIR",
            description = "Write the reference pages of all commands and job options to this folder.")
    private Path reference;

    @Override
    public Integer call() throws IOException {
        if (reference != null) {
            ReferencePages.writeTo(reference);
            return ExitCode.FINE;
        }
        CommandLine asked = spec.parent().commandLine();
        for (String name : names) {
            CommandLine next = asked.getSubcommands().get(name);
            if (next == null) {
                throw new ParameterException(
                        asked, String.format(Locale.ROOT, "Expected a command that exists, got '%s'", name));
            }
            asked = next;
        }
        asked.usage(spec.commandLine().getOut());
        return ExitCode.FINE;
    }
}
