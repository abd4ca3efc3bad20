package io.kmerflow.job.decode;

import io.kmerflow.job.ingest.Origin;
import io.kmerflow.job.ingest.RawRecord;
import java.util.Map;
import java.util.TreeMap;
import org.apache.flink.api.common.functions.RuntimeContext;

/** Counts that a source hands on between its records, such as input it leaves out: they are added to the sums of the run. */
public final class SourceNotes {
    /** No source gives this as the reason of a failure. */
    private static final String NOTE = "NOTE";

    private final RuntimeContext context;

    /** @param context of the task that adds the counts */
    public SourceNotes(RuntimeContext context) {
        this.context = context;
    }

    /**
     * A note.
     *
     * @param counts what to add, by the name of the sum, which has no space
     */
    public static RawRecord of(Map<String, Long> counts) {
        StringBuilder text = new StringBuilder();
        new TreeMap<>(counts)
                .forEach((name, count) ->
                        text.append(name).append(' ').append(count).append(' '));
        return RawRecord.failed(new Origin(), NOTE, text.toString().strip());
    }

    /** Adds what a note counts; false if the record is none. */
    public boolean take(RawRecord record) {
        if (!NOTE.equals(record.failureReason)) {
            return false;
        }
        String[] words = record.failureMessage.split(" ");
        for (int i = 0; i < words.length; i += 2) {
            context.getLongCounter(words[i]).add(Long.parseLong(words[i + 1]));
        }
        return true;
    }
}
