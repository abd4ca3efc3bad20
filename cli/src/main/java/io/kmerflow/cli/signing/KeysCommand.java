package io.kmerflow.cli.signing;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Keys and what they sign; what to do is the subcommand. */
@Command(
        name = "keys",
        description = "Makes keys that sign model bundles, signs bundles, and checks their signatures.",
        footer = "kmerflow keys make lab",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {KeysMakeCommand.class, KeysSignCommand.class, KeysCheckCommand.class, KeysShowCommand.class})
public final class KeysCommand implements Runnable {
    @Spec
    private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "Expected what to do with keys, got none");
    }
}
