package io.kmerflow.cli.signing;

import io.kmerflow.bundle.SigningKey;
import io.kmerflow.cli.base.CommandFailure;
import io.kmerflow.cli.base.ExitCode;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** A new key. */
@Command(
        name = "make",
        description = {
            "Makes an Ed25519 key.",
            "NAME.key signs and stays with whoever exports models; its owner alone can read it. NAME.pub goes to whoever checks."
        },
        footer = "kmerflow keys make lab",
        mixinStandardHelpOptions = true)
public final class KeysMakeCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "NAME", description = "Path of the two files, without .key and .pub.")
    private Path name;

    @Override
    public Integer call() throws IOException {
        SigningKey key = SigningKey.generate();
        Path privateFile = Path.of(name + ".key");
        Path publicFile = Path.of(name + ".pub");
        try {
            key.write(privateFile, publicFile);
        } catch (FileAlreadyExistsException e) {
            throw new CommandFailure("Expected a file that does not exist yet, got " + e.getFile(), e);
        } catch (NoSuchFileException e) {
            throw new CommandFailure("Expected to write into a folder that exists, got " + e.getFile(), e);
        }
        spec.commandLine().getOut().printf(Locale.ROOT, "%s in %s and %s%n", key.id(), privateFile, publicFile);
        return ExitCode.FINE;
    }
}
