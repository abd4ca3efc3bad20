package io.kmerflow.bundle;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kmerflow.sequence.Sha256;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Base64;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * A signature in {@code signature.json} of a bundle. What is signed is text, UTF-8 with line ends {@code \n}: a line {@code
 * kmerflow bundle signature 1}, the bundle's digest, and for every other file of the bundle that is there a line of its SHA-256 in hex, two
 * spaces and its name, in the order {@code bundle.json}, {@code golden.json}, {@code provenance.json}, {@code profile.json},
 * {@code MODEL_CARD.md}.
 *
 * @param key id of the key that signed
 * @param bytes 64 of Ed25519
 */
record BundleSignature(String key, byte[] bytes) {
    private static final int FORMAT = 1;
    private static final int LENGTH = 64;
    private static final int MAX_SIGNATURES = 100;
    private static final Pattern KEY = Pattern.compile("ed25519:[0-9a-f]{16}");

    /** Under the bundle's digest, or the signatures themselves. */
    private static final Set<BundleFile> NOT_LISTED =
            EnumSet.of(BundleFile.MODEL, BundleFile.CONTRACT, BundleFile.SIGNATURE);

    /** @throws BundleException if it is no list of signatures */
    static List<BundleSignature> of(JsonField json) {
        json.object(Set.of("format", "signatures"));
        json.field("format").require(json.field("format").wholeNumber() == FORMAT, "1, the format of signatures");
        List<JsonField> given = json.field("signatures").list();
        json.field("signatures").require(given.size() <= MAX_SIGNATURES, "at most " + MAX_SIGNATURES + " signatures");
        List<BundleSignature> signatures = new ArrayList<>();
        for (JsonField one : given) {
            one.object(Set.of("key", "signature"));
            JsonField key = one.field("key");
            key.require(KEY.matcher(key.text()).matches(), "ed25519: and 16 hex digits");
            signatures.add(new BundleSignature(key.text(), decoded(one.field("signature"))));
        }
        return signatures;
    }

    private static byte[] decoded(JsonField json) {
        byte[] bytes = {};
        try {
            bytes = Base64.getDecoder().decode(json.text());
        } catch (IllegalArgumentException e) {
            // said below
        }
        json.require(bytes.length == LENGTH, LENGTH + " bytes in base 64");
        return bytes;
    }

    /** Writes the file of signatures; who reads meanwhile has the one before. */
    static void write(Path directory, List<BundleSignature> signatures) throws IOException {
        ObjectNode tree = JsonMappers.INDENTED.createObjectNode().put("format", FORMAT);
        ArrayNode list = tree.putArray("signatures");
        signatures.forEach(one -> list.addObject()
                .put("key", one.key)
                .put("signature", Base64.getEncoder().encodeToString(one.bytes)));
        Path target = directory.resolve(BundleFile.SIGNATURE.fileName());
        Path written = Files.createTempFile(directory, "signature", ".tmp");
        try {
            Files.writeString(written, JsonMappers.INDENTED.writeValueAsString(tree) + "\n");
            Files.setPosixFilePermissions(
                    written, Files.getPosixFilePermissions(directory.resolve(BundleFile.MANIFEST.fileName())));
            Files.move(written, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(written);
        }
    }

    /** What a key signs. */
    static byte[] statement(ModelBundle bundle) throws IOException {
        StringBuilder text = new StringBuilder("kmerflow bundle signature 1\n")
                .append(bundle.digest())
                .append('\n');
        for (BundleFile file : BundleFile.values()) {
            Path path = bundle.directory().resolve(file.fileName());
            if (!NOT_LISTED.contains(file) && Files.exists(path)) {
                text.append(Sha256.hex(path))
                        .append("  ")
                        .append(file.fileName())
                        .append('\n');
            }
        }
        return text.toString().getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public String toString() {
        return String.format(Locale.ROOT, "signature by %s", key);
    }
}
