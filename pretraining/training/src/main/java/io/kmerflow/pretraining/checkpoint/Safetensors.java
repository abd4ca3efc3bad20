package io.kmerflow.pretraining.checkpoint;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kmerflow.pretraining.model.Tensor;
import io.kmerflow.pretraining.settings.JsonMappers;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Predicate;

/**
 * The safetensors format (huggingface.co/docs/safetensors): 8 bytes with the little-endian length of a JSON header that
 * names dtype, shape and byte range of every tensor, then the values. Writes float32; reads float32
 * and float16.
 */
public final class Safetensors {
    private static final long MAX_HEADER_BYTES = 100_000_000; // as the format's own readers
    private static final int CHUNK_FLOATS = 1 << 18;

    private Safetensors() {}

    /** Writes tensors in the map's order. */
    public static void write(Path file, Map<String, Tensor> tensors) throws IOException {
        ObjectNode header = JsonMappers.COMPACT.createObjectNode();
        header.putObject("__metadata__").put("format", "pt");
        long offset = 0;
        for (Map.Entry<String, Tensor> entry : tensors.entrySet()) {
            ObjectNode node = header.putObject(entry.getKey());
            node.put("dtype", "F32");
            ArrayNode shape = node.putArray("shape");
            for (long axis : entry.getValue().shape()) {
                shape.add(axis);
            }
            long end = offset + 4L * entry.getValue().data().length;
            node.putArray("data_offsets").add(offset).add(end);
            offset = end;
        }
        byte[] json = JsonMappers.COMPACT.writeValueAsBytes(header);
        int padded = (json.length + 7) / 8 * 8; // blanks, so that the values are aligned
        ByteBuffer start = ByteBuffer.allocate(8 + padded).order(ByteOrder.LITTLE_ENDIAN);
        start.putLong(padded).put(json);
        while (start.hasRemaining()) {
            start.put((byte) ' ');
        }
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            writeFully(channel, start.flip());
            ByteBuffer chunk = ByteBuffer.allocateDirect(4 * CHUNK_FLOATS).order(ByteOrder.LITTLE_ENDIAN);
            for (Tensor tensor : tensors.values()) {
                float[] data = tensor.data();
                for (int from = 0; from < data.length; from += CHUNK_FLOATS) {
                    int count = Math.min(CHUNK_FLOATS, data.length - from);
                    chunk.clear();
                    chunk.asFloatBuffer().put(data, from, count);
                    writeFully(channel, chunk.limit(4 * count));
                }
            }
            channel.force(true);
        }
    }

    private static void writeFully(FileChannel channel, ByteBuffer buffer) throws IOException {
        while (buffer.hasRemaining()) {
            channel.write(buffer);
        }
    }

    /**
     * What the header says of one tensor.
     *
     * @param start first byte of its values, counted from the end of the header
     */
    private record Entry(String name, String dtype, long[] shape, int size, long start) {
        int valueBytes() {
            return bytesOf(dtype);
        }
    }

    /**
     * Reads all tensors.
     *
     * @throws CheckpointException if the file is not safetensors, is cut off, or holds a type other than F32 and F16
     */
    public static Map<String, Tensor> read(Path file) {
        return read(file, name -> true);
    }

    /**
     * Reads some tensors; F16 is widened to float32. The whole header is checked before the first value is read.
     *
     * @param wanted says by its name whether a tensor is read; the dtype of others does not matter
     * @throws CheckpointException if the file is not safetensors, is cut off, or a wanted tensor is neither F32 nor F16
     */
    public static Map<String, Tensor> read(Path file, Predicate<String> wanted) {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            ByteBuffer length = read(channel, 0, 8);
            long headerBytes = length.getLong();
            if (headerBytes < 2 || headerBytes > MAX_HEADER_BYTES) {
                throw new CheckpointException(String.format(
                        Locale.ROOT,
                        "Expected a safetensors header of 2 to %d bytes, got %d in %s",
                        MAX_HEADER_BYTES,
                        headerBytes,
                        file));
            }
            JsonNode header = JsonMappers.COMPACT.readTree(
                    read(channel, 8, (int) headerBytes).array());
            List<Entry> entries = new ArrayList<>();
            for (Iterator<Map.Entry<String, JsonNode>> it = header.fields(); it.hasNext(); ) {
                Map.Entry<String, JsonNode> field = it.next();
                if (!field.getKey().equals("__metadata__") && wanted.test(field.getKey())) {
                    entries.add(entry(field.getKey(), field.getValue(), file));
                }
            }
            Map<String, Tensor> tensors = new LinkedHashMap<>();
            for (Entry entry : entries) {
                tensors.put(entry.name(), new Tensor(values(channel, 8 + headerBytes, entry), entry.shape()));
            }
            return tensors;
        } catch (JsonProcessingException e) {
            throw new CheckpointException("Expected a safetensors header in JSON, got something else in " + file, e);
        } catch (EOFException e) {
            throw new CheckpointException("Expected a whole safetensors file, got a shorter one at " + file, e);
        } catch (IOException e) {
            throw new CheckpointException(
                    String.format(Locale.ROOT, "Expected a readable safetensors file, got %s at %s", e, file), e);
        }
    }

    private static Entry entry(String name, JsonNode node, Path file) {
        String dtype = node.path("dtype").asText();
        if (!dtype.equals("F32") && !dtype.equals("F16")) {
            throw new CheckpointException(String.format(
                    Locale.ROOT,
                    "Expected float32 (F32) or float16 (F16) tensors, got %s for '%s' in %s; convert the file first",
                    dtype,
                    name,
                    file));
        }
        long[] shape = new long[node.path("shape").size()];
        long size = 1;
        for (int i = 0; i < shape.length; i++) {
            shape[i] = node.path("shape").path(i).asLong();
            size *= shape[i];
        }
        int valueBytes = bytesOf(dtype);
        long start = node.path("data_offsets").path(0).asLong(-1);
        long end = node.path("data_offsets").path(1).asLong(-1);
        if (start < 0 || size < 0 || size > Integer.MAX_VALUE - 8 || end - start != valueBytes * size) {
            throw new CheckpointException(String.format(
                    Locale.ROOT,
                    "Expected %d bytes for '%s', got the range %d to %d in %s",
                    valueBytes * size,
                    name,
                    start,
                    end,
                    file));
        }
        return new Entry(name, dtype, shape, (int) size, start);
    }

    private static int bytesOf(String dtype) {
        return dtype.equals("F16") ? 2 : 4;
    }

    private static float[] values(FileChannel channel, long base, Entry entry) throws IOException {
        float[] data = new float[entry.size()];
        int bytes = entry.valueBytes();
        for (int from = 0; from < data.length; from += CHUNK_FLOATS) {
            int count = Math.min(CHUNK_FLOATS, data.length - from);
            ByteBuffer chunk = read(channel, base + entry.start() + (long) bytes * from, bytes * count);
            if (bytes == 4) {
                chunk.asFloatBuffer().get(data, from, count);
            } else {
                for (int i = 0; i < count; i++) {
                    data[from + i] = Float16.widen(chunk.getShort());
                }
            }
        }
        return data;
    }

    private static ByteBuffer read(FileChannel channel, long position, int bytes) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
        while (buffer.hasRemaining()) {
            if (channel.read(buffer, position + buffer.position()) < 0) {
                throw new EOFException();
            }
        }
        return buffer.flip();
    }
}
