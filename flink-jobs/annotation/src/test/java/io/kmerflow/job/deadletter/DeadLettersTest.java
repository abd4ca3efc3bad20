package io.kmerflow.job.deadletter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kmerflow.job.ingest.Origin;
import io.kmerflow.schema.DeadLetter;
import io.kmerflow.schema.DeadLetterStage;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.flink.runtime.throwable.ThrowableClassifier;
import org.apache.flink.runtime.throwable.ThrowableType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DeadLettersTest {
    @TempDir
    Path folder;

    private static DeadLetter letter(DeadLetterPolicy policy, String readId, String message) {
        return new DeadLetters(policy)
                .of(
                        Origin.ofTopic("reads", 0, 1, 2),
                        readId,
                        DeadLetterStage.DECODE,
                        "REASON",
                        message,
                        null,
                        "Hi There".getBytes(StandardCharsets.US_ASCII));
    }

    /** RFC 4231, test case 1. */
    @Test
    void theHmacIsThatOfTheKeyInTheFile() throws Exception {
        byte[] key = new byte[20];
        java.util.Arrays.fill(key, (byte) 0x0b);
        Path file = Files.write(folder.resolve("key"), key);
        assertThat(letter(new DeadLetterPolicy(false, file.toString()), "r", "m")
                        .getPayloadHmac())
                .isEqualTo("b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
    }

    @Test
    void aKeyThatCannotBeReadStopsTheJobForGood() throws Exception {
        Path empty = Files.createFile(folder.resolve("empty"));
        for (String file : new String[] {folder.resolve("none").toString(), folder.toString(), empty.toString()}) {
            assertThatThrownBy(() -> new DeadLetters(new DeadLetterPolicy(false, file)))
                    .isInstanceOf(UnusableKeyException.class)
                    .hasMessageContaining("key")
                    .satisfies(error -> assertThat(ThrowableClassifier.getThrowableType(error))
                            .isEqualTo(ThrowableType.NonRecoverableError));
        }
        assertThatThrownBy(() -> new DeadLetters(new DeadLetterPolicy(false, empty.toString())))
                .hasMessageContaining(empty.toString());
    }

    @Test
    void namesAndMessagesAreCutWithTheirLength() {
        DeadLetter whole = letter(DeadLetterPolicy.PLACE_ONLY, "n".repeat(4_096), "m".repeat(4_096));
        assertThat(whole.getReadId()).isEqualTo("n".repeat(4_096));
        assertThat(whole.getMessage()).isEqualTo("m".repeat(4_096));

        DeadLetter cut = letter(DeadLetterPolicy.PLACE_ONLY, "n".repeat(4_097), "m".repeat(5_000_000));
        assertThat(cut.getReadId()).isEqualTo("n".repeat(4_096) + "... (4097 characters)");
        assertThat(cut.getMessage()).isEqualTo("m".repeat(4_096) + "... (5000000 characters)");
    }

    @Test
    void noCharacterIsCutInHalf() {
        assertThat(Texts.cut("ab\uD83E\uDDEC", 3)).isEqualTo("ab... (4 characters)");
        assertThat(Texts.cut("ab\uD83E\uDDECc", 4)).isEqualTo("ab\uD83E\uDDEC... (5 characters)");
    }
}
