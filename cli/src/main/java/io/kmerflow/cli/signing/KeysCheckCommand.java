package io.kmerflow.cli.signing;

import io.kmerflow.bundle.BundleForms;
import io.kmerflow.bundle.ModelBundle;
import io.kmerflow.bundle.TrustedKeys;
import io.kmerflow.cli.base.ExitCode;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Whether bundles are signed by a trusted key. */
@Command(
        name = "check",
        description = {
            "Checks that one of the keys has signed a model bundle and each of its forms.",
            "It is the check of publish and of the job with --require-signature."
        },
        footer = "kmerflow keys check species-2.2 --keys trusted.pub",
        mixinStandardHelpOptions = true)
public final class KeysCheckCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Option(
            names = "--keys",
            required = true,
            paramLabel = "FILE",
            description = "Public keys in PEM, one or more in one file.")
    private Path keys;

    @Parameters(paramLabel = "BUNDLE", arity = "1..*", description = "Model bundle, a folder or a zip.")
    private Path[] bundles;

    @Override
    public Integer call() {
        TrustedKeys trusted = TrustedKeys.read(keys);
        for (Path bundle : bundles) {
            for (ModelBundle one : BundleForms.all(bundle)) {
                String signer = trusted.require(one);
                spec.commandLine()
                        .getOut()
                        .printf(
                                Locale.ROOT,
                                "%s %s, %s, in %s is signed by %s%n",
                                one.name(),
                                one.version(),
                                one.precision(),
                                bundle,
                                signer);
            }
        }
        return ExitCode.FINE;
    }
}
