package io.kmerflow.cli.retrain;

import io.kmerflow.sequence.identity.ReadDigests;
import io.kmerflow.sequence.identity.ReadIdentity;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;

/**
 * Reads that were held out once and are never trained on, in this run or any later one: hashes of their identity and of their
 * sequence on either strand, no names and no bases. A line of the file is 16 hex digits of one hash.
 */
final class HeldOutLedger {
    /** Name of the file in a run and in a bundle. */
    static final String FILE = "held-out-reads.txt";

    private static final long SEED = 0x4C45_4447L;
    private static final HexFormat HEX = HexFormat.of();

    private final Set<String> hashes = new TreeSet<>();
    private final ReadDigests digests = new ReadDigests();

    /** Adds the lines of a file. */
    HeldOutLedger add(Path file) throws IOException {
        try (BufferedReader lines = Files.newBufferedReader(file)) {
            int number = 0;
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                number++;
                if (line.isBlank()) {
                    continue;
                }
                if (!line.matches("[0-9a-f]{16}")) {
                    throw new IllegalArgumentException(String.format(
                            Locale.ROOT, "Expected 16 hex digits in line %d of %s, got '%s'", number, file, line));
                }
                hashes.add(line);
            }
        }
        return this;
    }

    /** Adds a read. */
    void add(ReadIdentity identity, byte[] bases) {
        hashes.add(identityHash(identity));
        hashes.add(sequenceHash(bases));
    }

    /** Whether the read, or its sequence under another name, was held out. */
    boolean has(ReadIdentity identity, byte[] bases) {
        return hashes.contains(identityHash(identity)) || hashes.contains(sequenceHash(bases));
    }

    private String identityHash(ReadIdentity identity) {
        return HEX.toHexDigits(digests.rank(SEED, identity.key()));
    }

    private String sequenceHash(byte[] bases) {
        return HEX.toHexDigits(ByteBuffer.wrap(digests.canonical(bases)).getLong());
    }

    /** Hashes in it. */
    int size() {
        return hashes.size();
    }

    /** Writes the file, hashes in order. */
    void write(Path file) throws IOException {
        Files.write(file, hashes);
    }
}
