package io.kmerflow.cli.serving;

import static org.assertj.core.api.Assertions.assertThat;

import io.kmerflow.job.metrics.MetricNames;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.Gauge;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.metrics.SimpleCounter;
import org.apache.flink.metrics.groups.UnregisteredMetricsGroup;
import org.junit.jupiter.api.Test;

class ServeLogTest {
    private final JobFigures figures = new JobFigures();
    private final List<String> lines = new ArrayList<>();
    private final ServeLog log = new ServeLog(figures, lines::add);
    private String serving = "1";

    private Counter counter(String name, long count) {
        Counter counter = new SimpleCounter();
        counter.inc(count);
        figures.added(counter, name, new UnregisteredMetricsGroup());
        return counter;
    }

    private void gauge(String name, Gauge<?> gauge) {
        figures.added(gauge, name, new UnregisteredMetricsGroup());
    }

    private Gauge<Integer> model(String version) {
        MetricGroup group = new UnregisteredMetricsGroup() {
            @Override
            public Map<String, String> getAllVariables() {
                Map<String, String> variables = new HashMap<>();
                variables.put("<model_version>", version);
                variables.put("<model_digest>", "sha256:" + version);
                return variables;
            }
        };
        Gauge<Integer> active = () -> version.equals(serving) ? 1 : 0;
        figures.added(active, MetricNames.ACTIVE_MODEL, group);
        return active;
    }

    @Test
    void theLineSumsAllSubtasksAndEarlierAttempts() {
        Counter first = counter(MetricNames.READS, 1_000);
        counter(MetricNames.READS, 500);
        counter(MetricNames.CALLED_READS, 1_200);
        counter(MetricNames.DEAD_LETTERS, 2);
        counter(MetricNames.DEAD_LETTERS, 1);
        counter("numRecordsIn", 99);
        gauge("pendingRecords", () -> 7L);
        gauge("numRestarts", () -> 0L);
        model("1");
        log.look();
        log.report();
        assertThat(lines)
                .containsExactly(
                        "1,500 reads (+1,500), 1,200 called, 3 dead letters, lag 7, 0 restarts, model 1 (sha256:1)");

        figures.removed(first); // the subtask starts again
        counter(MetricNames.READS, 30);
        log.report();
        assertThat(lines.get(1)).startsWith("1,530 reads (+30), ");
    }

    @Test
    void warnsOnceWhenMostReadsBecomeTooShort() {
        Counter reads = counter(MetricNames.READS, 100);
        Counter tooShort = counter(MetricNames.TOO_SHORT_READS, 50);
        log.report();
        assertThat(lines).as("half are not most").hasSize(1);
        reads.inc(1_000);
        tooShort.inc(501);
        log.report();
        assertThat(lines.get(2)).startsWith("warning: 501 of the last 1,000 reads are shorter than the model asks for");
        reads.inc(10);
        tooShort.inc(10);
        log.report();
        assertThat(lines).hasSize(4);
        reads.inc(10);
        log.report();
        tooShort.inc(10);
        reads.inc(10);
        log.report();
        assertThat(lines).hasSize(7).last().asString().startsWith("warning: 10 of the last 10 reads");
    }

    @Test
    void driftIsPartOfTheLineOnceReadsWereCompared() {
        counter(MetricNames.DRIFT_WINDOWS, 1_200);
        counter(MetricNames.DRIFT_ALARMS, 3);
        log.report();

        assertThat(lines.get(0)).endsWith(", model not loaded, drift in 3 of 1,200 windows");
    }

    @Test
    void aSwapIsSaidOnceAndARestartIsNone() {
        Gauge<Integer> before = model("1");
        log.look();
        log.look();
        model("2");
        serving = "2";
        log.look();
        figures.removed(before);
        serving = "none";
        log.look();
        serving = "2";
        log.look();

        assertThat(lines).containsExactly("model 1 (sha256:1) -> 2 (sha256:2)");
    }

    @Test
    void beforeTheModelIsLoadedTheLineSaysSo() {
        log.report();

        assertThat(lines)
                .containsExactly("0 reads (+0), 0 called, 0 dead letters, lag 0, 0 restarts, model not loaded");
    }
}
