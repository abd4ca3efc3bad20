package io.kmerflow.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.kmerflow.bundle.JsonMappers;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Locale;

/** What a job manager tells over REST. While it is gone, there are no answers: nothing is then known, and nothing fails. */
public final class FlinkRest {
    private static final int FINE = 200;
    private static final int ACCEPTED = 202;
    private static final Duration ASK = Duration.ofSeconds(5);

    private final HttpClient http =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(2)).build();
    private final String address;

    FlinkRest(int port) {
        address = "http://127.0.0.1:" + port;
    }

    /** Where it listens. */
    public String address() {
        return address;
    }

    private JsonNode get(String path) throws InterruptedException {
        HttpRequest request =
                HttpRequest.newBuilder(URI.create(address + path)).timeout(ASK).build();
        try {
            HttpResponse<byte[]> response = http.send(request, BodyHandlers.ofByteArray());
            return response.statusCode() == FINE
                    ? JsonMappers.COMPACT.readTree(response.body())
                    : MissingNode.getInstance();
        } catch (IOException e) {
            return MissingNode.getInstance();
        }
    }

    /** Slots of the registered task managers; -1 without an answer. */
    public int slots() throws InterruptedException {
        return get("/overview").path("slots-total").asInt(-1);
    }

    /** Slots no job has; -1 without an answer. */
    public int freeSlots() throws InterruptedException {
        return get("/overview").path("slots-available").asInt(-1);
    }

    /** State of a job in Flink's words, for example RUNNING; empty without an answer. */
    public String jobState(String job) throws InterruptedException {
        return get("/jobs/" + job).path("state").asText("");
    }

    /** Whether every subtask of a job runs. */
    public boolean allRunning(String job) throws InterruptedException {
        JsonNode vertices = get("/jobs/" + job).path("vertices");
        for (JsonNode vertex : vertices) {
            if (vertex.path("tasks").path("RUNNING").asInt()
                    != vertex.path("parallelism").asInt(-1)) {
                return false;
            }
        }
        return !vertices.isEmpty();
    }

    /** Subtasks of a job that run. */
    public int runningTasks(String job) throws InterruptedException {
        int running = 0;
        for (JsonNode vertex : get("/jobs/" + job).path("vertices")) {
            running += vertex.path("tasks").path("RUNNING").asInt();
        }
        return running;
    }

    /** When the newest completed checkpoint of a job was triggered, milliseconds since 1970; -1 if there is none. */
    public long newestCheckpointTriggered(String job) throws InterruptedException {
        return get("/jobs/" + job + "/checkpoints")
                .path("latest")
                .path("completed")
                .path("trigger_timestamp")
                .asLong(-1);
    }

    /**
     * Checkpoints of a job so far.
     *
     * @param completed how many
     * @param failed how many
     * @param longestMillis most time a completed one took from its trigger to the last acknowledgement
     * @param largestBytes most state of a completed one
     */
    public record Checkpoints(int completed, int failed, long longestMillis, long largestBytes) {}

    /** Checkpoints of a job so far; all 0 without an answer. */
    public Checkpoints checkpoints(String job) throws InterruptedException {
        JsonNode answer = get("/jobs/" + job + "/checkpoints");
        return new Checkpoints(
                answer.path("counts").path("completed").asInt(),
                answer.path("counts").path("failed").asInt(),
                answer.path("summary").path("end_to_end_duration").path("max").asLong(),
                answer.path("summary").path("state_size").path("max").asLong());
    }

    /** How often a job was restarted by its job manager; -1 without an answer. */
    public int restarts(String job) throws InterruptedException {
        return get("/jobs/" + job + "/metrics?get=numRestarts")
                .path(0)
                .path("value")
                .asInt(-1);
    }

    /** What a job failed of, the first line; empty if there is nothing. */
    public String failure(String job) throws InterruptedException {
        String trace = get("/jobs/" + job + "/exceptions")
                .path("exceptionHistory")
                .path("entries")
                .path(0)
                .path("stacktrace")
                .asText("");
        return trace.lines().findFirst().orElse("");
    }

    /** Asks to cancel a job. */
    public void cancel(String job) throws InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create(address + "/jobs/" + job + "?mode=cancel"))
                .timeout(ASK)
                .method("PATCH", BodyPublishers.noBody())
                .build();
        try {
            int status = http.send(request, BodyHandlers.discarding()).statusCode();
            if (status != ACCEPTED) {
                throw new ClusterException(String.format(
                        Locale.ROOT, "Expected to cancel job %s, the job manager answered %d", job, status));
            }
        } catch (IOException e) {
            throw new ClusterException(
                    String.format(Locale.ROOT, "Expected to cancel job %s, got %s", job, e.getMessage()), e);
        }
    }
}
