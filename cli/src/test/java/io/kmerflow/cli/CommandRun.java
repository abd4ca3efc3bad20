package io.kmerflow.cli;

import java.io.PrintWriter;
import java.io.StringWriter;
import picocli.CommandLine;

/** One run of the command in this process: its exit code and what it printed. */
public record CommandRun(int exitCode, String out, String err) {
    /** Runs with the arguments as the shell would hand them over. */
    public static CommandRun of(Object... args) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        CommandLine line = Kmerflow.commandLine();
        line.setOut(new PrintWriter(out));
        line.setErr(new PrintWriter(err));
        String[] words = new String[args.length];
        for (int i = 0; i < args.length; i++) {
            words[i] = args[i].toString();
        }
        int exitCode = line.execute(words);
        return new CommandRun(exitCode, out.toString(), err.toString());
    }
}
