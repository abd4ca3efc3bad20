package io.kmerflow.files.read;

import io.kmerflow.job.deadletter.DeadLetterReasons;
import io.kmerflow.job.decode.ReadLimits;
import io.kmerflow.job.ingest.Origin;
import io.kmerflow.job.ingest.RawRecord;
import io.kmerflow.schema.SequencedRead;
import io.kmerflow.schema.codec.RecordCodec;

/** Reads of files as the records that the topic of reads takes. Used by one thread. */
public final class ReadEncoder {
    private final RecordCodec<SequencedRead> codec = new RecordCodec<>(SequencedRead.class);

    /** The encoded read, or a failure if its names are over {@link ReadLimits}. */
    public RawRecord encode(SequencedRead read, Origin origin) {
        String wrong = ReadLimits.nameOverLimit(read);
        if (wrong != null) {
            return RawRecord.failed(origin, DeadLetterReasons.NAME_TOO_LONG, wrong);
        }
        RawRecord record = RawRecord.of(origin, codec.encode(read));
        record.attributesCut = read.getAttributes().containsKey(ReadLimits.CUT_ATTRIBUTE);
        return record;
    }
}
