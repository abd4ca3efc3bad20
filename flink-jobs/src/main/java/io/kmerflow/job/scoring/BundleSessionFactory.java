package io.kmerflow.job.scoring;

import io.kmerflow.bundle.ModelBundle;
import io.kmerflow.contract.ModelContract;
import io.kmerflow.scoring.ScoringDevice;
import io.kmerflow.scoring.ScoringOptions;
import io.kmerflow.scoring.ScoringSession;
import io.kmerflow.scoring.SessionRegistry;
import java.nio.file.Path;

/**
 * Opens a model bundle that lies on the task managers' disk, through the registry of the process: subtasks on one device
 * share one loaded model.
 *
 * @param bundle folder or zip
 * @param device {@code auto}, {@code cpu}, {@code gpu} or {@code gpu:N}
 * @param threads CPU threads of one model call, at least 1
 * @param threshold least score of a call instead of the model's own, 0 to 1; null leaves it
 */
public record BundleSessionFactory(String bundle, String device, int threads, Double threshold)
        implements SessionFactory {
    @Override
    public OpenModel open(int subtask) {
        ModelBundle read = ModelBundle.read(Path.of(bundle));
        ScoringOptions options = new ScoringOptions(ScoringDevice.parse(device), threads);
        ScoringSession session = SessionRegistry.process().acquire(read, options);
        ModelContract contract = threshold == null
                ? read.contract()
                : read.contract().withCalibration(read.contract().temperature(), threshold);
        return new OpenModel(
                new ModelIdentity(read.name(), read.version(), read.precision(), read.digest(), contract), session);
    }
}
