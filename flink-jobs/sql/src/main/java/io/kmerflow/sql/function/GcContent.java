package io.kmerflow.sql.function;

import org.apache.flink.table.functions.ScalarFunction;

/** {@code GC(bases)}: share of G and C among the bases that are known; NULL if none is. */
public final class GcContent extends ScalarFunction {
    /** @return 0 to 1 */
    public Double eval(String bases) {
        byte[] normal = Bases.of(bases);
        if (normal == null) {
            return null;
        }
        int strong = 0;
        int known = 0;
        for (byte base : normal) {
            strong += base == 'G' || base == 'C' ? 1 : 0;
            known += base == 'N' ? 0 : 1;
        }
        return known == 0 ? null : (double) strong / known;
    }
}
