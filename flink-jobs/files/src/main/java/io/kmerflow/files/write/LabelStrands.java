package io.kmerflow.files.write;

import io.kmerflow.sequence.Strand;
import java.io.Serializable;
import java.util.Map;

/**
 * Strands that the segments of a model's labels lie on, as text formats have them.
 *
 * @param byLabel of the labels that have one
 */
public record LabelStrands(Map<String, Strand> byLabel) implements Serializable {
    /** Of a model whose labels say nothing of strands. */
    public static final LabelStrands NONE = new LabelStrands(Map.of());

    public LabelStrands {
        byLabel = Map.copyOf(byLabel);
    }

    /** {@code +} on the read as sequenced, {@code -} on its reverse complement, {@code .} where the label has no strand. */
    char sign(String label) {
        Strand strand = byLabel.get(label);
        return strand == null ? '.' : strand == Strand.FORWARD ? '+' : '-';
    }
}
