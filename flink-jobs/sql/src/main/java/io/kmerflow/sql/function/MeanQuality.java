package io.kmerflow.sql.function;

import io.kmerflow.sequence.MalformedReadException;
import io.kmerflow.sequence.PhredQualities;
import java.nio.charset.StandardCharsets;
import org.apache.flink.table.functions.ScalarFunction;

/** {@code MEAN_QUALITY(qualities)}: the quality of the mean error probability, of FASTQ's text (Phred+33) or of numbers as the reads topic has them. */
public final class MeanQuality extends ScalarFunction {
    /** @param qualities one character per base, {@code '!'} to {@code '~'} */
    public Double eval(String qualities) {
        if (qualities == null || qualities.isEmpty()) {
            return null;
        }
        try {
            return PhredQualities.mean(PhredQualities.fromPhred33(qualities.getBytes(StandardCharsets.ISO_8859_1)));
        } catch (MalformedReadException e) {
            return null;
        }
    }

    /** @param qualities one number per base, 0 to 93 */
    public Double eval(byte[] qualities) {
        if (qualities == null || qualities.length == 0) {
            return null;
        }
        for (byte quality : qualities) {
            if (quality < 0 || quality > PhredQualities.MAX) {
                return null;
            }
        }
        return PhredQualities.mean(qualities);
    }
}
