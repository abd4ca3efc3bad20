package io.kmerflow.corpus.snapshot;

import io.kmerflow.job.json.AnnotationDecoder;
import io.kmerflow.job.kafka.LabelTopic;
import io.kmerflow.schema.ReadAnnotation;
import io.kmerflow.schema.ReadCall;
import io.kmerflow.schema.ReadLabel;
import io.kmerflow.sequence.identity.ReadIdentity;
import java.util.Comparator;

/** What an annotation or a label says of a read. A Flink POJO; what is not known is null. */
public class Evidence {
    private static final Comparator<Evidence> BY_PLACE =
            Comparator.<Evidence>comparingInt(one -> one.partition).thenComparingLong(one -> one.offset);

    private static final Comparator<Evidence> BY_TIME =
            Comparator.<Evidence>comparingLong(one -> one.timeMillis).thenComparing(BY_PLACE);

    /** Key of the read. */
    public String read;
    /** Whoever gave the label; null for an annotation. */
    public String source;
    /** Label of the source, or call of the model; null for none, or a label withdrawn. */
    public String label;
    /** CURIE of the label. */
    public String ontologyId;
    /** Status of the annotation; null for a label. */
    public String status;
    /** Score of the call. */
    public Float score;
    /** Digest of the annotation's model. */
    public String modelDigest;
    /** When the annotation was made, or written to its topic if it does not tell, milliseconds since 1970-01-01 UTC. */
    public long timeMillis;
    /** Partition of the record. */
    public int partition;
    /** Offset of the record. */
    public long offset;

    /** For Flink; fields are set after. */
    public Evidence() {}

    private static Evidence at(TopicRecord record, String read) {
        Evidence evidence = new Evidence();
        evidence.read = read;
        evidence.partition = record.partition;
        evidence.offset = record.offset;
        return evidence;
    }

    /** What an annotation says. */
    static Evidence of(ReadAnnotation annotation, TopicRecord record) {
        AnnotationDecoder.date(annotation, record.timestampMillis);
        Evidence evidence =
                at(record, new ReadIdentity(annotation.getRunId(), annotation.getReadId(), annotation.getMate()).key());
        ReadCall call = annotation.getReadCall();
        evidence.status = annotation.getStatus().name();
        evidence.label = call == null ? null : call.getLabel();
        evidence.score = call == null || call.getLabel() == null ? null : call.getScore();
        evidence.modelDigest = annotation.getModelDigest();
        evidence.timeMillis = annotation.getAnnotatedTime().toEpochMilli();
        return evidence;
    }

    /** What a label says. */
    static Evidence of(ReadLabel label, TopicRecord record) {
        Evidence evidence = at(record, new ReadIdentity(label.getRunId(), label.getReadId(), label.getMate()).key());
        evidence.source = label.getSource();
        evidence.label = label.getLabel();
        evidence.ontologyId = label.getOntologyId();
        return evidence;
    }

    /** A label taken back, or null if the record's key is none of ours. */
    static Evidence withdrawal(TopicRecord record) {
        ReadIdentity read = LabelTopic.readOf(record.key);
        if (read == null) {
            return null;
        }
        Evidence evidence = at(record, read.key());
        evidence.source = LabelTopic.sourceOf(record.key);
        return evidence;
    }

    /** Whether this is a label, or one withdrawn; else an annotation. */
    boolean isLabel() {
        return source != null;
    }

    /** Whether this takes a label back. */
    boolean withdraws() {
        return source != null && label == null;
    }

    /**
     * Whether it stands instead of the other, of the same source and read. Of labels the last on the topic does, whatever its
     * revision: compaction keeps no other. Of annotations the one made last.
     */
    boolean replaces(Evidence other) {
        return (isLabel() ? BY_PLACE : BY_TIME).compare(this, other) > 0;
    }
}
