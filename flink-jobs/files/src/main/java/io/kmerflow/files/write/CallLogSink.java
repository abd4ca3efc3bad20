package io.kmerflow.files.write;

import io.kmerflow.schema.ReadAnnotation;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.api.connector.sink2.SinkWriter;
import org.apache.flink.api.connector.sink2.WriterInitContext;

/**
 * What was said of each read, in input order and apart by mate, for a second pass over the input: a temporary file per
 * mate 0, 1 and 2, read by {@link CallLog}.
 */
public final class CallLogSink implements Sink<ReadAnnotation> {
    private final ArrayList<OutputFile> files;

    /** @param files of the log, by mate */
    public CallLogSink(List<OutputFile> files) {
        this.files = new ArrayList<>(files);
    }

    @Override
    public SinkWriter<ReadAnnotation> createWriter(WriterInitContext context) throws IOException {
        DataOutputStream[] logs = new DataOutputStream[files.size()];
        for (int mate = 0; mate < logs.length; mate++) {
            logs[mate] = new DataOutputStream(files.get(mate).openBytes());
        }
        return new SinkWriter<>() {
            @Override
            public void write(ReadAnnotation annotation, Context position) throws IOException {
                CallLog.write(annotation, logs[annotation.getMate()]);
            }

            @Override
            public void flush(boolean endOfInput) throws IOException {
                for (DataOutputStream log : logs) {
                    if (endOfInput) {
                        log.close();
                    } else {
                        log.flush();
                    }
                }
            }

            @Override
            public void close() {
                for (DataOutputStream log : logs) {
                    try {
                        log.close();
                    } catch (IOException e) {
                        continue; // the end of input has closed it already; here a run has failed
                    }
                }
            }
        };
    }
}
