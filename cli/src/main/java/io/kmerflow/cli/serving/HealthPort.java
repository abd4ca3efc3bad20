package io.kmerflow.cli.serving;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kmerflow.cli.base.CommandFailure;
import io.kmerflow.cli.base.Json;
import io.kmerflow.cli.live.HttpServers;
import io.undertow.Undertow;
import io.undertow.server.HttpServerExchange;
import io.undertow.server.handlers.BlockingHandler;
import io.undertow.util.Headers;
import io.undertow.util.Methods;
import io.undertow.util.StatusCodes;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.function.Supplier;

/**
 * Answers GET {@code /health} for probes: status 200 while the job runs with a loaded model, else 503, and the job's figures as JSON. No
 * name of a read or sample is in it.
 */
final class HealthPort implements AutoCloseable {
    private static final String PATH = "/health";
    private static final String RUNNING = "RUNNING";
    private static final int THREADS = 1;

    private final Supplier<String> job;
    private final JobFigures figures;
    private final InetAddress address;
    private final Undertow server;

    /**
     * Starts.
     *
     * @param port 0 for any free one
     * @param job state of the job in Flink's words; something else before it is submitted
     * @throws CommandFailure if the port is taken
     */
    HealthPort(InetAddress address, int port, Supplier<String> job, JobFigures figures) {
        this.job = job;
        this.figures = figures;
        this.address = address;
        server = Undertow.builder()
                .addHttpListener(port, address.getHostAddress(), new BlockingHandler(this::answer))
                .setIoThreads(THREADS)
                .setWorkerThreads(THREADS)
                .build();
        HttpServers.start(server, "--health-port", address, port);
    }

    /** Where it is, for people. */
    String url() {
        int port = ((InetSocketAddress) server.getListenerInfo().get(0).getAddress()).getPort();
        return MetricsPort.url(address, port, PATH);
    }

    private void answer(HttpServerExchange exchange) throws JsonProcessingException {
        boolean asked = exchange.getRequestPath().equals(PATH)
                && (exchange.getRequestMethod().equals(Methods.GET)
                        || exchange.getRequestMethod().equals(Methods.HEAD));
        if (!asked) {
            exchange.setStatusCode(StatusCodes.NOT_FOUND);
            return;
        }
        String state = job.get();
        String models = figures.models();
        boolean healthy = state.equals(RUNNING) && !models.isEmpty();
        ObjectNode body = Json.MAPPER.createObjectNode();
        body.put("healthy", healthy);
        body.put("job", state);
        body.put("model", models.isEmpty() ? null : models);
        body.put("reads", figures.reads());
        body.put("deadLetters", figures.deadLetters());
        body.put("lag", figures.lag());
        body.put("restarts", figures.restarts());
        exchange.setStatusCode(healthy ? StatusCodes.OK : StatusCodes.SERVICE_UNAVAILABLE);
        exchange.getResponseHeaders().put(Headers.CONTENT_TYPE, "application/json");
        exchange.getResponseHeaders().put(Headers.CACHE_CONTROL, "no-store");
        exchange.getResponseSender().send(Json.MAPPER.writeValueAsString(body) + "\n");
    }

    @Override
    public void close() {
        server.stop();
    }
}
