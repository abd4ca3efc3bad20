package io.kmerflow.job.model;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.kmerflow.job.model.ModelMessage.Serving;
import io.kmerflow.schema.ModelAnnouncement;
import io.kmerflow.schema.ModelEvent;
import io.kmerflow.schema.codec.RecordCodec;
import io.kmerflow.schema.codec.UndecodableRecordException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import org.apache.avro.SchemaNormalization;

/** Any record of the models topic, given to a job that serves a model of that name: docs/fuzzing.md. */
class AnnouncementFuzzTest {
    @FuzzTest
    void anAnnouncementIsHeededOrRefusedAndNeverFailsTheJob(byte[] body) {
        long fingerprint = SchemaNormalization.parsingFingerprint64(ModelAnnouncement.getClassSchema());
        ByteBuffer bytes = ByteBuffer.allocate(10 + body.length).order(ByteOrder.LITTLE_ENDIAN);
        bytes.put((byte) 0xc3).put((byte) 1).putLong(fingerprint).put(body);
        ModelAnnouncement announcement;
        try {
            announcement = new RecordCodec<>(ModelAnnouncement.class).decode(bytes.array());
        } catch (UndecodableRecordException e) {
            return;
        }
        RecordCodec<ModelEvent> events = new RecordCodec<>(ModelEvent.class);
        SwapBoard board = new SwapBoard(1, Duration.ofSeconds(1), () -> 0, new SwapBoard.Outbox() {
            @Override
            public void send(int subtask, ModelMessage message) {}

            @Override
            public void publish(ModelEvent event) {
                events.encode(event);
            }
        });
        board.caughtUp();
        ModelRef serving = new ModelRef(announcement.getModelName(), "1", "sha256:old", "/1");
        board.ready(0);
        board.received(0, new Serving(serving, serving));
        board.announced(announcement);
        board.announced(announcement);
        board.tick();
        board.beforeCheckpoint();
        board.completed(1);
    }
}
