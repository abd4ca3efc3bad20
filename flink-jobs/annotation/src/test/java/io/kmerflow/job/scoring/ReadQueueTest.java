package io.kmerflow.job.scoring;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ReadQueueTest {
    private final List<String> left = new ArrayList<>();

    private ReadQueue<String> queue(boolean ordered) {
        return new ReadQueue<>(ordered, left::add, timestamp -> left.add("watermark " + timestamp));
    }

    @Test
    void unorderedReadsLeaveAsTheyFinish() {
        ReadQueue<String> queue = queue(false);
        ReadQueue.Entry<String> a = queue.arrive("a");
        ReadQueue.Entry<String> b = queue.arrive("b");

        queue.finish(b);
        assertThat(queue.size()).isEqualTo(1);
        queue.finish(a);

        assertThat(left).containsExactly("b", "a");
        assertThat(queue.size()).isZero();
    }

    @Test
    void orderedReadsWaitForTheOnesBefore() {
        ReadQueue<String> queue = queue(true);
        ReadQueue.Entry<String> a = queue.arrive("a");
        ReadQueue.Entry<String> b = queue.arrive("b");
        ReadQueue.Entry<String> c = queue.arrive("c");

        queue.finish(c);
        queue.finish(b);
        assertThat(left).isEmpty();
        assertThat(queue.size()).isEqualTo(3);
        queue.finish(a);

        assertThat(left).containsExactly("a", "b", "c");
    }

    @Test
    void aWatermarkWaitsForEveryReadBeforeItAndForNoneAfter() {
        ReadQueue<String> queue = queue(false);
        ReadQueue.Entry<String> a = queue.arrive("a");
        ReadQueue.Entry<String> b = queue.arrive("b");
        queue.watermark(10);
        ReadQueue.Entry<String> c = queue.arrive("c");
        queue.watermark(20);

        queue.finish(c);
        queue.finish(b);
        assertThat(left).containsExactly("c", "b");
        queue.finish(a);

        assertThat(left).containsExactly("c", "b", "a", "watermark 10", "watermark 20");
    }

    @Test
    void aWatermarkWithNothingBeforeItLeavesAtOnce() {
        ReadQueue<String> queue = queue(true);
        queue.watermark(5);

        assertThat(left).containsExactly("watermark 5");
    }
}
