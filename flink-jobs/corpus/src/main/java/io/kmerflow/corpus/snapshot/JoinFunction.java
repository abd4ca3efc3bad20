package io.kmerflow.corpus.snapshot;

import io.kmerflow.job.ingest.DecodedRead;
import io.kmerflow.job.ingest.Origin;
import io.kmerflow.schema.CorpusRead;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.streaming.api.functions.co.KeyedCoProcessFunction;
import org.apache.flink.util.Collector;

/**
 * Keyed by read: the read, its newest annotation and the newest label of every source, judged once all of them are there. The
 * timer at the end of time fires when a key has had all of its input.
 */
final class JoinFunction extends KeyedCoProcessFunction<String, DecodedRead, Evidence, CorpusRead> {
    private static final long serialVersionUID = 1L;

    /** Offsets of one partition compare; a read is in one partition, unless somebody keyed it otherwise. */
    private static final Comparator<Origin> BY_PLACE =
            Comparator.<Origin>comparingInt(origin -> origin.partition).thenComparingLong(origin -> origin.offset);

    private final ReadFilter filter;
    private transient ValueState<DecodedRead> read;
    private transient ValueState<Evidence> annotation;
    private transient MapState<String, Evidence> labels;
    private transient Counts counts;

    JoinFunction(ReadFilter filter) {
        this.filter = filter;
    }

    @Override
    public void open(OpenContext context) {
        read = getRuntimeContext().getState(new ValueStateDescriptor<>("read", DecodedRead.class));
        annotation = getRuntimeContext().getState(new ValueStateDescriptor<>("annotation", Evidence.class));
        labels = getRuntimeContext().getMapState(new MapStateDescriptor<>("labels", String.class, Evidence.class));
        counts = new Counts(getRuntimeContext());
    }

    @Override
    public void processElement1(DecodedRead next, Context context, Collector<CorpusRead> out) throws Exception {
        DecodedRead before = read.value();
        if (before == null || BY_PLACE.compare(next.origin, before.origin) < 0) {
            read.update(next);
        }
        counts.leftOut(LeftOut.REPEATED_READS, before == null ? 0 : 1);
        context.timerService().registerEventTimeTimer(Long.MAX_VALUE);
    }

    @Override
    public void processElement2(Evidence next, Context context, Collector<CorpusRead> out) throws Exception {
        if (next.isLabel()) {
            Evidence before = labels.get(next.source);
            if (before == null || next.replaces(before)) {
                labels.put(next.source, next);
            }
            counts.leftOut(LeftOut.OLDER_LABELS, before == null ? 0 : 1);
        } else {
            Evidence before = annotation.value();
            if (before == null || next.replaces(before)) {
                annotation.update(next);
            }
            counts.leftOut(LeftOut.OLDER_ANNOTATIONS, before == null ? 0 : 1);
        }
        context.timerService().registerEventTimeTimer(Long.MAX_VALUE);
    }

    @Override
    public void onTimer(long timestamp, OnTimerContext context, Collector<CorpusRead> out) throws Exception {
        List<Evidence> standing = new ArrayList<>();
        for (Evidence label : labels.values()) {
            if (label.withdraws()) {
                counts.leftOut(LeftOut.OLDER_LABELS, 1);
            } else {
                standing.add(label);
            }
        }
        standing.sort(Comparator.comparing(label -> label.source));
        Evidence newest = annotation.value();
        DecodedRead joined = read.value();
        if (joined == null) {
            counts.leftOut(LeftOut.LABELS_WITHOUT_READ, standing.size());
            counts.leftOut(LeftOut.ANNOTATIONS_WITHOUT_READ, newest == null ? 0 : 1);
        } else {
            filter.met(joined, newest, standing).forEach(counts::met);
            LeftOut reason = filter.judge(joined, newest, standing);
            if (reason == null) {
                out.collect(corpusRead(joined, newest, standing));
            } else {
                counts.leftOut(reason, 1);
            }
        }
        read.clear();
        annotation.clear();
        labels.clear();
    }

    private static CorpusRead corpusRead(DecodedRead read, Evidence annotation, List<Evidence> labels) {
        CorpusRead joined = new CorpusRead();
        joined.setReadId(read.readId);
        joined.setMate(read.mate);
        joined.setRunId(read.runId);
        joined.setSampleId(read.sampleId);
        joined.setBases(ByteBuffer.wrap(read.bases));
        joined.setPhredQualities(read.phredQualities == null ? null : ByteBuffer.wrap(read.phredQualities));
        joined.setReadTime(read.origin.timestampMillis < 0 ? null : Instant.ofEpochMilli(read.origin.timestampMillis));
        joined.setLabelSources(labels.stream().map(label -> label.source).toList());
        if (!labels.isEmpty()) {
            joined.setLabel(labels.get(0).label);
            joined.setOntologyId(labels.stream()
                    .map(label -> label.ontologyId)
                    .filter(Objects::nonNull)
                    .findFirst()
                    .orElse(null));
        }
        if (annotation != null) {
            joined.setStatus(annotation.status);
            joined.setCalledLabel(annotation.label);
            joined.setCallScore(annotation.score);
            joined.setModelDigest(annotation.modelDigest);
        }
        return joined;
    }
}
