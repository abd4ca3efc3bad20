package io.kmerflow.cli.serving;

import io.kmerflow.job.metrics.MetricNames;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.Gauge;
import org.apache.flink.metrics.Metric;
import org.apache.flink.metrics.MetricGroup;

/**
 * Figures of the job in this process, from its metrics. A restart begins every counter again; what the ones before it had
 * counted is kept, so sums do not fall. For several threads.
 */
final class JobFigures {
    private static final String READS = MetricNames.READS;
    private static final String CALLED = MetricNames.CALLED_READS;
    private static final String TOO_SHORT = MetricNames.TOO_SHORT_READS;
    private static final String DEAD_LETTERS = MetricNames.DEAD_LETTERS;
    private static final String MODEL = MetricNames.ACTIVE_MODEL;
    private static final String DRIFT_WINDOWS = MetricNames.DRIFT_WINDOWS;
    private static final String DRIFT_ALARMS = MetricNames.DRIFT_ALARMS;
    private static final String LAG = "pendingRecords"; // Flink's, of its Kafka source
    private static final String OFFSET = "currentOffset"; // Flink's, of each partition that its Kafka source reads
    private static final String PARTITION_VARIABLE = "<partition>";
    private static final String RESTARTS = "numRestarts"; // Flink's, of the job

    /** {@code sha256:} and 12 digits: enough to tell models from each other. */
    private static final int DIGEST_CHARACTERS = 19;

    private final Map<Metric, String> metrics = new ConcurrentHashMap<>();
    private final Map<Metric, String> models = new ConcurrentHashMap<>();
    private final Map<String, Long> ofEarlierAttempts = new ConcurrentHashMap<>();
    private final Map<Metric, Integer> partitions = new ConcurrentHashMap<>();
    private final Map<Integer, Long> lastOffsets = new ConcurrentHashMap<>();

    /** A metric that there is from now on. */
    void added(Metric metric, String name, MetricGroup group) {
        switch (name) {
            case READS, CALLED, TOO_SHORT, DEAD_LETTERS, DRIFT_WINDOWS, DRIFT_ALARMS, LAG, RESTARTS ->
                metrics.put(metric, name);
            case MODEL -> {
                Map<String, String> of = group.getAllVariables();
                String digest = of.get("<" + MetricNames.MODEL_DIGEST + ">");
                models.put(
                        metric,
                        of.get("<" + MetricNames.MODEL_VERSION + ">") + " ("
                                + digest.substring(0, Math.min(DIGEST_CHARACTERS, digest.length())) + ")");
            }
            case OFFSET ->
                partitions.put(metric, Integer.valueOf(group.getAllVariables().get(PARTITION_VARIABLE)));
            default -> {}
        }
    }

    /** A metric that ends. */
    void removed(Metric metric) {
        models.remove(metric);
        Integer partition = partitions.remove(metric);
        if (partition != null) {
            lastOffsets.merge(partition, value(metric), Math::max);
        }
        String name = metrics.remove(metric);
        if (name != null && metric instanceof Counter counter) {
            ofEarlierAttempts.merge(name, counter.getCount(), Long::sum);
        }
    }

    private long sum(String name) {
        long sum = ofEarlierAttempts.getOrDefault(name, 0L);
        for (Map.Entry<Metric, String> entry : metrics.entrySet()) {
            if (entry.getValue().equals(name)) {
                sum += value(entry.getKey());
            }
        }
        return sum;
    }

    private static long value(Metric metric) {
        if (metric instanceof Counter counter) {
            return counter.getCount();
        }
        return metric instanceof Gauge<?> gauge && gauge.getValue() instanceof Number number ? number.longValue() : 0;
    }

    /** Reads annotated. */
    long reads() {
        return sum(READS);
    }

    /** Reads with a call. */
    long called() {
        return sum(CALLED);
    }

    /** Reads shorter than the model calls. */
    long tooShort() {
        return sum(TOO_SHORT);
    }

    /** Offsets of the records that the source gave last, by partition, in order; negative where it gave none yet. */
    SortedMap<Integer, Long> offsets() {
        SortedMap<Integer, Long> offsets = new TreeMap<>(lastOffsets);
        partitions.forEach((metric, partition) -> offsets.merge(partition, value(metric), Math::max));
        return offsets;
    }

    /** Dead letters. */
    long deadLetters() {
        return sum(DEAD_LETTERS);
    }

    /** Windows of reads compared with the model's profile. */
    long driftWindows() {
        return sum(DRIFT_WINDOWS);
    }

    /** Those of them that were over a threshold. */
    long driftAlarms() {
        return sum(DRIFT_ALARMS);
    }

    /** Records on the reads topic that were not fetched yet. */
    long lag() {
        return sum(LAG);
    }

    /** How often the job has started again. */
    long restarts() {
        return sum(RESTARTS);
    }

    /** Version and digest of the models that serve; several while subtasks or routes differ, none before the first is loaded. */
    String models() {
        TreeSet<String> serving = new TreeSet<>();
        models.forEach((metric, name) -> {
            if (value(metric) == 1) {
                serving.add(name);
            }
        });
        return String.join(", ", serving);
    }
}
