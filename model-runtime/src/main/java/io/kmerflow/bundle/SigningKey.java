package io.kmerflow.bundle;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;

/** An Ed25519 key that signs bundles. */
public final class SigningKey {
    private static final Set<PosixFilePermission> OWNER_ALONE = PosixFilePermissions.fromString("rw-------");

    private final PrivateKey privateKey;
    private final PublicKey publicKey;

    private SigningKey(PrivateKey privateKey, PublicKey publicKey) {
        this.privateKey = privateKey;
        this.publicKey = publicKey;
    }

    /** A new key. */
    public static SigningKey generate() {
        try {
            KeyPair pair = KeyPairGenerator.getInstance(PemKeys.ALGORITHM).generateKeyPair();
            return new SigningKey(pair.getPrivate(), pair.getPublic());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("Ed25519 is part of every JDK", e);
        }
    }

    /**
     * Reads a private key and its public key.
     *
     * @param file PEM with both; others than its owner must not be able to read it
     * @throws BundleException if it has another number of keys, the two are no pair, or others can read it
     */
    public static SigningKey read(Path file) {
        PemKeys keys = PemKeys.read(file);
        if (keys.privateKeys().size() != 1 || keys.publicKeys().size() != 1) {
            throw new BundleException(String.format(
                    Locale.ROOT,
                    "Expected a private Ed25519 key and its public key in %s, as 'kmerflow keys make' and 'openssl pkey -pubout' write"
                            + " them in PEM, got %d private and %d public keys",
                    file,
                    keys.privateKeys().size(),
                    keys.publicKeys().size()));
        }
        requireOwnerAlone(file);
        SigningKey key =
                new SigningKey(keys.privateKeys().get(0), keys.publicKeys().get(0));
        byte[] probe = {1};
        if (!verifies(key.publicKey, probe, key.sign(probe))) {
            throw new BundleException(String.format(
                    Locale.ROOT, "Expected the two keys in %s to be a pair, they are of different keys", file));
        }
        return key;
    }

    private static void requireOwnerAlone(Path file) {
        try {
            Set<PosixFilePermission> given = Files.getPosixFilePermissions(file);
            Set<PosixFilePermission> others = EnumSet.noneOf(PosixFilePermission.class);
            others.addAll(given);
            others.removeAll(PosixFilePermissions.fromString("rwx------"));
            if (!others.isEmpty()) {
                throw new BundleException(String.format(
                        Locale.ROOT,
                        "Expected a private key that its owner alone can read, %s is %s; chmod 600 makes it so",
                        file,
                        PosixFilePermissions.toString(given)));
            }
        } catch (UnsupportedOperationException e) {
            return; // a file system without such permissions
        } catch (IOException e) {
            throw new BundleException(String.format(Locale.ROOT, "Could not read keys from %s: %s", file, e), e);
        }
    }

    /**
     * Writes both keys to one file, which its owner alone can read, and the public key to another.
     *
     * @throws FileAlreadyExistsException if one of the files exists; nothing is written then
     */
    public void write(Path privateFile, Path publicFile) throws IOException {
        for (Path file : new Path[] {privateFile, publicFile}) {
            if (Files.exists(file)) {
                throw new FileAlreadyExistsException(file.toString());
            }
        }
        Files.createFile(privateFile, PosixFilePermissions.asFileAttribute(OWNER_ALONE));
        Files.writeString(privateFile, PemKeys.text(privateKey, publicKey));
        Files.writeString(publicFile, PemKeys.text(publicKey), StandardOpenOption.CREATE_NEW);
    }

    /** Which key: {@code ed25519:} and 16 hex digits. */
    public String id() {
        return PemKeys.id(publicKey);
    }

    /** 64 bytes. */
    byte[] sign(byte[] message) {
        try {
            Signature signature = Signature.getInstance(PemKeys.ALGORITHM);
            signature.initSign(privateKey);
            signature.update(message);
            return signature.sign();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("Ed25519 is part of every JDK", e);
        }
    }

    /** Whether the holder of that key has signed the message. */
    static boolean verifies(PublicKey key, byte[] message, byte[] signed) {
        try {
            Signature signature = Signature.getInstance(PemKeys.ALGORITHM);
            signature.initVerify(key);
            signature.update(message);
            return signature.verify(signed);
        } catch (GeneralSecurityException e) { // of no valid form
            return false;
        }
    }
}
