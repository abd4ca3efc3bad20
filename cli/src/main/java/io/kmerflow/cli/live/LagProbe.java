package io.kmerflow.cli.live;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;

/** How many records of a topic are behind the committed offsets of a group; the job commits at its checkpoints. */
final class LagProbe {
    private final Admin admin;
    private final String topic;
    private final String group;

    LagProbe(Admin admin, String topic, String group) {
        this.admin = admin;
        this.topic = topic;
        this.group = group;
    }

    /** Records behind, or null if the group has committed nothing of the topic. */
    Long records() throws ExecutionException, InterruptedException {
        Map<TopicPartition, OffsetAndMetadata> committed = new HashMap<>(admin.listConsumerGroupOffsets(group)
                .partitionsToOffsetAndMetadata()
                .get());
        committed.entrySet().removeIf(entry -> !entry.getKey().topic().equals(topic) || entry.getValue() == null);
        if (committed.isEmpty()) {
            return null;
        }
        Map<TopicPartition, OffsetSpec> latest = new HashMap<>();
        committed.keySet().forEach(partition -> latest.put(partition, OffsetSpec.latest()));
        Map<TopicPartition, ListOffsetsResultInfo> ends =
                admin.listOffsets(latest).all().get();
        long behind = 0;
        for (Map.Entry<TopicPartition, ListOffsetsResultInfo> end : ends.entrySet()) {
            behind += Math.max(
                    0, end.getValue().offset() - committed.get(end.getKey()).offset());
        }
        return behind;
    }
}
