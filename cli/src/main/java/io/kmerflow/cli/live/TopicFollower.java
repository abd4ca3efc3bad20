package io.kmerflow.cli.live;

import io.kmerflow.cli.base.ErrorMessage;
import io.kmerflow.cli.topic.NoTopicException;
import io.kmerflow.cli.topic.TopicReader;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.errors.InterruptException;

/**
 * Reads one topic for ever, in a thread of its own. What goes wrong is said on the page and tried again: the page of a run must
 * not end because a broker restarts, and topics come with the job.
 *
 * @param <T> record of the topic
 */
final class TopicFollower<T extends SpecificRecord> implements Runnable {
    private static final Duration POLL = Duration.ofMillis(500);
    private static final long RETRY_MILLIS = 2_000;

    private final String topic;
    private final boolean missed;
    private final Supplier<TopicReader<T>> opener;
    private final RunState state;
    private final Consumer<T> counted;
    private final CountDownLatch stopped;
    private TopicReader<T> reader;

    /**
     * @param missed whether it is told that there is no such topic: the page is made of it; others come later or never
     * @param counted gets every record
     * @param stopped ends the thread when it is 0, within a second or two
     */
    TopicFollower(
            String topic,
            boolean missed,
            Supplier<TopicReader<T>> opener,
            RunState state,
            Consumer<T> counted,
            CountDownLatch stopped) {
        this.topic = topic;
        this.missed = missed;
        this.opener = opener;
        this.state = state;
        this.counted = counted;
        this.stopped = stopped;
    }

    @Override
    public void run() {
        try {
            while (stopped.getCount() > 0) {
                follow();
            }
        } catch (InterruptedException | InterruptException e) {
            Thread.currentThread().interrupt();
        } finally {
            if (reader != null) {
                reader.close();
            }
        }
    }

    private void follow() throws InterruptedException {
        try {
            if (reader == null) {
                reader = opener.get();
            }
            reader.poll(POLL, (place, error) -> state.addUndecodable()).forEach(counted);
            state.problem(topic, null);
        } catch (NoTopicException e) {
            state.problem(topic, missed ? e.getMessage() + " yet" : null);
            stopped.await(RETRY_MILLIS, TimeUnit.MILLISECONDS); // comes with the job, or with the first model
        } catch (InterruptException e) {
            throw e;
        } catch (RuntimeException e) { // whatever it is, the page must not stand still without a word
            state.problem(topic, ErrorMessage.of(e));
            stopped.await(RETRY_MILLIS, TimeUnit.MILLISECONDS);
        }
    }
}
