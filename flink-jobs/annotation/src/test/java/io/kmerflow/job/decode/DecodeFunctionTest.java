package io.kmerflow.job.decode;

import static org.assertj.core.api.Assertions.assertThat;

import io.kmerflow.job.deadletter.DeadLetterPolicy;
import io.kmerflow.job.deadletter.DeadLetters;
import io.kmerflow.job.ingest.DecodedRead;
import io.kmerflow.job.ingest.Origin;
import io.kmerflow.job.ingest.RawRecord;
import io.kmerflow.schema.DeadLetter;
import io.kmerflow.schema.DeadLetterStage;
import io.kmerflow.schema.SequencedRead;
import io.kmerflow.schema.codec.RecordCodec;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.apache.flink.streaming.api.operators.ProcessOperator;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DecodeFunctionTest {
    private static final Origin ORIGIN = Origin.ofTopic("reads", 2, 40, 5);

    private OneInputStreamOperatorTestHarness<RawRecord, DecodedRead> harness;

    @TempDir
    Path folder;

    @BeforeEach
    void open() throws Exception {
        Path key = Files.write(folder.resolve("key"), new byte[] {1, 2, 3});
        harness = new OneInputStreamOperatorTestHarness<>(
                new ProcessOperator<>(new DecodeFunction(100, new DeadLetterPolicy(false, key.toString()), null)));
        harness.open();
    }

    @AfterEach
    void close() throws Exception {
        harness.close();
    }

    private static SequencedRead read(String bases, byte[] qualities) {
        SequencedRead read = new SequencedRead();
        read.setReadId("r");
        read.setMate(1);
        read.setRunId("run");
        read.setBases(ByteBuffer.wrap(bases.getBytes(StandardCharsets.UTF_8)));
        read.setPhredQualities(qualities == null ? null : ByteBuffer.wrap(qualities));
        read.setBarcodeName("barcode03");
        read.setFiltered(false);
        read.setAttributes(Map.of());
        return read;
    }

    private void put(SequencedRead read) throws Exception {
        harness.processElement(RawRecord.of(ORIGIN, new RecordCodec<>(SequencedRead.class).encode(read)), 0);
    }

    private DeadLetter onlyLetter() {
        assertThat(harness.extractOutputValues()).isEmpty();
        assertThat(harness.getSideOutput(DeadLetters.OUTPUT)).hasSize(1);
        return harness.getSideOutput(DeadLetters.OUTPUT).element().getValue();
    }

    private void putJson(String bases) throws Exception {
        String json = "{\"readId\":\"r\",\"runId\":\"run\",\"bases\":\"" + bases + "\",\"phredQualities\":[1,2,3,4]}";
        harness.processElement(RawRecord.of(ORIGIN, json.getBytes(StandardCharsets.UTF_8)), 0);
    }

    @Test
    void aReadInJsonIsARead() throws Exception {
        putJson("acgu");

        assertThat(harness.extractOutputValues()).singleElement().satisfies(decoded -> {
            assertThat(decoded.bases).asString().isEqualTo("ACGT");
            assertThat(decoded.phredQualities).containsExactly(1, 2, 3, 4);
        });
    }

    @Test
    void basesInBase64AreADeadLetterAndNoRead() throws Exception {
        putJson("QUNHVA==");

        DeadLetter letter = onlyLetter();
        assertThat(letter.getReason()).isEqualTo("MALFORMED_READ");
        assertThat(letter.getReadId()).isEqualTo("r");
    }

    @Test
    void basesBeyondAsciiAreADeadLetterAndNotOthers() throws Exception {
        putJson("AC\u0441G"); // a Cyrillic letter that looks like c

        assertThat(onlyLetter().getReason()).isEqualTo("MALFORMED_READ");
    }

    @Test
    void aReadComesOutNormalisedWithItsBarcodeAndPlace() throws Exception {
        put(read("acgu.", new byte[] {1, 2, 3, 4, 5}));

        assertThat(harness.extractOutputValues()).singleElement().satisfies(decoded -> {
            assertThat(decoded.bases).asString().isEqualTo("ACGTN");
            assertThat(decoded.phredQualities).containsExactly(1, 2, 3, 4, 5);
            assertThat(decoded.barcodeName).isEqualTo("barcode03");
            assertThat(decoded.origin.offset).isEqualTo(40);
        });
    }

    @Test
    void aReadThatCannotBeIsADeadLetterWithItsName() throws Exception {
        put(read("ACGT", new byte[] {1}));

        DeadLetter letter = onlyLetter();
        assertThat(letter.getReason()).isEqualTo("MALFORMED_READ");
        assertThat(letter.getReadId()).isEqualTo("r");
        assertThat(letter.getStage()).isEqualTo(DeadLetterStage.DECODE);
        assertThat(letter.getPayload()).isNull();
        assertThat(letter.getPayloadHmac()).matches("[0-9a-f]{64}");
    }

    @Test
    void aReadOverTheLimitIsADeadLetter() throws Exception {
        put(read("A".repeat(100), null));
        assertThat(harness.extractOutputValues()).hasSize(1);
        harness.getOutput().clear();
        put(read("A".repeat(101), null));

        assertThat(onlyLetter().getReason()).isEqualTo("READ_TOO_LONG");
    }

    @Test
    void bytesWithoutAndWithWrongShapeAreUndecodable() throws Exception {
        harness.processElement(RawRecord.of(ORIGIN, null), 0);
        harness.processElement(RawRecord.of(ORIGIN, new byte[] {(byte) 0xc3, 1, 0}), 0);

        assertThat(harness.getSideOutput(DeadLetters.OUTPUT))
                .extracting(record -> record.getValue().getReason())
                .containsExactly("UNDECODABLE", "UNDECODABLE");
    }

    @Test
    void aDamagedLengthIsUndecodableAndTakesNoMemory() throws Exception {
        byte[] whole = new RecordCodec<>(SequencedRead.class).encode(read("ACGT", null));
        int length = new String(whole, StandardCharsets.ISO_8859_1).indexOf("ACGT") - 1;
        ByteArrayOutputStream damaged = new ByteArrayOutputStream();
        damaged.write(whole, 0, length);
        damaged.writeBytes(new byte[] {(byte) 0xe0, -1, -1, -1, 0x0f}); // claims 2,147,483,632 bases
        damaged.write(whole, length + 1, whole.length - length - 1);

        harness.processElement(RawRecord.of(ORIGIN, damaged.toByteArray()), 0);

        assertThat(onlyLetter().getReason()).isEqualTo("UNDECODABLE");
    }

    @Test
    void aFailureOfTheSourceKeepsItsReasonAndStage() throws Exception {
        harness.processElement(
                RawRecord.failed(Origin.ofFile("a.fq", 3, 9, 30, 40), "TRUNCATED_GZIP", "the file ends"), 0);

        DeadLetter letter = onlyLetter();
        assertThat(letter.getStage()).isEqualTo(DeadLetterStage.READ_FILE);
        assertThat(letter.getReason()).isEqualTo("TRUNCATED_GZIP");
        assertThat(letter.getFile()).isEqualTo("a.fq");
        assertThat(letter.getTopic()).isNull();
        assertThat(letter.getDeadLetterId()).matches("[0-9a-f]{32}");
    }

    @Test
    void theSamePlaceGivesTheSameDeadLetterId() throws Exception {
        harness.processElement(RawRecord.of(ORIGIN, new byte[] {1}), 0);
        harness.processElement(RawRecord.of(ORIGIN, new byte[] {2}), 0);
        harness.processElement(RawRecord.of(Origin.ofTopic("reads", 2, 41, 5), new byte[] {1}), 0);

        assertThat(harness.getSideOutput(DeadLetters.OUTPUT).stream()
                        .map(record -> record.getValue().getDeadLetterId())
                        .distinct())
                .hasSize(2);
    }

    @Test
    void namesAreTakenUpToTheLimitInBytes() throws Exception {
        SequencedRead read = read("ACGT", null);
        read.setReadId("n".repeat(ReadLimits.MAX_NAME_BYTES));
        put(read);
        read.setReadId("\u00e9".repeat(ReadLimits.MAX_NAME_BYTES / 2)); // 2 bytes each
        put(read);
        assertThat(harness.extractOutputValues()).hasSize(2);

        read.setReadId("\u00e9".repeat(ReadLimits.MAX_NAME_BYTES / 2) + "n");
        put(read);
        read.setReadId("r");
        read.setRunId("n".repeat(ReadLimits.MAX_NAME_BYTES + 1));
        put(read);
        read.setRunId("run");
        read.setSampleId("n".repeat(ReadLimits.MAX_NAME_BYTES + 1));
        put(read);
        read.setSampleId(null);
        read.setBarcodeName("n".repeat(ReadLimits.MAX_NAME_BYTES + 1));
        put(read);

        assertThat(harness.extractOutputValues()).hasSize(2);
        assertThat(harness.getSideOutput(DeadLetters.OUTPUT))
                .extracting(letter ->
                        letter.getValue().getReason() + ": " + letter.getValue().getMessage())
                .containsExactly(
                        "NAME_TOO_LONG: Expected a read id of at most 65536 bytes, got 65537",
                        "NAME_TOO_LONG: Expected a run id of at most 65536 bytes, got 65537",
                        "NAME_TOO_LONG: Expected a sample id of at most 65536 bytes, got 65537",
                        "NAME_TOO_LONG: Expected a barcode name of at most 65536 bytes, got 65537");
    }
}
