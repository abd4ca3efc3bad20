package io.kmerflow.bundle;

import io.kmerflow.sequence.Sha256;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Ed25519 keys of a PEM file, as OpenSSL writes them: blocks {@code PRIVATE KEY} (PKCS #8) and {@code PUBLIC KEY} (X.509). Text
 * between blocks is skipped.
 *
 * @param file for messages
 * @param privateKeys in the order of the file
 * @param publicKeys in the order of the file
 */
record PemKeys(Path file, List<PrivateKey> privateKeys, List<PublicKey> publicKeys) {
    static final String ALGORITHM = "Ed25519";

    private static final String PRIVATE = "PRIVATE KEY";
    private static final String PUBLIC = "PUBLIC KEY";
    private static final int MAX_BYTES = 1 << 20;
    private static final int LINE = 64;
    private static final int ID_DIGITS = 16;
    private static final Pattern BLOCK =
            Pattern.compile("-----BEGIN ([A-Z0-9 ]{1,40})-----([A-Za-z0-9+/=\\s]*+)-----END \\1-----");

    /** @throws BundleException if the file cannot be read, is too large, or has a block that is no such key */
    static PemKeys read(Path file) {
        List<PrivateKey> privateKeys = new ArrayList<>();
        List<PublicKey> publicKeys = new ArrayList<>();
        Matcher block = BLOCK.matcher(text(file));
        while (block.find()) {
            try {
                byte[] der = Base64.getMimeDecoder().decode(block.group(2));
                KeyFactory keys = KeyFactory.getInstance(ALGORITHM);
                switch (block.group(1)) {
                    case PRIVATE -> privateKeys.add(keys.generatePrivate(new PKCS8EncodedKeySpec(der)));
                    case PUBLIC -> publicKeys.add(keys.generatePublic(new X509EncodedKeySpec(der)));
                    default -> throw notAKey(file, block.group(1), null);
                }
            } catch (GeneralSecurityException | IllegalArgumentException e) {
                throw notAKey(file, block.group(1), e);
            }
        }
        return new PemKeys(file, List.copyOf(privateKeys), List.copyOf(publicKeys));
    }

    private static BundleException notAKey(Path file, String block, Exception cause) {
        return new BundleException(
                String.format(
                        Locale.ROOT, "Expected Ed25519 keys in PEM in %s, got a block %s that is none", file, block),
                cause);
    }

    private static String text(Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            byte[] bytes = in.readNBytes(MAX_BYTES + 1);
            if (bytes.length > MAX_BYTES) {
                throw new BundleException(String.format(
                        Locale.ROOT, "Expected at most %,d bytes of keys in %s, got more", MAX_BYTES, file));
            }
            return new String(bytes, StandardCharsets.ISO_8859_1); // text between blocks may have any encoding
        } catch (IOException e) {
            throw new BundleException(String.format(Locale.ROOT, "Could not read keys from %s: %s", file, e), e);
        }
    }

    /** Both keys of a pair, so that the file alone tells who signs with it. */
    static String text(PrivateKey privateKey, PublicKey publicKey) {
        return block(PRIVATE, privateKey.getEncoded()) + text(publicKey);
    }

    static String text(PublicKey key) {
        return block(PUBLIC, key.getEncoded());
    }

    private static String block(String type, byte[] der) {
        String base64 = Base64.getMimeEncoder(LINE, new byte[] {'\n'}).encodeToString(der);
        return String.format(Locale.ROOT, "-----BEGIN %s-----%n%s%n-----END %s-----%n", type, base64, type);
    }

    /** Which key: {@code ed25519:} and the first 16 hex digits of the SHA-256 of its X.509 form. */
    static String id(PublicKey key) {
        return "ed25519:" + Sha256.hex(key.getEncoded()).substring(0, ID_DIGITS);
    }
}
