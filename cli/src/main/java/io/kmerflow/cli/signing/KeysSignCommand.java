package io.kmerflow.cli.signing;

import io.kmerflow.bundle.SigningKey;
import io.kmerflow.cli.base.ExitCode;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Signatures for bundles that are there already. */
@Command(
        name = "sign",
        description = {
            "Signs model bundles with a key.",
            "Writes signature.json into each bundle and into its forms (fp16, int8). A bundle can have signatures by several keys,"
                    + " for the time in which keys change; one by the same key is replaced."
        },
        footer = "kmerflow keys sign species-2.2 --key lab.key",
        mixinStandardHelpOptions = true)
public final class KeysSignCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Option(
            names = "--key",
            required = true,
            paramLabel = "FILE",
            description = "Private key with its public key, as keys make writes it.")
    private Path key;

    @Parameters(paramLabel = "BUNDLE", arity = "1..*", description = "Folder of a model bundle.")
    private Path[] bundles;

    @Override
    public Integer call() {
        SigningKey signing = SigningKey.read(key);
        for (Path bundle : bundles) {
            Signatures.add(bundle, signing, spec.commandLine().getOut());
        }
        return ExitCode.FINE;
    }
}
