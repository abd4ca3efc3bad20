package io.kmerflow.cli.serving;

import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The live page beside another command. */
@Command
final class ViewOptions {
    @Option(names = "--view", description = "Show the run on a live page, see 'kmerflow view'.")
    private boolean view;

    @Option(
            names = "--view-port",
            paramLabel = "PORT",
            defaultValue = "8080",
            description = "Port of the live page; 0 is any free one (default: ${DEFAULT-VALUE}).")
    private int port;

    boolean isAsked() {
        return view;
    }

    int port() {
        return port;
    }
}
