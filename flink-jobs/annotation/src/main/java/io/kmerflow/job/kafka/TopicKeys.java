package io.kmerflow.job.kafka;

import java.nio.charset.StandardCharsets;

/** Record keys. */
final class TopicKeys {
    private TopicKeys() {}

    /** Key of everything about one read, UTF-8: mates share it, and so a partition. */
    static byte[] ofRead(String runId, String readId) {
        return (runId + "/" + readId).getBytes(StandardCharsets.UTF_8);
    }
}
