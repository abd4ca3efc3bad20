package io.kmerflow.chaos;

import io.kmerflow.schema.SequencedRead;
import io.kmerflow.schema.codec.RecordCodec;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.SplittableRandom;

/** Reads of random bases, each a function of seed and number; every so often one that nobody can score. */
final class ChaosReads {
    static final String RUN = "chaos";
    private static final int MALFORMED_EVERY = 500;
    private static final byte[] BASES = "ACGT".getBytes(StandardCharsets.US_ASCII);

    private final RecordCodec<SequencedRead> codec = new RecordCodec<>(SequencedRead.class);
    private final long seed;
    private final int bases;

    ChaosReads(long seed, int bases) {
        this.seed = seed;
        this.bases = bases;
    }

    /** Name of a read, from its number. */
    static String name(int number) {
        return "read-" + number;
    }

    /** Whether the record becomes a dead letter: in turn bytes that are no record, and a record whose bases are none. */
    static boolean malformed(int number) {
        return number % MALFORMED_EVERY == MALFORMED_EVERY / 2;
    }

    private static boolean undecodable(int number) {
        return malformed(number) && number / MALFORMED_EVERY % 2 == 0;
    }

    /** Key of the record, UTF-8, as ingest makes it. */
    byte[] key(int number) {
        return (RUN + "/" + name(number)).getBytes(StandardCharsets.UTF_8);
    }

    /** Value of the record. */
    byte[] value(int number) {
        if (undecodable(number)) {
            return ("no record " + number).getBytes(StandardCharsets.UTF_8);
        }
        SplittableRandom random = new SplittableRandom(seed * 1_000_003 + number);
        byte[] sequence = new byte[bases];
        for (int i = 0; i < bases; i++) {
            sequence[i] = BASES[random.nextInt(BASES.length)];
        }
        if (malformed(number)) {
            sequence[bases / 2] = '!';
        }
        SequencedRead read = new SequencedRead();
        read.setReadId(name(number));
        read.setMate(0);
        read.setRunId(RUN);
        read.setBases(ByteBuffer.wrap(sequence));
        read.setFiltered(false);
        read.setAttributes(Map.of());
        return codec.encode(read);
    }
}
