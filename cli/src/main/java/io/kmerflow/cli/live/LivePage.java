package io.kmerflow.cli.live;

import io.kmerflow.cli.base.CommandFailure;
import io.kmerflow.cli.topic.TopicFormat;
import io.kmerflow.cli.topic.TopicReader;
import io.kmerflow.schema.DeadLetter;
import io.kmerflow.schema.DriftReport;
import io.kmerflow.schema.ModelEvent;
import io.kmerflow.schema.ReadAnnotation;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.admin.Admin;

/** A live page that runs: followers of the topics, the state they fill, and the server that shows it. */
public final class LivePage implements AutoCloseable {
    private static final long PUBLISH_MILLIS = 1_000;
    private static final long LAG_SECONDS = 5;
    /** A page that nothing changes is sent again after this many times, for its rates and its clock. */
    private static final int UNCHANGED = 5;

    /**
     * What to follow.
     *
     * @param drift null where no reports on drift are looked for
     * @param group consumer group of the job, for its lag
     */
    public record Topics(
            String reads, String annotations, String deadLetters, String modelEvents, String drift, String group) {}

    /**
     * Where to find it and where to show it.
     *
     * @param clientProperties further properties of Kafka clients
     * @param start the oldest record that counts
     * @param address of this machine; on any but the loopback one a token is asked for
     * @param port 0 for any free one
     */
    public record Settings(
            String bootstrapServers,
            Map<String, String> clientProperties,
            Topics topics,
            TopicFormat format,
            TopicReader.Start start,
            InetAddress address,
            int port) {}

    private final Settings settings;
    private final RunState state = new RunState();
    private final Access access;
    private final LiveServer server;
    private final Admin admin;
    private final CountDownLatch stopped = new CountDownLatch(1);
    private final List<Thread> followers = new ArrayList<>();
    private final ScheduledExecutorService clock = Executors.newScheduledThreadPool(2, LivePage::daemon);
    private long published = -1;
    private int unchanged;

    private LivePage(Settings settings) {
        this.settings = settings;
        access = Access.on(settings.address());
        server = new LiveServer(settings.address(), settings.port(), access, this::json);
        Map<String, Object> properties = new HashMap<>(settings.clientProperties());
        properties.put("bootstrap.servers", settings.bootstrapServers());
        admin = Admin.create(properties);
    }

    /**
     * Starts.
     *
     * @throws CommandFailure if the port is taken
     */
    public static LivePage start(Settings settings) {
        LivePage page = new LivePage(settings);
        page.begin();
        return page;
    }

    private void begin() {
        Topics topics = settings.topics();
        follow(topics.annotations(), ReadAnnotation.class, state::add);
        follow(topics.deadLetters(), DeadLetter.class, state::add);
        follow(topics.modelEvents(), ModelEvent.class, state::add);
        if (topics.drift() != null) {
            follow(topics.drift(), DriftReport.class, state::add);
        }
        LagProbe lag = new LagProbe(admin, topics.reads(), topics.group());
        clock.scheduleWithFixedDelay(() -> probe(lag), 0, LAG_SECONDS, TimeUnit.SECONDS);
        clock.scheduleAtFixedRate(this::publish, PUBLISH_MILLIS, PUBLISH_MILLIS, TimeUnit.MILLISECONDS);
    }

    private <T extends SpecificRecord> void follow(String topic, Class<T> type, Consumer<T> counted) {
        Thread thread = daemon(new TopicFollower<>(
                topic,
                type == ReadAnnotation.class,
                () -> new TopicReader<>(
                        settings.bootstrapServers(),
                        settings.clientProperties(),
                        topic,
                        type,
                        settings.format(),
                        settings.start(),
                        notice -> {}),
                state,
                counted,
                stopped));
        followers.add(thread);
        thread.start();
    }

    private static Thread daemon(Runnable task) {
        Thread thread = new Thread(task, "live-page");
        thread.setDaemon(true);
        return thread;
    }

    private void probe(LagProbe lag) {
        try {
            state.lag(lag.records());
        } catch (ExecutionException e) {
            state.lag(null); // no such group yet, or no permission to see it
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void publish() {
        long version = state.version();
        boolean due = version != published || ++unchanged >= UNCHANGED;
        if (due && server.browsers() > 0) {
            published = version;
            unchanged = 0;
            server.publish(json());
        }
    }

    private String json() {
        return state.json(System.currentTimeMillis());
    }

    /** Where a browser finds it, with the token where one is needed. */
    public String url() {
        InetAddress address = settings.address();
        String host = address.isLoopbackAddress()
                ? "localhost"
                : address.isAnyLocalAddress() ? "THIS-MACHINE" : address.getHostAddress();
        return String.format(
                Locale.ROOT,
                "http://%s:%d/%s",
                host.contains(":") ? "[" + host + "]" : host,
                server.port(),
                access.token() == null ? "" : "?token=" + access.token());
    }

    /** Reads counted so far. */
    public long reads() {
        return state.reads();
    }

    @Override
    public void close() {
        clock.shutdownNow();
        stopped.countDown();
        server.close();
        for (Thread follower : followers) {
            try {
                follower.join(TimeUnit.SECONDS.toMillis(5));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
        admin.close();
    }
}
