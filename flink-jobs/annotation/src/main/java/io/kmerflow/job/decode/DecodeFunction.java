package io.kmerflow.job.decode;

import io.kmerflow.job.deadletter.DeadLetterPolicy;
import io.kmerflow.job.deadletter.DeadLetterReasons;
import io.kmerflow.job.deadletter.DeadLetters;
import io.kmerflow.job.ingest.DecodedRead;
import io.kmerflow.job.ingest.RawRecord;
import io.kmerflow.job.json.ReadDecoder;
import io.kmerflow.job.metrics.DeadLetterMetrics;
import io.kmerflow.schema.DeadLetter;
import io.kmerflow.schema.DeadLetterStage;
import io.kmerflow.schema.SequencedRead;
import io.kmerflow.schema.codec.RecordDecoder;
import io.kmerflow.schema.codec.UndecodableRecordException;
import io.kmerflow.schema.registry.RegistryAddress;
import io.kmerflow.sequence.MalformedReadException;
import io.kmerflow.sequence.Read;
import java.nio.ByteBuffer;
import java.util.Locale;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.util.Collector;

/**
 * Raw records to reads. What is none goes to {@link DeadLetters#OUTPUT}: reported by the source (stage READ_FILE),
 * undecodable, not a possible read, with names over {@link ReadLimits}, or longer than the limit. Attributes end here:
 * nothing behind needs them.
 */
public final class DecodeFunction extends ProcessFunction<RawRecord, DecodedRead> {
    private final int maxReadBases;
    private final DeadLetterPolicy policy;

    private final RegistryAddress registry;

    private transient RecordDecoder<SequencedRead> decoder;
    private transient DeadLetters deadLetters;
    private transient DeadLetterMetrics metrics;
    private transient SourceNotes notes;

    /**
     * @param maxReadBases longest read that is taken, in bases
     * @param policy what of the input a dead letter keeps
     * @param registry of the schemas of reads in Confluent's format; null if none are. One that does not answer fails the task,
     *     which starts again: its reads are no dead letters
     */
    public DecodeFunction(int maxReadBases, DeadLetterPolicy policy, RegistryAddress registry) {
        this.maxReadBases = maxReadBases;
        this.policy = policy;
        this.registry = registry;
    }

    @Override
    public void open(OpenContext context) {
        decoder = new ReadDecoder(registry);
        deadLetters = new DeadLetters(policy);
        metrics = new DeadLetterMetrics(getRuntimeContext());
        notes = new SourceNotes(getRuntimeContext());
    }

    @Override
    public void processElement(RawRecord record, Context context, Collector<DecodedRead> out) {
        if (notes.take(record)) {
            return;
        }
        if (record.failureReason != null) {
            emit(context, record, null, DeadLetterStage.READ_FILE, record.failureReason, record.failureMessage, null);
            return;
        }
        metrics.countCutAttributes(record.attributesCut);
        DecodedRead read = decode(record, context);
        if (read != null) {
            out.collect(read);
        }
    }

    /** The read, or null if the record went to the dead letters. */
    private DecodedRead decode(RawRecord record, Context context) {
        SequencedRead sequenced = null;
        try {
            sequenced = decoder.decode(record.payload);
            int bases = sequenced.getBases().remaining();
            String name = ReadLimits.nameOverLimit(sequenced);
            if (name != null) {
                emit(context, record, sequenced, DeadLetterStage.DECODE, DeadLetterReasons.NAME_TOO_LONG, name, null);
                return null;
            }
            if (bases <= maxReadBases) {
                return DecodedRead.of(read(sequenced), sequenced.getBarcodeName(), record.origin);
            }
            String message = String.format(Locale.ROOT, "Expected at most %d bases, got %d", maxReadBases, bases);
            emit(context, record, sequenced, DeadLetterStage.DECODE, DeadLetterReasons.READ_TOO_LONG, message, null);
        } catch (UndecodableRecordException e) {
            emit(context, record, null, DeadLetterStage.DECODE, DeadLetterReasons.UNDECODABLE, e.getMessage(), e);
        } catch (MalformedReadException e) {
            emit(
                    context,
                    record,
                    sequenced,
                    DeadLetterStage.DECODE,
                    DeadLetterReasons.MALFORMED_READ,
                    e.getMessage(),
                    e);
        }
        return null;
    }

    private static Read read(SequencedRead sequenced) {
        return new Read(
                sequenced.getReadId(),
                sequenced.getMate(),
                sequenced.getRunId(),
                sequenced.getSampleId(),
                sequenced.getFiltered(),
                bytes(sequenced.getBases()),
                sequenced.getPhredQualities() == null ? null : bytes(sequenced.getPhredQualities()));
    }

    private static byte[] bytes(ByteBuffer buffer) {
        boolean whole = buffer.hasArray()
                && buffer.arrayOffset() == 0
                && buffer.position() == 0
                && buffer.array().length == buffer.remaining();
        if (whole) {
            return buffer.array(); // decoded just now, into an array nobody else knows
        }
        byte[] copy = new byte[buffer.remaining()];
        buffer.duplicate().get(copy);
        return copy;
    }

    private void emit(
            Context context,
            RawRecord record,
            SequencedRead read,
            DeadLetterStage stage,
            String reason,
            String message,
            Exception error) {
        String readId = read == null ? null : read.getReadId();
        DeadLetter letter = deadLetters.of(record.origin, readId, stage, reason, message, error, record.payload);
        metrics.count(stage, reason);
        context.output(DeadLetters.OUTPUT, letter);
    }
}
