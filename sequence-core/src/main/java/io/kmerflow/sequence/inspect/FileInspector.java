package io.kmerflow.sequence.inspect;

import io.kmerflow.sequence.PhredQualities;
import io.kmerflow.sequence.QualityEncoding;
import io.kmerflow.sequence.file.SequenceItem;
import io.kmerflow.sequence.file.SequenceReader;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Gathers a {@link FileInspection} item by item; memory does not grow with the number of reads. */
public final class FileInspector {
    static final int MAX_ERRORS_KEPT = 1000;

    private final QualityEncoding given;
    private final Composition composition = new Composition();
    private final LengthDistribution.Counter lengths = new LengthDistribution.Counter();
    private final HeaderSummary.Counter headers = new HeaderSummary.Counter();
    private final List<InspectionError> errors = new ArrayList<>();
    private long errorCount;
    private long records;
    private long recovered;
    private long notPrimary;
    private boolean hasQualities;

    /** @param given encoding of the qualities, or null if the characters shall tell */
    FileInspector(QualityEncoding given) {
        this.given = given;
    }

    /** Reads to the end a file whose characters tell the encoding; as {@link #inspect(SequenceReader, QualityEncoding)}. */
    public static FileInspection inspect(SequenceReader reader) throws IOException {
        return inspect(reader, null);
    }

    /**
     * Reads to the end.
     *
     * @param reader in the given encoding, else at offset 33, so that qualities are characters less 33; not closed
     * @param given encoding of the qualities, or null if the characters shall tell
     * @throws IOException if the file cannot be read any further
     */
    public static FileInspection inspect(SequenceReader reader, QualityEncoding given) throws IOException {
        FileInspector inspector = new FileInspector(given);
        for (SequenceItem item = reader.next(); item != null; item = reader.next()) {
            inspector.add(item);
        }
        return inspector.inspection();
    }

    void add(SequenceItem item) {
        if (item instanceof SequenceItem.Failure failure) {
            if (failure.reason() == SequenceItem.Reason.NOT_PRIMARY) {
                notPrimary++;
                return;
            }
            errorCount++;
            if (errors.size() < MAX_ERRORS_KEPT) {
                errors.add(InspectionError.of(failure));
            }
            return;
        }
        SequenceItem.Parsed record = (SequenceItem.Parsed) item;
        if (errorCount == 0) {
            records++;
        } else {
            recovered++;
        }
        byte[] qualities = record.phredQualities();
        hasQualities |= qualities != null && qualities.length > 0;
        composition.add(record.bases(), qualities == null ? null : PhredQualities.toPhred33(qualities));
        lengths.add(record.bases().length);
        headers.add(record.readHeader());
    }

    FileInspection inspection() {
        QualityEncoding encoding = given == null ? composition.encoding().orElse(null) : hasQualities ? given : null;
        // Qualities read in the given encoding are Phred numbers already.
        QualityEncoding counted = given == null || encoding == null ? encoding : QualityEncoding.PHRED33;
        return new FileInspection(
                errorCount == 0 ? Verdict.ACCEPT : Verdict.REJECT,
                records,
                recovered,
                errors,
                errorCount,
                lengths.bases(),
                hasQualities,
                encoding,
                lengths.distribution(),
                counted == null ? null : composition.meanQuality(counted),
                composition.gcShare(),
                headers.summary(),
                notPrimary);
    }
}
