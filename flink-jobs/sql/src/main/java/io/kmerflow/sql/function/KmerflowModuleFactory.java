package io.kmerflow.sql.function;

import java.util.Set;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.table.factories.ModuleFactory;
import org.apache.flink.table.module.Module;

/** Makes {@link KmerflowModule}; found by Flink as a service. */
public final class KmerflowModuleFactory implements ModuleFactory {
    @Override
    public String factoryIdentifier() {
        return "kmerflow";
    }

    @Override
    public Module createModule(Context context) {
        return new KmerflowModule();
    }

    @Override
    public Set<ConfigOption<?>> requiredOptions() {
        return Set.of();
    }

    @Override
    public Set<ConfigOption<?>> optionalOptions() {
        return Set.of();
    }
}
