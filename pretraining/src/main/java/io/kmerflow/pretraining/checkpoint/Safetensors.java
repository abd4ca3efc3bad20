package io.kmerflow.pretraining.checkpoint;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kmerflow.pretraining.model.Tensor;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The safetensors format (huggingface.co/docs/safetensors): 8 bytes with the little-endian length of a JSON header that
 * names dtype, shape and byte range of every tensor, then the values. Float32 only.
 */
public final class Safetensors {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final long MAX_HEADER_BYTES = 100_000_000; // as the format's own readers
    private static final int CHUNK_FLOATS = 1 << 18;

    private Safetensors() {}

    /** Writes tensors in the map's order. */
    public static void write(Path file, Map<String, Tensor> tensors) throws IOException {
        ObjectNode header = JSON.createObjectNode();
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
        byte[] json = JSON.writeValueAsBytes(header);
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
     * Reads all tensors.
     *
     * @throws CheckpointException if the file is not safetensors, is cut off, or holds a type other than F32
     */
    public static Map<String, Tensor> read(Path file) {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            ByteBuffer length = read(channel, 0, 8);
            long headerBytes = length.getLong();
            if (headerBytes < 2 || headerBytes > MAX_HEADER_BYTES) {
                throw new CheckpointException("Expected a safetensors header of 2 to %d bytes, got %d in %s"
                        .formatted(MAX_HEADER_BYTES, headerBytes, file));
            }
            JsonNode header = JSON.readTree(read(channel, 8, (int) headerBytes).array());
            Map<String, Tensor> tensors = new LinkedHashMap<>();
            for (Iterator<Map.Entry<String, JsonNode>> it = header.fields(); it.hasNext(); ) {
                Map.Entry<String, JsonNode> field = it.next();
                if (!field.getKey().equals("__metadata__")) {
                    tensors.put(field.getKey(), read(channel, 8 + headerBytes, field.getKey(), field.getValue(), file));
                }
            }
            return tensors;
        } catch (JsonProcessingException e) {
            throw new CheckpointException("Expected a safetensors header in JSON, got something else in " + file, e);
        } catch (EOFException e) {
            throw new CheckpointException("Expected a whole safetensors file, got a shorter one at " + file, e);
        } catch (IOException e) {
            throw new CheckpointException("Expected a readable safetensors file, got %s at %s".formatted(e, file), e);
        }
    }

    private static Tensor read(FileChannel channel, long base, String name, JsonNode node, Path file)
            throws IOException {
        String dtype = node.path("dtype").asText();
        if (!dtype.equals("F32")) {
            throw new CheckpointException(
                    "Expected float32 (F32) tensors, got %s for '%s' in %s; convert the file first"
                            .formatted(dtype, name, file));
        }
        long[] shape = new long[node.path("shape").size()];
        long size = 1;
        for (int i = 0; i < shape.length; i++) {
            shape[i] = node.path("shape").path(i).asLong();
            size *= shape[i];
        }
        long start = node.path("data_offsets").path(0).asLong(-1);
        long end = node.path("data_offsets").path(1).asLong(-1);
        if (start < 0 || size < 0 || size > Integer.MAX_VALUE - 8 || end - start != 4 * size) {
            throw new CheckpointException("Expected %d bytes for '%s', got the range %d to %d in %s"
                    .formatted(4 * size, name, start, end, file));
        }
        float[] data = new float[(int) size];
        for (int from = 0; from < data.length; from += CHUNK_FLOATS) {
            int count = Math.min(CHUNK_FLOATS, data.length - from);
            read(channel, base + start + 4L * from, 4 * count).asFloatBuffer().get(data, from, count);
        }
        return new Tensor(data, shape);
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
