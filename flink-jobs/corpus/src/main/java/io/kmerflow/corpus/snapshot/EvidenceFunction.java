package io.kmerflow.corpus.snapshot;

import io.kmerflow.job.json.AnnotationDecoder;
import io.kmerflow.schema.ReadLabel;
import io.kmerflow.schema.codec.RecordCodec;
import io.kmerflow.schema.codec.UndecodableRecordException;
import io.kmerflow.schema.registry.RegistryAddress;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.functions.RichFlatMapFunction;
import org.apache.flink.util.Collector;

/** Decodes annotations, or labels; records that cannot be decoded are counted. */
final class EvidenceFunction extends RichFlatMapFunction<TopicRecord, Evidence> {
    private static final long serialVersionUID = 1L;

    private final boolean labels;
    private final RegistryAddress registry;
    private transient AnnotationDecoder annotations;
    private transient RecordCodec<ReadLabel> labelCodec;
    private transient Counts counts;

    /**
     * @param labels whether the topic is that of labels
     * @param registry of the schemas of annotations in Confluent's format; null if none are
     */
    EvidenceFunction(boolean labels, RegistryAddress registry) {
        this.labels = labels;
        this.registry = registry;
    }

    @Override
    public void open(OpenContext context) {
        annotations = new AnnotationDecoder(registry);
        labelCodec = new RecordCodec<>(ReadLabel.class);
        counts = new Counts(getRuntimeContext());
    }

    @Override
    public void flatMap(TopicRecord record, Collector<Evidence> out) {
        counts.in(labels ? Counts.LABELS : Counts.ANNOTATIONS);
        Evidence evidence = decode(record);
        if (evidence == null) {
            counts.leftOut(labels ? LeftOut.UNDECODABLE_LABELS : LeftOut.UNDECODABLE_ANNOTATIONS, 1);
        } else {
            out.collect(evidence);
        }
    }

    private Evidence decode(TopicRecord record) {
        try {
            if (!labels) {
                return Evidence.of(annotations.decode(record.value), record);
            }
            return record.value == null
                    ? Evidence.withdrawal(record)
                    : Evidence.of(labelCodec.decode(record.value), record);
        } catch (UndecodableRecordException | IllegalArgumentException e) {
            return null; // an identity that cannot be is as good as undecodable
        }
    }
}
