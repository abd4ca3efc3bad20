package io.kmerflow.files.write;

import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.api.connector.sink2.SinkWriter;
import org.apache.flink.api.connector.sink2.WriterInitContext;

/**
 * Lines of text into one file, for bounded jobs without checkpoints and with parallelism 1: a restarted job begins the
 * file anew. {@link OutputFile#finish} names it after the job.
 *
 * @param <T> record
 */
public final class RowFileSink<T> implements Sink<T> {
    private final OutputFile file;
    private final RowFormat<T> format;
    private final boolean onlyIfAny;

    /**
     * @param file to write
     * @param format of a line
     * @param onlyIfAny whether a run without a record leaves no file
     */
    public RowFileSink(OutputFile file, RowFormat<T> format, boolean onlyIfAny) {
        this.file = file;
        this.format = format;
        this.onlyIfAny = onlyIfAny;
    }

    @Override
    public SinkWriter<T> createWriter(WriterInitContext context) throws IOException {
        int subtasks = context.getTaskInfo().getNumberOfParallelSubtasks();
        if (subtasks != 1) {
            throw new IOException(
                    String.format(Locale.ROOT, "Expected one writer for %s, got %d", file.path(), subtasks));
        }
        file.begin();
        RowWriter writer = new RowWriter();
        if (!onlyIfAny) {
            writer.open();
        }
        return writer;
    }

    private final class RowWriter implements SinkWriter<T> {
        private Writer out;

        private void open() throws IOException {
            out = new BufferedWriter(new OutputStreamWriter(file.open(), StandardCharsets.UTF_8));
            if (format.header() != null) {
                line(format.header());
            }
        }

        @Override
        public void write(T value, Context context) throws IOException {
            if (out == null) {
                open();
            }
            String row = format.row(value);
            if (row != null) {
                line(row);
                if (file.special()) {
                    out.flush(); // whoever reads a pipe sees each record at once, and we see that nobody does any more
                }
            }
        }

        private void line(String text) throws IOException {
            out.write(text);
            out.write('\n');
        }

        @Override
        public void flush(boolean endOfInput) throws IOException {
            if (out == null) {
                return;
            }
            if (endOfInput) {
                out.close(); // now, so that a full disk fails the job and the file keeps its temporary name
            } else {
                out.flush();
            }
        }

        @Override
        public void close() {
            if (out == null) {
                return;
            }
            try {
                out.close();
            } catch (IOException e) {
                // The end of input has closed it already; here a run has failed, and a second failure ends the process.
                return;
            }
        }
    }
}
