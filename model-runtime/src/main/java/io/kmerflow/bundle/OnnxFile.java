package io.kmerflow.bundle;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;

/**
 * Refuses graphs whose tensors lie in other files (ONNX's external data): such files are not under the bundle's digest. Walks
 * the protobuf messages that can hold a tensor and skips all else, so that a graph of any size takes no memory. Numbers of
 * fields are those of ONNX's onnx.proto.
 */
final class OnnxFile {
    /** Messages of ONNX that hold tensors, or messages that do. */
    private enum Message {
        MODEL,
        TRAINING,
        FUNCTION,
        GRAPH,
        NODE,
        ATTRIBUTE,
        SPARSE_TENSOR,
        TENSOR
    }

    private static final Map<Message, Map<Integer, Message>> CHILDREN = Map.of(
            Message.MODEL, Map.of(7, Message.GRAPH, 20, Message.TRAINING, 25, Message.FUNCTION),
            Message.TRAINING, Map.of(1, Message.GRAPH, 2, Message.GRAPH),
            Message.FUNCTION, Map.of(7, Message.NODE, 11, Message.ATTRIBUTE),
            Message.GRAPH, Map.of(1, Message.NODE, 5, Message.TENSOR, 15, Message.SPARSE_TENSOR),
            Message.NODE, Map.of(5, Message.ATTRIBUTE),
            Message.ATTRIBUTE,
                    Map.of(
                            5, Message.TENSOR,
                            6, Message.GRAPH,
                            10, Message.TENSOR,
                            11, Message.GRAPH,
                            22, Message.SPARSE_TENSOR,
                            23, Message.SPARSE_TENSOR),
            Message.SPARSE_TENSOR, Map.of(1, Message.TENSOR, 2, Message.TENSOR),
            Message.TENSOR, Map.of());

    private static final int EXTERNAL_DATA = 13;
    private static final int DATA_LOCATION = 14;
    /** As deep as protobuf itself reads. */
    private static final int MAX_DEPTH = 100;

    private static final int VARINT = 0;
    private static final int FIXED_64 = 1;
    private static final int LENGTH_DELIMITED = 2;
    private static final int FIXED_32 = 5;

    private final InputStream in;
    private long position;

    private OnnxFile(InputStream in) {
        this.in = in;
    }

    /**
     * Checks that the graph is whole in its file.
     *
     * @throws BundleException if a tensor lies in another file, or the file is no protobuf message
     */
    static void requireWhole(Path file) {
        try (InputStream in = new BufferedInputStream(Files.newInputStream(file), 1 << 16)) {
            new OnnxFile(in).walk(Message.MODEL, Files.size(file), 0);
        } catch (MalformedException | EOFException e) {
            throw new BundleException(
                    String.format(
                            Locale.ROOT,
                            "Expected an ONNX graph in %s, got a file that is damaged or something else",
                            file),
                    e);
        } catch (ExternalDataException e) {
            throw new BundleException(
                    String.format(
                            Locale.ROOT,
                            "Expected all tensors within %s, got one whose data lie in another file, which no digest covers",
                            file),
                    e);
        } catch (IOException e) {
            throw new BundleException(String.format(Locale.ROOT, "Could not read %s: %s", file, e.getMessage()), e);
        }
    }

    private void walk(Message message, long end, int depth) throws IOException {
        if (depth > MAX_DEPTH) {
            throw new MalformedException();
        }
        while (position < end) {
            int tag = (int) varint();
            int field = tag >>> 3;
            switch (tag & 7) {
                case VARINT -> {
                    long value = varint();
                    if (message == Message.TENSOR && field == DATA_LOCATION && (int) value != 0) {
                        throw new ExternalDataException();
                    }
                }
                case FIXED_64 -> skip(Long.BYTES);
                case FIXED_32 -> skip(Integer.BYTES);
                case LENGTH_DELIMITED -> {
                    long length = varint();
                    if (length < 0 || length > end - position) {
                        throw new MalformedException();
                    }
                    if (message == Message.TENSOR && field == EXTERNAL_DATA) {
                        throw new ExternalDataException();
                    }
                    Message child = CHILDREN.get(message).get(field);
                    if (child == null) {
                        skip(length);
                    } else {
                        walk(child, position + length, depth + 1);
                    }
                }
                default -> throw new MalformedException(); // groups, which ONNX never had
            }
        }
        if (position != end) {
            throw new MalformedException();
        }
    }

    private long varint() throws IOException {
        long value = 0;
        for (int shift = 0; shift < Long.SIZE; shift += 7) {
            int next = in.read();
            if (next < 0) {
                throw new EOFException();
            }
            position++;
            value |= (long) (next & 0x7F) << shift;
            if (next < 0x80) {
                return value;
            }
        }
        throw new MalformedException();
    }

    private void skip(long bytes) throws IOException {
        in.skipNBytes(bytes);
        position += bytes;
    }

    private static final class MalformedException extends IOException {
        private static final long serialVersionUID = 1L;
    }

    private static final class ExternalDataException extends IOException {
        private static final long serialVersionUID = 1L;
    }
}
