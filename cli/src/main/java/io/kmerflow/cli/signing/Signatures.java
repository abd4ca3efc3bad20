package io.kmerflow.cli.signing;

import io.kmerflow.bundle.BundleForms;
import io.kmerflow.bundle.ModelBundle;
import io.kmerflow.bundle.SigningKey;
import io.kmerflow.cli.base.CommandFailure;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Locale;

/** Signs bundles. */
public final class Signatures {
    private Signatures() {}

    /**
     * Signs a bundle and all its forms, and says so line by line.
     *
     * @throws CommandFailure if a signature cannot be written
     */
    public static void add(Path bundle, SigningKey key, PrintWriter out) {
        for (ModelBundle one : BundleForms.all(bundle)) {
            try {
                one.sign(key);
            } catch (IOException e) {
                throw new CommandFailure(
                        String.format(Locale.ROOT, "Could not write the signature of %s: %s", one.directory(), e), e);
            }
            out.printf(
                    Locale.ROOT,
                    "signed %s %s, %s, in %s by %s%n",
                    one.name(),
                    one.version(),
                    one.precision(),
                    one.directory(),
                    key.id());
        }
    }
}
