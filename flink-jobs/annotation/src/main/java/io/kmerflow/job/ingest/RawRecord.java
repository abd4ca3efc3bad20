package io.kmerflow.job.ingest;

/**
 * What a source gives: the bytes of a {@link io.kmerflow.schema.SequencedRead} in single-object encoding, or the reason
 * why there is none. A Flink POJO.
 */
public class RawRecord {
    /** Where it came from. */
    public Origin origin;
    /** Encoded read; null for a topic record without value, or if there is a failure. */
    public byte[] payload;
    /** Reason in capitals if the source itself could not make a record of it, else null. */
    public String failureReason;
    /** One sentence to the reason. */
    public String failureMessage;

    /** Whether attributes were left out, as too large. */
    public boolean attributesCut;

    /** For Flink; fields are set after. */
    public RawRecord() {}

    /** Bytes to decode. */
    public static RawRecord of(Origin origin, byte[] payload) {
        RawRecord record = new RawRecord();
        record.origin = origin;
        record.payload = payload;
        return record;
    }

    /** Input that is no record. */
    public static RawRecord failed(Origin origin, String reason, String message) {
        RawRecord record = new RawRecord();
        record.origin = origin;
        record.failureReason = reason;
        record.failureMessage = message;
        return record;
    }
}
