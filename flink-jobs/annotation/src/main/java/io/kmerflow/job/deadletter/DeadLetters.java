package io.kmerflow.job.deadletter;

import io.kmerflow.job.ingest.Origin;
import io.kmerflow.job.types.RecordTypeInfo;
import io.kmerflow.schema.DeadLetter;
import io.kmerflow.schema.DeadLetterStage;
import io.kmerflow.sequence.Sha256;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Locale;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.apache.flink.util.OutputTag;

/** Makes dead letters. Used by one thread. */
public final class DeadLetters {
    /** Side output of every operator that may put input aside. */
    public static final OutputTag<DeadLetter> OUTPUT =
            new OutputTag<>("dead-letters", new RecordTypeInfo<>(DeadLetter.class));

    /** Longest name of a read or a file in a dead letter, in characters; a longer one is cut. */
    public static final int MAX_NAME_CHARACTERS = 4_096;

    /** Longest message of a dead letter, in characters; a longer one is cut. */
    public static final int MAX_MESSAGE_CHARACTERS = 4_096;

    private static final int ID_BYTES = 16;

    private final DeadLetterPolicy policy;
    private final MessageDigest digest;
    private final Mac mac;

    /**
     * Reads the key, where there is one: made where the job runs, not where it is submitted.
     *
     * @param policy what of the input is kept
     * @throws UnusableKeyException if the key file cannot be read or is empty
     */
    public DeadLetters(DeadLetterPolicy policy) {
        this.policy = policy;
        this.digest = Sha256.start();
        try {
            this.mac = policy.hmacKeyFile() == null ? null : Mac.getInstance("HmacSHA256");
            if (mac != null) {
                mac.init(new SecretKeySpec(key(policy.hmacKeyFile()), "HmacSHA256"));
            }
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("HMAC of SHA-256 is part of every JDK", e);
        }
    }

    private static byte[] key(String file) {
        byte[] key;
        try {
            key = Files.readAllBytes(Path.of(file));
        } catch (IOException | InvalidPathException e) {
            throw new UnusableKeyException(
                    String.format(
                            Locale.ROOT,
                            "Expected the file with the key for dead letters on the machine that runs the job, got %s",
                            e),
                    e);
        }
        if (key.length == 0) {
            throw new UnusableKeyException(
                    String.format(Locale.ROOT, "Expected a key in %s, got an empty file", file), null);
        }
        return key;
    }

    /**
     * A dead letter. Names and message are cut where they are too long.
     *
     * @param origin where the input came from
     * @param readId name of the read, or null where it cannot be told
     * @param stage where in the flow it failed
     * @param reason one word in capitals
     * @param message what was expected, what came
     * @param error the error, or null
     * @param payload the input, or null
     */
    public DeadLetter of(
            Origin origin,
            String readId,
            DeadLetterStage stage,
            String reason,
            String message,
            Throwable error,
            byte[] payload) {
        DeadLetter letter = new DeadLetter();
        letter.setDeadLetterId(id(origin, stage));
        letter.setTopic(origin.topic);
        if (origin.topic != null) {
            letter.setPartition(origin.partition);
            letter.setOffset(origin.offset);
        }
        letter.setFile(Texts.cut(origin.file, MAX_NAME_CHARACTERS));
        if (origin.file != null) {
            letter.setRecordNumber(origin.recordNumber);
            letter.setLine(origin.line);
            letter.setByteStart(origin.byteStart);
            letter.setByteEnd(origin.byteEnd);
        }
        letter.setReadId(Texts.cut(readId, MAX_NAME_CHARACTERS));
        letter.setStage(stage);
        letter.setReason(reason);
        letter.setMessage(message == null ? "" : Texts.cut(message, MAX_MESSAGE_CHARACTERS));
        letter.setErrorType(error == null ? "" : error.getClass().getName());
        letter.setPayload(policy.keepPayload() && payload != null ? ByteBuffer.wrap(payload) : null);
        letter.setPayloadHmac(mac != null && payload != null ? HexFormat.of().formatHex(mac.doFinal(payload)) : null);
        letter.setFailedTime(Instant.now());
        return letter;
    }

    /** 32 hex digits: hash of the place and the stage. */
    private String id(Origin origin, DeadLetterStage stage) {
        digest.reset();
        digest.update((origin + "\n" + stage).getBytes(StandardCharsets.UTF_8));
        return HexFormat.of().formatHex(digest.digest(), 0, ID_BYTES);
    }
}
