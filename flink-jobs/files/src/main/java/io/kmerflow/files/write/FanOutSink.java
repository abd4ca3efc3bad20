package io.kmerflow.files.write;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.api.connector.sink2.SinkWriter;
import org.apache.flink.api.connector.sink2.WriterInitContext;

/**
 * Every record to several sinks, in the same order: one pass over the reads makes every output.
 *
 * @param <T> record
 */
@SuppressWarnings("try") // close() of a writer may be interrupted; Flink calls it
public final class FanOutSink<T> implements Sink<T> {
    private final ArrayList<Sink<T>> sinks;

    /** @param sinks at least one */
    public FanOutSink(List<? extends Sink<T>> sinks) {
        this.sinks = new ArrayList<>(sinks);
    }

    @Override
    public SinkWriter<T> createWriter(WriterInitContext context) throws IOException {
        List<SinkWriter<T>> writers = new ArrayList<>();
        for (Sink<T> sink : sinks) {
            writers.add(sink.createWriter(context));
        }
        return new SinkWriter<>() {
            @Override
            public void write(T value, Context position) throws IOException, InterruptedException {
                for (SinkWriter<T> writer : writers) {
                    writer.write(value, position);
                }
            }

            @Override
            public void flush(boolean endOfInput) throws IOException, InterruptedException {
                for (SinkWriter<T> writer : writers) {
                    writer.flush(endOfInput);
                }
            }

            @Override
            public void close() throws Exception {
                Exception first = null;
                for (SinkWriter<T> writer : writers) {
                    try {
                        writer.close();
                    } catch (Exception e) {
                        first = first == null ? e : first;
                    }
                }
                if (first != null) {
                    throw first;
                }
            }
        };
    }
}
