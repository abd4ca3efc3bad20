package io.kmerflow.job.sink;

import io.kmerflow.schema.ReadAnnotation;
import java.io.DataOutputStream;
import java.io.IOException;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.api.connector.sink2.SinkWriter;
import org.apache.flink.api.connector.sink2.WriterInitContext;

/**
 * What was said of each read, in input order and apart by mate, for a second pass over the input: a temporary file per
 * mate 0, 1 and 2, read by {@link CallLog}.
 */
public final class CallLogSink implements Sink<ReadAnnotation> {
    private final String path;

    /** @param path of the log, without the mate */
    public CallLogSink(String path) {
        this.path = path;
    }

    @Override
    public SinkWriter<ReadAnnotation> createWriter(WriterInitContext context) throws IOException {
        DataOutputStream[] files = new DataOutputStream[CallLog.MATES];
        for (int mate = 0; mate < files.length; mate++) {
            files[mate] = new DataOutputStream(CallLog.file(path, mate).open());
        }
        return new SinkWriter<>() {
            @Override
            public void write(ReadAnnotation annotation, Context position) throws IOException {
                CallLog.write(annotation, files[annotation.getMate()]);
            }

            @Override
            public void flush(boolean endOfInput) throws IOException {
                for (DataOutputStream file : files) {
                    if (endOfInput) {
                        file.close();
                    } else {
                        file.flush();
                    }
                }
            }

            @Override
            public void close() throws IOException {
                for (DataOutputStream file : files) {
                    file.close();
                }
            }
        };
    }
}
