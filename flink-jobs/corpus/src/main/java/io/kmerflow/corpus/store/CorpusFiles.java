package io.kmerflow.corpus.store;

import io.kmerflow.schema.CorpusRead;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import org.apache.avro.file.CodecFactory;
import org.apache.avro.file.DataFileReader;
import org.apache.avro.file.DataFileWriter;
import org.apache.avro.specific.SpecificDatumReader;
import org.apache.avro.specific.SpecificDatumWriter;

/** The container files of a corpus: Avro, deflated. */
public final class CorpusFiles {
    private static final int DEFLATE_LEVEL = 3;
    /** Training reads one read at a time, and a block is read as a whole. */
    private static final int BLOCK_BYTES = 16 << 10;

    private CorpusFiles() {}

    /** Writes reads to a stream that somebody else closes. */
    public static DataFileWriter<CorpusRead> writer(OutputStream out) throws IOException {
        DataFileWriter<CorpusRead> writer = new DataFileWriter<>(new SpecificDatumWriter<>(CorpusRead.class));
        writer.setSyncInterval(BLOCK_BYTES);
        writer.setCodec(CodecFactory.deflateCodec(DEFLATE_LEVEL));
        return writer.create(CorpusRead.getClassSchema(), new Unclosed(out));
    }

    private static final class Unclosed extends FilterOutputStream {
        Unclosed(OutputStream out) {
            super(out);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            out.write(bytes, offset, length); // not byte by byte
        }

        @Override
        public void close() throws IOException {
            flush();
        }
    }

    /** Reads a file. */
    static DataFileReader<CorpusRead> reader(Path file) throws IOException {
        return new DataFileReader<>(file.toFile(), new SpecificDatumReader<>(CorpusRead.class));
    }
}
