package io.kmerflow.cli.serving;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** Where a command can be reached. */
@Command
final class BindOptions {
    @Option(
            names = "--bind-address",
            paramLabel = "ADDRESS",
            defaultValue = "127.0.0.1",
            description =
                    "Where the command's ports can be reached: an address of this machine, or 0.0.0.0 for all of them (default:"
                            + " ${DEFAULT-VALUE}, this machine only). Metrics and Flink's web interface have no login; the live"
                            + " page asks for a token.")
    private String bindAddress;

    /** @throws ParameterException if it is none */
    InetAddress address(CommandSpec spec) {
        try {
            return InetAddress.getByName(bindAddress);
        } catch (UnknownHostException e) {
            throw new ParameterException(
                    spec.commandLine(),
                    String.format(
                            Locale.ROOT,
                            "Expected --bind-address with an address of this machine, got '%s'",
                            bindAddress),
                    e);
        }
    }
}
