package io.kmerflow.cli.serving;

import io.kmerflow.cli.live.CallRows;
import io.kmerflow.schema.ReadAnnotation;
import java.io.PrintWriter;
import java.lang.management.ManagementFactory;
import java.util.Comparator;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/** Calls per label and sample. */
final class SampleTally {
    private final Map<String, Map<String, Long>> readsByLabelAndSample =
            new TreeMap<>(Comparator.comparing(CallRows::isWithoutCall).thenComparing(Comparator.naturalOrder()));
    private final TreeSet<String> samples = new TreeSet<>();
    private long reads;
    private long bases;
    private long firstMillis;

    void add(ReadAnnotation annotation) {
        if (reads == 0) {
            firstMillis = annotation.getAnnotatedTime().toEpochMilli();
        }
        reads++;
        bases += annotation.getReadLength();
        String sample = annotation.getSampleId() == null ? "" : annotation.getSampleId();
        samples.add(sample);
        readsByLabelAndSample
                .computeIfAbsent(CallRows.of(annotation), label -> new TreeMap<>())
                .merge(sample, 1L, Long::sum);
    }

    /** From the start of this process to the first annotation, in seconds. */
    double firstSeconds() {
        return (firstMillis - ManagementFactory.getRuntimeMXBean().getStartTime()) / 1e3;
    }

    long reads() {
        return reads;
    }

    void print(PrintWriter out, double seconds) {
        out.printf(Locale.ROOT, "%n%-28s", "reads called");
        samples.forEach(sample -> out.printf(Locale.ROOT, " %12s", sample));
        out.printf(Locale.ROOT, " %12s%n", "all");
        readsByLabelAndSample.forEach((label, bySample) -> {
            out.printf(Locale.ROOT, "%-28s", label);
            samples.forEach(sample -> out.printf(Locale.ROOT, " %,12d", bySample.getOrDefault(sample, 0L)));
            out.printf(
                    Locale.ROOT,
                    " %,12d%n",
                    bySample.values().stream().mapToLong(Long::longValue).sum());
        });
        out.printf(
                Locale.ROOT,
                "%n%,d reads, %,d bases in %.1f s: %,.0f reads/s, %,.0f bases/s (ingest included)%n",
                reads,
                bases,
                seconds,
                reads / seconds,
                bases / seconds);
    }
}
