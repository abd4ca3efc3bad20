package io.kmerflow.pretraining.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kmerflow.pretraining.model.Tensor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SafetensorsTest {
    @TempDir
    Path folder;

    /** A file as another writer would make it. */
    private Path file(String header, float... values) throws IOException {
        byte[] json = header.getBytes(StandardCharsets.UTF_8);
        ByteBuffer bytes =
                ByteBuffer.allocate(8 + json.length + 4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
        bytes.putLong(json.length).put(json);
        for (float value : values) {
            bytes.putFloat(value);
        }
        return Files.write(folder.resolve("t.safetensors"), bytes.array());
    }

    @Test
    void tensorsComeBackBitForBit() throws IOException {
        float[] large = new float[300_001]; // more than one chunk
        for (int i = 0; i < large.length; i++) {
            large[i] = (float) Math.sin(i);
        }
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        tensors.put("b", new Tensor(new float[] {1, -0f, Float.MIN_VALUE, 3e38f, 5, 6}, new long[] {2, 3}));
        tensors.put("a", new Tensor(large, new long[] {large.length}));
        tensors.put("scalar", new Tensor(new float[] {7}, new long[] {}));
        Path file = folder.resolve("w.safetensors");
        Safetensors.write(file, tensors);
        Map<String, Tensor> read = Safetensors.read(file);
        assertThat(read.keySet()).containsExactly("b", "a", "scalar");
        tensors.forEach((name, tensor) -> {
            assertThat(Arrays.equals(read.get(name).data(), tensor.data()))
                    .as(name)
                    .isTrue();
            assertThat(read.get(name).shape()).containsExactly(tensor.shape());
        });
    }

    @Test
    void aFileOfAnotherWriterIsRead() throws IOException {
        Path file = file(
                "{\"x\":{\"dtype\":\"F32\",\"shape\":[2,1],\"data_offsets\":[4,12]},"
                        + "\"y\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}",
                1,
                2,
                3);
        Map<String, Tensor> read = Safetensors.read(file);
        assertThat(read.get("x").data()).containsExactly(2, 3);
        assertThat(read.get("y").data()).containsExactly(1);
    }

    @Test
    void bfloat16IsRefusedFromTheHeader() throws IOException {
        Path file = file("{\"w\":{\"dtype\":\"BF16\",\"shape\":[2],\"data_offsets\":[0,4]}}", 1);
        assertThatThrownBy(() -> Safetensors.read(file))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining("Expected float32 (F32) or float16 (F16) tensors, got BF16 for 'w'")
                .hasMessageContaining("t.safetensors");
    }

    @Test
    void aTypeIsRefusedBeforeAnyValueIsRead() throws IOException {
        // The values of 'a' are not there at all: reading them first would say so.
        Path file = file("{\"a\":{\"dtype\":\"F32\",\"shape\":[9],\"data_offsets\":[0,36]},"
                + "\"b\":{\"dtype\":\"I8\",\"shape\":[1],\"data_offsets\":[36,37]}}");
        assertThatThrownBy(() -> Safetensors.read(file)).hasMessageContaining("got I8 for 'b'");
    }

    @Test
    void aTensorNobodyWantsMayHaveAnyType() throws IOException {
        Path file = file(
                "{\"ids\":{\"dtype\":\"I64\",\"shape\":[1],\"data_offsets\":[0,8]},"
                        + "\"y\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[8,12]}}",
                0,
                0,
                3);
        assertThat(Safetensors.read(file, name -> !name.equals("ids"))).containsOnlyKeys("y");
    }

    @Test
    void float16IsWidened() throws IOException {
        // 1, -2, 65504 (largest), 2^-24 (smallest), -0 and infinity, two to a word, the first in the low half
        Path file = file(
                "{\"h\":{\"dtype\":\"F16\",\"shape\":[6],\"data_offsets\":[0,12]}}",
                Float.intBitsToFloat(0xC0003C00),
                Float.intBitsToFloat(0x00017BFF),
                Float.intBitsToFloat(0x7C008000));
        assertThat(Safetensors.read(file).get("h").data())
                .containsExactly(1f, -2f, 65504f, 0x1p-24f, -0f, Float.POSITIVE_INFINITY);
    }

    @Test
    void damagedFilesAreRefused() throws IOException {
        Path shorter = file("{\"w\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}", 1);
        assertThatThrownBy(() -> Safetensors.read(shorter)).hasMessageContaining("got a shorter one");
        Path range = file("{\"w\":{\"dtype\":\"F32\",\"shape\":[3],\"data_offsets\":[0,8]}}", 1, 2);
        assertThatThrownBy(() -> Safetensors.read(range)).hasMessageContaining("Expected 12 bytes for 'w'");
        Path text = Files.writeString(folder.resolve("x.safetensors"), "no safetensors at all");
        assertThatThrownBy(() -> Safetensors.read(text)).isInstanceOf(CheckpointException.class);
    }
}
