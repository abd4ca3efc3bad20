package io.kmerflow.job.kafka;

import io.kmerflow.schema.ReadLabel;
import io.kmerflow.sequence.identity.ReadIdentity;
import java.nio.charset.StandardCharsets;

/** Record keys. */
final class TopicKeys {
    private TopicKeys() {}

    /** Key of everything about one read, UTF-8: mates share it, and so a partition. */
    static byte[] ofRead(String runId, String readId) {
        return (runId + "/" + readId).getBytes(StandardCharsets.UTF_8);
    }

    /** Key of what one source says of a read, UTF-8: the newest word of every source outlives compaction. */
    static byte[] ofLabel(ReadLabel label) {
        String read = new ReadIdentity(label.getRunId(), label.getReadId(), label.getMate()).key();
        return (read + '\t' + ReadIdentity.escape(label.getSource())).getBytes(StandardCharsets.UTF_8);
    }
}
