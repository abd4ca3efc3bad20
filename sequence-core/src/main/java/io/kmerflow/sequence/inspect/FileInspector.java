package io.kmerflow.sequence.inspect;

import io.kmerflow.sequence.PhredQualities;
import io.kmerflow.sequence.QualityEncoding;
import io.kmerflow.sequence.file.ReadHeader;
import io.kmerflow.sequence.file.SequenceItem;
import io.kmerflow.sequence.file.SequenceReader;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Gathers a {@link FileInspection} item by item; memory does not grow with the number of reads. */
public final class FileInspector {
    static final int MAX_ERRORS_KEPT = 1000;

    private final Composition composition = new Composition();
    private final LengthDistribution.Counter lengths = new LengthDistribution.Counter();
    private final HeaderSummary.Counter headers = new HeaderSummary.Counter();
    private final List<InspectionError> errors = new ArrayList<>();
    private long errorCount;
    private long records;
    private long recovered;
    private boolean hasQualities;

    /**
     * Reads to the end.
     *
     * @param reader at offset 33, so that qualities are characters less 33; not closed
     * @throws IOException if the file cannot be read any further
     */
    public static FileInspection inspect(SequenceReader reader) throws IOException {
        FileInspector inspector = new FileInspector();
        for (SequenceItem item = reader.next(); item != null; item = reader.next()) {
            inspector.add(item);
        }
        return inspector.inspection();
    }

    void add(SequenceItem item) {
        if (item instanceof SequenceItem.Failure failure) {
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
        headers.add(ReadHeader.parse(record.header()));
    }

    FileInspection inspection() {
        QualityEncoding encoding = composition.encoding().orElse(null);
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
                encoding == null ? null : composition.meanQuality(encoding),
                composition.gcShare(),
                headers.summary());
    }
}
