package io.kmerflow.sql.model;

import io.kmerflow.job.JobOptions;
import io.kmerflow.job.model.BundleSessionFactory;
import io.kmerflow.scoring.SessionMemory;
import java.util.Set;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ConfigOptions;
import org.apache.flink.configuration.ReadableConfig;
import org.apache.flink.table.catalog.ResolvedCatalogModel;
import org.apache.flink.table.factories.FactoryUtil;
import org.apache.flink.table.factories.ModelProviderFactory;
import org.apache.flink.table.ml.ModelProvider;

/**
 * {@code CREATE MODEL m INPUT (bases STRING) OUTPUT (label STRING, score DOUBLE) WITH ('provider' = 'kmerflow', 'bundle' = '...')}; found by
 * Flink as a service. The bundle is opened where the query runs.
 */
public final class BundleModelFactory implements ModelProviderFactory {
    static final ConfigOption<String> BUNDLE = ConfigOptions.key("bundle")
            .stringType()
            .noDefaultValue()
            .withDescription(JobOptions.MODEL_BUNDLE.description());
    static final ConfigOption<String> PRECISION = ConfigOptions.key("precision")
            .stringType()
            .defaultValue(JobOptions.MODEL_PRECISION.defaultValue())
            .withDescription(JobOptions.MODEL_PRECISION.description());
    static final ConfigOption<String> DEVICE = ConfigOptions.key("device")
            .stringType()
            .defaultValue(JobOptions.MODEL_DEVICE.defaultValue())
            .withDescription(JobOptions.MODEL_DEVICE.description());
    static final ConfigOption<Integer> THREADS = ConfigOptions.key("threads")
            .intType()
            .defaultValue(BundleSessionFactory.THREADS_OF_MACHINE)
            .withDescription("CPU threads that score in parallel; 0 is one per processor.");
    static final ConfigOption<Double> THRESHOLD = ConfigOptions.key("threshold")
            .doubleType()
            .noDefaultValue()
            .withDescription(JobOptions.SCORE_THRESHOLD.description());

    static final ConfigOption<String> REQUIRE_SIGNATURE = ConfigOptions.key("require-signature")
            .stringType()
            .noDefaultValue()
            .withDescription(JobOptions.MODEL_REQUIRE_SIGNATURE.description());

    @Override
    public String factoryIdentifier() {
        return "kmerflow";
    }

    @Override
    public ModelProvider createModelProvider(Context context) {
        FactoryUtil.ModelProviderFactoryHelper helper = FactoryUtil.createModelProviderFactoryHelper(this, context);
        helper.validate();
        ReadableConfig options = helper.getOptions();
        ResolvedCatalogModel model = context.getCatalogModel();
        return new BundleModel(
                new BundleSessionFactory(
                        options.get(BUNDLE),
                        options.get(PRECISION),
                        options.get(DEVICE),
                        options.get(THREADS),
                        SessionMemory.DEFAULT,
                        options.getOptional(THRESHOLD).orElse(null),
                        options.getOptional(REQUIRE_SIGNATURE).orElse(null)),
                ModelColumns.of(model.getResolvedInputSchema(), model.getResolvedOutputSchema()));
    }

    @Override
    public Set<ConfigOption<?>> requiredOptions() {
        return Set.of(BUNDLE);
    }

    @Override
    public Set<ConfigOption<?>> optionalOptions() {
        return Set.of(PRECISION, DEVICE, THREADS, THRESHOLD, REQUIRE_SIGNATURE);
    }
}
