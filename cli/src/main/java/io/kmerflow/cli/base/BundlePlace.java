package io.kmerflow.cli.base;

import io.kmerflow.job.model.BundleStore;
import java.nio.file.Path;

/**
 * Where a model bundle lies, as an option has it.
 *
 * @param text a path, a {@code file:} URI, or a URI of one of Flink's file systems
 */
public record BundlePlace(String text) {
    /** Of an option that has it as {@code DIR}. */
    public static final String DESCRIPTION =
            "Model bundle, a folder or a zip, or its URI such as s3://models/species-4";

    /**
     * The bundle on this machine's disk, fetched there if it lies in a store.
     *
     * @throws io.kmerflow.bundle.BundleException if it cannot be
     */
    public Path local() {
        if (BundleStore.isRemote(text)) {
            FlinkFileSystems.initialize();
        }
        return BundleStore.local(text);
    }

    /** Where a job finds it that may have another working directory: the URI of a store, else the absolute path. */
    public String ofJob() {
        return BundleStore.isRemote(text)
                ? text
                : local().toAbsolutePath().normalize().toString();
    }
}
