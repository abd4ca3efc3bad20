package io.kmerflow.pretraining;

import static org.assertj.core.api.Assertions.assertThat;

import io.kmerflow.pretraining.trainer.LearningRateSchedule;
import io.kmerflow.pretraining.trainer.Trainer;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MetricsFileTest {
    @TempDir
    Path run;

    /** An event as its bytes have it; what it does not have is null. */
    private record Event(Long step, String version, String tag, Float value, boolean start) {}

    private void train(long done, double... losses) {
        try (MetricsFile metrics =
                new MetricsFile(run, done, new LearningRateSchedule(0.5, 2, 8), new TestData.Recorder())) {
            for (int i = 0; i < losses.length; i++) {
                metrics.step(new Trainer.StepResult(done + i, losses[i], Double.NaN, Double.NaN), 0);
                if (i == 1) {
                    metrics.validation(0.75);
                }
            }
        }
    }

    private List<Path> eventFiles() throws IOException {
        try (Stream<Path> files = Files.list(run)) {
            return files.filter(file -> file.getFileName().toString().startsWith("events.out.tfevents."))
                    .sorted()
                    .toList();
        }
    }

    @Test
    void everyStepIsARowAndAnEventByTheNamesOfTheColumns() throws IOException {
        train(0, 2.5, 1.25, 1);
        assertThat(Files.readAllLines(run.resolve("metrics.csv")).stream().map(MetricsFileTest::withoutSeconds))
                .containsExactly(
                        "step,loss,learning_rate,validation_loss",
                        "1,2.500000,2.5000e-01,",
                        "2,1.250000,5.0000e-01,0.750000",
                        "3,1.000000,5.0000e-01,");
        assertThat(eventFiles()).hasSize(1);
        assertThat(events(eventFiles().get(0)))
                .containsExactly(
                        new Event(null, "brain.Event:2", null, null, false),
                        new Event(1L, null, null, null, true),
                        new Event(1L, null, "loss", 2.5f, false),
                        new Event(1L, null, "learning_rate", 0.25f, false),
                        new Event(2L, null, "loss", 1.25f, false),
                        new Event(2L, null, "learning_rate", 0.5f, false),
                        new Event(2L, null, "validation_loss", 0.75f, false),
                        new Event(3L, null, "loss", 1f, false),
                        new Event(3L, null, "learning_rate", 0.5f, false));
    }

    private static String withoutSeconds(String row) {
        return row.substring(0, row.lastIndexOf(','));
    }

    @Test
    void resumedRunDropsLaterRowsAndStartsAFileThatSaysSo() throws IOException {
        train(0, 2.5, 1.25, 1);
        train(2, 0.5);
        assertThat(Files.readAllLines(run.resolve("metrics.csv")))
                .hasSize(4)
                .last()
                .asString()
                .startsWith("3,0.500000,");
        assertThat(eventFiles()).hasSize(2);
        assertThat(events(eventFiles().get(1)))
                .contains(new Event(3L, null, null, null, true), new Event(3L, null, "loss", 0.5f, false))
                .doesNotContain(new Event(2L, null, "loss", 1.25f, false));
    }

    /** The length of the first record and its checksum are the same in every file that TensorFlow writes. */
    @Test
    void fileBeginsAsThoseOfTensorFlowDo() throws IOException {
        train(0, 1);
        byte[] bytes = Files.readAllBytes(eventFiles().get(0));
        assertThat(HexFormat.of().formatHex(bytes, 0, 12)).isEqualTo("1800000000000000a37f4b22");
    }

    private static List<Event> events(Path file) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
        List<Event> events = new ArrayList<>();
        while (bytes.hasRemaining()) {
            byte[] length = take(bytes, 8);
            assertThat(bytes.getInt()).isEqualTo(masked(length));
            byte[] data = take(bytes, (int) little(length).getLong());
            assertThat(bytes.getInt()).isEqualTo(masked(data));
            events.add(event(little(data)));
        }
        return events;
    }

    private static ByteBuffer little(byte[] bytes) {
        return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    private static byte[] take(ByteBuffer from, int count) {
        byte[] bytes = new byte[count];
        from.get(bytes);
        return bytes;
    }

    /** As TensorFlow's lib/hash/crc32c.h has it, with unsigned numbers. */
    private static int masked(byte[] bytes) {
        CRC32C crc = new CRC32C();
        crc.update(bytes);
        long value = crc.getValue();
        return (int) ((value >> 15 | value << 17) + 0xa282ead8L);
    }

    private static Event event(ByteBuffer in) {
        Long step = null;
        String version = null;
        String tag = null;
        Float value = null;
        boolean start = false;
        while (in.hasRemaining()) {
            int key = in.get();
            switch (key) {
                case 0x09 -> assertThat(in.getDouble()).isGreaterThan(1.6e9); // seconds since 1970
                case 0x10 -> step = varint(in);
                case 0x1a -> version = new String(take(in, (int) varint(in)), StandardCharsets.UTF_8);
                case 0x2a -> {
                    ByteBuffer summary = little(take(in, (int) varint(in)));
                    assertThat(summary.get()).isEqualTo((byte) 0x0a);
                    ByteBuffer scalar = little(take(summary, (int) varint(summary)));
                    assertThat(summary.hasRemaining()).isFalse();
                    assertThat(scalar.get()).isEqualTo((byte) 0x0a);
                    tag = new String(take(scalar, (int) varint(scalar)), StandardCharsets.UTF_8);
                    assertThat(scalar.get()).isEqualTo((byte) 0x15);
                    value = scalar.getFloat();
                    assertThat(scalar.hasRemaining()).isFalse();
                }
                case 0x3a -> {
                    assertThat(take(in, (int) varint(in))).containsExactly(0x08, 1);
                    start = true;
                }
                default -> throw new AssertionError("Expected a field of Event, got key " + key);
            }
        }
        return new Event(step, version, tag, value, start);
    }

    private static long varint(ByteBuffer in) {
        long value = 0;
        for (int shift = 0; ; shift += 7) {
            byte next = in.get();
            value |= (long) (next & 0x7f) << shift;
            if (next >= 0) {
                return value;
            }
        }
    }
}
