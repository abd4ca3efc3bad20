package io.kmerflow.sequence.file;

import io.kmerflow.sequence.PhredQualities;
import io.kmerflow.sequence.QualityEncoding;
import io.kmerflow.sequence.QualityEncodingDetector;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Locale;
import java.util.Queue;

/**
 * Passes on a file that is at offset 33 and refuses any other. Nothing is passed on before a quality character came that
 * Phred+33 alone has, or {@value #LOOK_AHEAD_RECORDS} records, or {@value #LOOK_AHEAD_QUALITIES} qualities, or the end;
 * then {@link QualityEncodingDetector} decides. Without such a character it goes on watching, so that a file which shows
 * itself later is refused there and not misread to its end.
 */
public final class QualityEncodingGuard implements SequenceReader {
    static final int LOOK_AHEAD_RECORDS = 10_000;
    static final int LOOK_AHEAD_QUALITIES = 1 << 25;

    private final SequenceReader reader;
    private final QualityEncodingDetector detector = new QualityEncodingDetector();
    private final Queue<SequenceItem> ahead = new ArrayDeque<>();
    private boolean decided;
    private boolean anyQualities;

    /** @param reader at offset 33; closed with this */
    public QualityEncodingGuard(SequenceReader reader) {
        this.reader = reader;
    }

    /** @throws UnclearQualitiesException if the file is at offset 64, or both offsets fit */
    @Override
    public SequenceItem next() throws IOException {
        if (!decided) {
            lookAhead();
        }
        SequenceItem item = ahead.poll();
        if (item != null) {
            return item;
        }
        item = reader.next();
        if (item != null && !detector.certain()) {
            add(item);
            requirePhred33();
        }
        return item;
    }

    private void lookAhead() throws IOException {
        long qualities = 0;
        while (!detector.certain() && ahead.size() < LOOK_AHEAD_RECORDS && qualities < LOOK_AHEAD_QUALITIES) {
            SequenceItem item = reader.next();
            if (item == null) {
                break;
            }
            ahead.add(item);
            qualities += add(item);
            if (item instanceof SequenceItem.Parsed record && record.phredQualities() == null) {
                break; // FASTA
            }
        }
        requirePhred33();
        decided = true;
    }

    private int add(SequenceItem item) {
        if (!(item instanceof SequenceItem.Parsed record) || record.phredQualities() == null) {
            return 0;
        }
        byte[] qualities = record.phredQualities();
        detector.add(PhredQualities.toPhred33(qualities));
        anyQualities |= qualities.length > 0;
        return qualities.length;
    }

    private void requirePhred33() throws UnclearQualitiesException {
        QualityEncoding encoding = detector.encoding().orElse(null);
        if (anyQualities && encoding == null) {
            throw new UnclearQualitiesException("Expected the option --quality-encoding phred33, phred64 or solexa64:"
                    + " the qualities fit more than one");
        }
        if (anyQualities && encoding != QualityEncoding.PHRED33) {
            throw new UnclearQualitiesException(String.format(
                    Locale.ROOT,
                    "Expected qualities as phred33, got what looks like %s: give the option --quality-encoding %s, or phred33 if they are",
                    encoding.label(),
                    encoding.label()));
        }
    }

    @Override
    public void close() throws IOException {
        reader.close();
    }
}
