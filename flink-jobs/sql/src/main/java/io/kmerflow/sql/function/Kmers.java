package io.kmerflow.sql.function;

import org.apache.flink.table.functions.ScalarFunction;

/** {@code KMERS(bases, k)}: overlapping k-mers in order, none if there are fewer bases than k. */
public final class Kmers extends ScalarFunction {
    /** @return n - k + 1 k-mers of n bases */
    public String[] eval(String bases, Integer k) {
        byte[] normal = Bases.of(bases);
        if (normal == null || k == null || k < 1) {
            return null;
        }
        String text = Bases.text(normal);
        String[] kmers = new String[Math.max(0, text.length() - k + 1)];
        for (int i = 0; i < kmers.length; i++) {
            kmers[i] = text.substring(i, i + k);
        }
        return kmers;
    }
}
