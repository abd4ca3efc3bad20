package io.kmerflow.cli.signing;

import io.kmerflow.bundle.ModelBundle;
import io.kmerflow.bundle.TrustedKeys;
import io.kmerflow.cli.base.ExitCode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Which keys are in files and on bundles. */
@Command(
        name = "show",
        description = {
            "Shows the ids of the keys in files, and of the keys that have signed model bundles.",
            "An id is ed25519: and the first 16 hex digits of the SHA-256 of the public key in X.509. A signature that is shown need not"
                    + " hold; keys check tells."
        },
        footer = "kmerflow keys show trusted.pub species-2.2",
        mixinStandardHelpOptions = true)
public final class KeysShowCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "FILE", arity = "1..*", description = "Keys in PEM, or a model bundle's folder or zip.")
    private Path[] files;

    @Override
    public Integer call() {
        for (Path file : files) {
            boolean bundle = Files.isDirectory(file)
                    || file.toString().toLowerCase(Locale.ROOT).endsWith(".zip");
            List<String> ids = bundle ? ModelBundle.read(file).signers() : TrustedKeys.idsIn(file);
            String said = ids.isEmpty() ? "no signature" : String.join(", ", ids);
            spec.commandLine().getOut().printf(Locale.ROOT, "%s: %s%n", file, said);
        }
        return ExitCode.FINE;
    }
}
