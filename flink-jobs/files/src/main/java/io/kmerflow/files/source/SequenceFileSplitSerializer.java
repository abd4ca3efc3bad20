package io.kmerflow.files.source;

import io.kmerflow.files.read.InputFile;
import io.kmerflow.sequence.QualityEncoding;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.apache.flink.core.io.SimpleVersionedSerializer;

/**
 * Version 2: file index (int32), items (int64), number of files (int32), then path, mate, run id, sample id and quality
 * encoding of each. Version 1 is still read; it has no quality encoding.
 */
final class SequenceFileSplitSerializer implements SimpleVersionedSerializer<SequenceFileSplit> {
    private static final int VERSION = 3;

    @Override
    public int getVersion() {
        return VERSION;
    }

    @Override
    public byte[] serialize(SequenceFileSplit split) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(bytes);
        out.writeInt(split.file());
        out.writeLong(split.items());
        out.writeInt(split.files().size());
        for (InputFile file : split.files()) {
            out.writeUTF(file.path());
            out.writeInt(file.mate());
            writeNullable(out, file.runId());
            writeNullable(out, file.sampleId());
            writeNullable(
                    out,
                    file.qualityEncoding() == null
                            ? null
                            : file.qualityEncoding().name());
            out.writeBoolean(file.interleaved());
            writeNullable(out, file.sequencingSummary());
        }
        return bytes.toByteArray();
    }

    @Override
    public SequenceFileSplit deserialize(int version, byte[] bytes) throws IOException {
        if (version < 1 || version > VERSION) {
            throw new IOException(
                    String.format(Locale.ROOT, "Expected file positions of version 1 to %d, got %d", VERSION, version));
        }
        DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes));
        int file = in.readInt();
        long items = in.readLong();
        int count = in.readInt();
        List<InputFile> files = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            files.add(new InputFile(
                    in.readUTF(),
                    in.readInt(),
                    readNullable(in),
                    readNullable(in),
                    version == 1 ? null : encoding(readNullable(in)),
                    version >= 3 && in.readBoolean(),
                    version < 3 ? null : readNullable(in)));
        }
        if (version < 3 && files.stream().anyMatch(entry -> entry.mate() == 2)) {
            throw new IOException("Expected positions in files of mates as they are read now, in turn, got those of an"
                    + " earlier release, which read them one after the other: run it again");
        }
        return new SequenceFileSplit(files, file, items);
    }

    private static QualityEncoding encoding(String name) {
        return name == null ? null : QualityEncoding.valueOf(name);
    }

    private static void writeNullable(DataOutputStream out, String text) throws IOException {
        out.writeBoolean(text != null);
        if (text != null) {
            out.writeUTF(text);
        }
    }

    private static String readNullable(DataInputStream in) throws IOException {
        return in.readBoolean() ? in.readUTF() : null;
    }
}
