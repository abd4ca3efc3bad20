package io.kmerflow.job.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.kmerflow.schema.ModelEvent;
import io.kmerflow.schema.ModelOutcome;
import io.kmerflow.schema.ModelSlot;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class EventQueueTest {
    private static ModelEvent event(long revision, ModelOutcome outcome) {
        return ModelEvent.newBuilder()
                .setModelName("m")
                .setSlot(ModelSlot.ACTIVE)
                .setRevision(revision)
                .setSubtask(-1)
                .setOutcome(outcome)
                .setMeasures(Map.of())
                .setEventTime(Instant.EPOCH)
                .build();
    }

    @Test
    void itHoldsNoMoreThanItsCapacity() throws InterruptedException {
        EventQueue queue = new EventQueue(2);
        for (long revision = 1; revision <= 5; revision++) {
            ModelEvent left = queue.add(event(revision, ModelOutcome.COMMITTED));
            if (revision <= 2) {
                assertThat(left).isNull();
            } else {
                assertThat(left.getRevision()).isEqualTo(revision - 2);
            }
        }
        assertThat(queue.take().getRevision()).isEqualTo(4);
        assertThat(queue.take().getRevision()).isEqualTo(5);
    }

    @Test
    void reportsOfShadowsGoFirst() throws InterruptedException {
        EventQueue queue = new EventQueue(3);
        queue.add(event(1, ModelOutcome.COMMITTED));
        queue.add(event(2, ModelOutcome.SHADOW_REPORT));
        queue.add(event(3, ModelOutcome.SHADOW_REPORT));
        assertThat(queue.add(event(4, ModelOutcome.ABORTED)).getRevision()).isEqualTo(2);
        assertThat(queue.take().getRevision()).isEqualTo(1);
        assertThat(queue.take().getRevision()).isEqualTo(3);
        assertThat(queue.take().getRevision()).isEqualTo(4);
    }

    @Test
    void whoWaitsHearsOfAnEventAndOfTheEnd() throws Exception {
        EventQueue queue = new EventQueue(2);
        CompletableFuture<ModelEvent> first = new CompletableFuture<>();
        CompletableFuture<ModelEvent> second = new CompletableFuture<>();
        Thread waiting = new Thread(() -> {
            try {
                first.complete(queue.take());
                second.complete(queue.take());
            } catch (InterruptedException e) {
                second.completeExceptionally(e);
            }
        });
        waiting.start();
        queue.add(event(1, ModelOutcome.COMMITTED));
        assertThat(first.get().getRevision()).isEqualTo(1);
        queue.close();
        assertThat(second.get()).isNull();
        waiting.join();
    }
}
