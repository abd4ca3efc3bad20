package io.kmerflow.cli.serving;

import io.kmerflow.bundle.BundleForms;
import io.kmerflow.bundle.ModelBundle;
import io.kmerflow.cli.base.BundlePlace;
import io.kmerflow.cli.base.Home;
import io.kmerflow.cli.base.TemporaryFolder;
import io.kmerflow.job.JobOptions;
import io.kmerflow.job.model.BundleStore;
import io.kmerflow.scoring.ScoringDevice;
import java.nio.file.Path;
import java.util.Locale;
import org.apache.flink.configuration.Configuration;
import picocli.CommandLine.Option;

/** Which model, where, and how it is fed; the same options on every command that scores. */
final class ModelOptions extends JobSwitches {
    @Option(
            names = "--model",
            paramLabel = "BUNDLE",
            description = BundlePlace.DESCRIPTION + " (default: the bundled model).")
    private BundlePlace model;

    private Path local;

    ModelOptions() {
        super(
                JobSwitch.of(JobOptions.MODEL_PRECISION, "--precision").label("auto|fp32|fp16|int8"),
                JobSwitch.of(JobOptions.MODEL_DEVICE, "--device").label("auto|cpu|gpu|gpu:N"),
                JobSwitch.of(JobOptions.MODEL_THREADS, "--threads").label("N"),
                JobSwitch.of(JobOptions.MODEL_REQUIRE_SIGNATURE, SignatureOption.NAME)
                        .label(SignatureOption.LABEL),
                JobSwitch.of(JobOptions.SCORE_THRESHOLD, "--threshold").label("P"),
                JobSwitch.of(JobOptions.WINDOW_SCORES, "--window-scores"),
                JobSwitch.of(JobOptions.LABEL_SCORES, "--label-scores"),
                JobSwitch.of(JobOptions.SCORE_ALL, "--score-all"),
                JobSwitch.of(JobOptions.DEAD_LETTER_PAYLOAD, "--dead-letter-payload"),
                JobSwitch.of(JobOptions.MAX_BATCH_WINDOWS, "--max-batch-windows")
                        .label("N")
                        .hidden(),
                JobSwitch.of(JobOptions.MAX_BATCH_AGE, "--max-batch-age")
                        .unit(JobSwitch.Unit.MILLISECONDS)
                        .hidden(),
                JobSwitch.of(JobOptions.MODEL_CPU_ARENA, "--cpu-arena").hidden(),
                JobSwitch.of(JobOptions.MODEL_MEMORY_PATTERN, "--memory-pattern")
                        .hidden(),
                JobSwitch.of(JobOptions.MODEL_GPU_MEMORY_LIMIT, "--gpu-memory-limit")
                        .unit(JobSwitch.Unit.MEBIBYTES)
                        .hidden(),
                JobSwitch.of(JobOptions.MODEL_GPU_ARENA_GROWTH, "--gpu-arena-growth")
                        .hidden());
    }

    /** The bundle to serve, on this machine's disk. */
    Path bundle() {
        if (local == null) {
            local = model == null ? Home.defaultModel() : model.local();
        }
        return local;
    }

    /** The form of it that this machine would score with. */
    ModelBundle read() {
        return read(device());
    }

    /** Looking for a GPU loads native libraries from the folder for temporary files. */
    private ScoringDevice device() {
        TemporaryFolder.require();
        return ScoringDevice.parse(get(JobOptions.MODEL_DEVICE));
    }

    private ModelBundle read(ScoringDevice device) {
        ModelBundle read =
                ModelBundle.read(BundleForms.choose(bundle(), get(JobOptions.MODEL_PRECISION), device.gpu()));
        SignatureOption.check(read, this);
        return read;
    }

    /** Model and device in one line, with the reason where {@code auto} came down to the CPU; refuses what cannot serve. */
    String describe() {
        String device = get(JobOptions.MODEL_DEVICE);
        ScoringDevice chosen = device();
        ModelBundle read = read(chosen);
        String why = device.equals("auto") && !chosen.gpu() ? " (" + ScoringDevice.missingForGpu(0) + ")" : "";
        return String.format(
                Locale.ROOT, "model %s %s, %s, on %s%s", read.name(), read.version(), read.precision(), chosen, why);
    }

    /** Minimum score of a call: the option, else the model's own. */
    double threshold(ModelBundle model) {
        Double threshold = get(JobOptions.SCORE_THRESHOLD);
        return threshold == null ? model.contract().threshold() : threshold;
    }

    @Override
    void addTo(Configuration job) {
        job.set(
                JobOptions.MODEL_BUNDLE,
                model != null && BundleStore.isRemote(model.text()) ? model.text() : bundle().toString());
        super.addTo(job);
    }
}
