package io.kmerflow.job.metrics;

import io.kmerflow.scoring.ScoringDevice;
import java.util.HashSet;
import java.util.Set;
import org.apache.flink.metrics.Gauge;
import org.apache.flink.metrics.MetricGroup;

/** Which model serves, and where: a gauge per version and digest, 1 for the one that does, 0 for those before it. */
public final class ModelMetrics {
    private final MetricGroup group;
    private final Set<String> known = new HashSet<>();
    private volatile String serving;
    private volatile boolean onGpu;

    /** @param operator group of the scoring operator */
    public ModelMetrics(MetricGroup operator) {
        this.group = operator.addGroup(MetricNames.GROUP);
        group.gauge(MetricNames.ON_GPU, (Gauge<Integer>) () -> onGpu ? 1 : 0);
    }

    /**
     * That model is active from now on.
     *
     * @param version of the model
     * @param digest of its bundle
     * @param device it runs on
     */
    public void serving(String version, String digest, ScoringDevice device) {
        onGpu = device.gpu();
        String name = version + " " + digest;
        serving = name;
        if (known.add(name)) {
            group.addGroup(MetricNames.MODEL_VERSION, version)
                    .addGroup(MetricNames.MODEL_DIGEST, digest)
                    .gauge(MetricNames.ACTIVE_MODEL, (Gauge<Integer>) () -> name.equals(serving) ? 1 : 0);
        }
    }
}
