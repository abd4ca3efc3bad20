package io.kmerflow.sql.function;

import io.kmerflow.sequence.Nucleotide;
import org.apache.flink.table.functions.ScalarFunction;

/** {@code REVCOMP(bases)}: the other strand, 5' to 3'. */
public final class ReverseComplement extends ScalarFunction {
    /** @return as many bases */
    public String eval(String bases) {
        byte[] normal = Bases.of(bases);
        return normal == null ? null : Bases.text(Nucleotide.reverseComplement(normal));
    }
}
