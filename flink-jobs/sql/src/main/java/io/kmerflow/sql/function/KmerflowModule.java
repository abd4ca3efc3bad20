package io.kmerflow.sql.function;

import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.flink.table.functions.FunctionDefinition;
import org.apache.flink.table.functions.ScalarFunction;
import org.apache.flink.table.module.Module;

/** The functions by their names in SQL, for {@code LOAD MODULE kmerflow}. */
public final class KmerflowModule implements Module {
    private static final Map<String, ScalarFunction> FUNCTIONS = Map.of(
            "KMERS", new Kmers(),
            "REVCOMP", new ReverseComplement(),
            "GC", new GcContent(),
            "MEAN_QUALITY", new MeanQuality());

    @Override
    public Set<String> listFunctions() {
        return FUNCTIONS.keySet();
    }

    @Override
    public Optional<FunctionDefinition> getFunctionDefinition(String name) {
        return Optional.ofNullable(FUNCTIONS.get(name.toUpperCase(Locale.ROOT)));
    }
}
