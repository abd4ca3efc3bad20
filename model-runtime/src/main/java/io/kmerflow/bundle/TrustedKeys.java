package io.kmerflow.bundle;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.PublicKey;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Public keys, one of which must have signed a bundle. While keys change, the old one and the new one are trusted together. */
public final class TrustedKeys {
    private final Path file;
    private final Map<String, PublicKey> byId = new LinkedHashMap<>();

    private TrustedKeys(PemKeys keys) {
        file = keys.file();
        keys.publicKeys().forEach(key -> byId.put(PemKeys.id(key), key));
    }

    /**
     * Reads public keys.
     *
     * @param file PEM with one key or more
     * @throws BundleException if it has none, has a private key, or cannot be read
     */
    public static TrustedKeys read(Path file) {
        if (Files.exists(file) && !Files.isRegularFile(file)) { // a pipe would be waited for
            throw new BundleException(
                    String.format(Locale.ROOT, "Expected public keys in PEM in a regular file, %s is none", file));
        }
        PemKeys keys = PemKeys.read(file);
        if (!keys.privateKeys().isEmpty()) {
            throw new BundleException(String.format(
                    Locale.ROOT,
                    "Expected public keys alone in %s, got a private key, which no machine that only checks should have",
                    file));
        }
        if (keys.publicKeys().isEmpty()) {
            throw new BundleException(
                    String.format(Locale.ROOT, "Expected one public Ed25519 key or more in PEM in %s, got none", file));
        }
        return new TrustedKeys(keys);
    }

    /**
     * Ids of the public keys in a file, which may hold private keys too.
     *
     * @throws BundleException if it has none or cannot be read
     */
    public static List<String> idsIn(Path file) {
        PemKeys keys = PemKeys.read(file);
        if (keys.publicKeys().isEmpty()) {
            throw new BundleException(
                    String.format(Locale.ROOT, "Expected a public Ed25519 key or more in PEM in %s, got none", file));
        }
        return keys.publicKeys().stream().map(PemKeys::id).toList();
    }

    /**
     * Checks that one of the keys has signed the bundle as it is.
     *
     * @return id of that key
     * @throws BundleException if none has
     */
    public String require(ModelBundle bundle) {
        List<BundleSignature> signatures = bundle.signatures();
        List<BundleSignature> trusted =
                signatures.stream().filter(one -> byId.containsKey(one.key())).toList();
        byte[] statement = statement(bundle);
        for (BundleSignature one : trusted) {
            if (SigningKey.verifies(byId.get(one.key()), statement, one.bytes())) {
                return one.key();
            }
        }
        if (!trusted.isEmpty()) {
            throw new BundleException(String.format(
                    Locale.ROOT,
                    "Expected the %s of %s %s to hold, it does not: a file in %s was changed after it was signed",
                    trusted.get(0),
                    bundle.name(),
                    bundle.version(),
                    bundle.directory()));
        }
        throw new BundleException(String.format(
                Locale.ROOT,
                "Expected %s %s in %s to be signed by a key of %s (%s), got %s",
                bundle.name(),
                bundle.version(),
                bundle.directory(),
                file,
                String.join(", ", byId.keySet()),
                signatures.isEmpty()
                        ? "no signature"
                        : "a signature by "
                                + String.join(
                                        ", ",
                                        signatures.stream()
                                                .map(BundleSignature::key)
                                                .toList())));
    }

    private static byte[] statement(ModelBundle bundle) {
        try {
            return BundleSignature.statement(bundle);
        } catch (IOException e) {
            throw new BundleException(
                    String.format(Locale.ROOT, "Could not read a file of the bundle %s: %s", bundle.directory(), e), e);
        }
    }
}
