package io.kmerflow.cli.live;

import io.kmerflow.cli.base.CommandFailure;
import io.undertow.Handlers;
import io.undertow.Undertow;
import io.undertow.UndertowOptions;
import io.undertow.server.HttpServerExchange;
import io.undertow.server.handlers.CookieImpl;
import io.undertow.server.handlers.sse.ServerSentEventConnection;
import io.undertow.server.handlers.sse.ServerSentEventHandler;
import io.undertow.util.Headers;
import io.undertow.util.HttpString;
import io.undertow.util.Methods;
import io.undertow.util.StatusCodes;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/**
 * Answers GET for the page, its files, the state and the events, and nothing else. Every browser gets each new state as a
 * server-sent event, unless it has not yet taken the one before: a slow browser sees fewer states, and none waits for it.
 */
final class LiveServer implements AutoCloseable {
    /** More browsers than that are refused; each has a socket and one state in flight. */
    private static final int MAX_BROWSERS = 500;

    private static final int IO_THREADS = 2;
    private static final int IDLE_MILLIS = 30_000;
    private static final int KEEP_ALIVE_MILLIS = 10_000;
    private static final int MAX_REQUEST_BYTES = 16 << 10;
    private static final String COOKIE = "kmerflow-view";
    /** Scripts, styles and data of this server alone; no frame, no form, no inline code. */
    private static final String POLICY =
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self';"
                    + " base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    private static final Map<HttpString, String> HEADERS = Map.of(
            new HttpString("Content-Security-Policy"),
            POLICY,
            new HttpString("X-Content-Type-Options"),
            "nosniff",
            new HttpString("Referrer-Policy"),
            "no-referrer",
            new HttpString("Cross-Origin-Resource-Policy"),
            "same-origin",
            Headers.CACHE_CONTROL,
            "no-store");

    private final Access access;
    private final Supplier<String> state;
    private final PageFiles files = new PageFiles();
    private final ServerSentEventHandler events = Handlers.serverSentEvents((connection, last) -> welcome(connection));
    private final Set<ServerSentEventConnection> busy = ConcurrentHashMap.newKeySet();
    private final Undertow server;

    /**
     * Starts.
     *
     * @param port 0 for any free one
     * @param state the state as JSON, as it is now
     * @throws CommandFailure if the port is taken
     */
    LiveServer(InetAddress address, int port, Access access, Supplier<String> state) {
        this.access = access;
        this.state = state;
        server = Undertow.builder()
                .addHttpListener(port, address.getHostAddress(), this::answer)
                .setIoThreads(IO_THREADS)
                .setWorkerThreads(IO_THREADS)
                .setServerOption(UndertowOptions.NO_REQUEST_TIMEOUT, IDLE_MILLIS)
                .setServerOption(UndertowOptions.REQUEST_PARSE_TIMEOUT, IDLE_MILLIS)
                .setServerOption(UndertowOptions.MAX_HEADER_SIZE, MAX_REQUEST_BYTES)
                .setServerOption(UndertowOptions.MAX_ENTITY_SIZE, (long) MAX_REQUEST_BYTES)
                .build();
        HttpServers.start(server, "the live page", address, port);
    }

    /** Where it listens. */
    int port() {
        return ((InetSocketAddress) server.getListenerInfo().get(0).getAddress()).getPort();
    }

    /** Sends a state to every browser that has taken the one before. */
    void publish(String json) {
        events.getConnections().forEach(connection -> send(connection, json));
    }

    /** Browsers that follow. */
    int browsers() {
        return events.getConnections().size();
    }

    private void welcome(ServerSentEventConnection connection) {
        connection.setKeepAliveTime(KEEP_ALIVE_MILLIS);
        send(connection, state.get());
    }

    private void send(ServerSentEventConnection connection, String json) {
        if (!busy.add(connection)) {
            return;
        }
        connection.send(json, new ServerSentEventConnection.EventCallback() {
            @Override
            public void done(ServerSentEventConnection sent, String data, String event, String id) {
                busy.remove(sent);
            }

            @Override
            public void failed(
                    ServerSentEventConnection lost, String data, String event, String id, IOException problem) {
                busy.remove(lost);
            }
        });
    }

    private void answer(HttpServerExchange exchange) throws Exception {
        HEADERS.forEach(exchange.getResponseHeaders()::put);
        if (!exchange.getRequestMethod().equals(Methods.GET)
                && !exchange.getRequestMethod().equals(Methods.HEAD)) {
            exchange.getResponseHeaders().put(Headers.ALLOW, "GET, HEAD");
            refuse(exchange, StatusCodes.METHOD_NOT_ALLOWED, "This page is read-only.\n");
        } else if (!access.allows(exchange.getRequestHeaders().getFirst(Headers.HOST), token(exchange))) {
            refuse(exchange, StatusCodes.FORBIDDEN, "Open the page with the address that the command printed.\n");
        } else if (exchange.getRequestPath().equals("/")
                && exchange.getQueryParameters().containsKey("token")) {
            enter(exchange);
        } else {
            show(exchange);
        }
    }

    private static String token(HttpServerExchange exchange) {
        if (exchange.getQueryParameters().containsKey("token")) {
            return exchange.getQueryParameters().get("token").getFirst();
        }
        var cookie = exchange.getRequestCookie(COOKIE);
        return cookie == null ? null : cookie.getValue();
    }

    /** Takes the token out of the address, where it would be seen and sent on, into a cookie that no script can read. */
    private static void enter(HttpServerExchange exchange) {
        exchange.setResponseCookie(new CookieImpl(COOKIE, token(exchange))
                .setPath("/")
                .setHttpOnly(true)
                .setSameSiteMode("Strict"));
        exchange.setStatusCode(StatusCodes.SEE_OTHER);
        exchange.getResponseHeaders().put(Headers.LOCATION, "/");
        exchange.endExchange();
    }

    private void show(HttpServerExchange exchange) throws Exception {
        switch (exchange.getRequestPath()) {
            case "/events" -> {
                if (browsers() >= MAX_BROWSERS) {
                    refuse(exchange, StatusCodes.SERVICE_UNAVAILABLE, "Too many browsers follow this page.\n");
                } else {
                    events.handleRequest(exchange);
                }
            }
            case "/state" -> {
                exchange.getResponseHeaders().put(Headers.CONTENT_TYPE, "application/json");
                exchange.getResponseSender().send(state.get());
            }
            default -> {
                PageFiles.PageFile file = files.at(exchange.getRequestPath());
                if (file == null) {
                    refuse(exchange, StatusCodes.NOT_FOUND, "There is no such page.\n");
                } else {
                    exchange.getResponseHeaders().put(Headers.CONTENT_TYPE, file.type());
                    exchange.getResponseSender().send(ByteBuffer.wrap(file.bytes()));
                }
            }
        }
    }

    private static void refuse(HttpServerExchange exchange, int status, String sentence) {
        exchange.setStatusCode(status);
        exchange.getResponseHeaders().put(Headers.CONTENT_TYPE, "text/plain; charset=utf-8");
        exchange.getResponseSender().send(sentence);
    }

    @Override
    public void close() {
        events.getConnections().forEach(ServerSentEventConnection::shutdown);
        server.stop();
    }
}
