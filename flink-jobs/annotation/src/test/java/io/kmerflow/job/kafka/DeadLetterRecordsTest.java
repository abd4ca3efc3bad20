package io.kmerflow.job.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.kmerflow.schema.DeadLetter;
import io.kmerflow.schema.DeadLetterStage;
import io.kmerflow.schema.codec.RecordCodec;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Locale;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;

class DeadLetterRecordsTest {
    private static DeadLetter letter(String text, int payload) {
        DeadLetter letter = new DeadLetter();
        letter.setDeadLetterId("0".repeat(32));
        letter.setFile(text);
        letter.setRecordNumber(1L);
        letter.setReadId(text);
        letter.setStage(DeadLetterStage.DECODE);
        letter.setReason("UNDECODABLE");
        letter.setMessage(text);
        letter.setErrorType("");
        letter.setPayload(ByteBuffer.wrap(new byte[payload]));
        letter.setFailedTime(Instant.EPOCH);
        return letter;
    }

    private static DeadLetter written(ProducerRecord<byte[], byte[]> record) throws Exception {
        return new RecordCodec<>(DeadLetter.class).decode(record.value());
    }

    @Test
    void aLetterThatFitsExactlyIsWholeAndOneByteLessLeavesOutTheInput() throws Exception {
        DeadLetter letter = letter("text", 1_000);
        int bytes = RecordSize.of(new DeadLetterRecords("t", Integer.MAX_VALUE).serialize(letter, null, null));

        ProducerRecord<byte[], byte[]> whole = new DeadLetterRecords("t", bytes).serialize(letter, null, null);
        ProducerRecord<byte[], byte[]> cut = new DeadLetterRecords("t", bytes - 1).serialize(letter, null, null);

        assertThat(written(whole)).isEqualTo(letter);
        assertThat(written(cut).getPayload()).isNull();
        assertThat(written(cut).getMessage())
                .isEqualTo(String.format(
                        Locale.ROOT,
                        "text (the input of 1000 bytes is left out: the topic takes records of %d bytes)",
                        bytes - 1));
        assertThat(RecordSize.of(cut)).isLessThan(bytes);
        assertThat(letter.getPayload()).as("of the letter itself").isNotNull();
    }

    /** Three bytes a character in names and message, the most that a dead letter may have. */
    @Test
    void theLargestLetterFitsIntoTheSmallestLimit() throws Exception {
        DeadLetter letter = letter("\u0915".repeat(4_096), 10_000_000);
        letter.setErrorType("e".repeat(200));
        letter.setPayloadHmac("0".repeat(64));

        ProducerRecord<byte[], byte[]> record =
                new DeadLetterRecords("t", KafkaConfig.MIN_MESSAGE_BYTES).serialize(letter, null, null);

        assertThat(RecordSize.of(record)).isLessThanOrEqualTo(KafkaConfig.MIN_MESSAGE_BYTES);
        assertThat(written(record).getReason()).isEqualTo("UNDECODABLE");
        assertThat(written(record).getReadId()).endsWith("... (4096 characters)");
        assertThat(written(record).getRecordNumber()).isEqualTo(1);
    }
}
