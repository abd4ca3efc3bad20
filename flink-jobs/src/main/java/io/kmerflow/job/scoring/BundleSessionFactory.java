package io.kmerflow.job.scoring;

import io.kmerflow.bundle.ModelBundle;
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
 */
public record BundleSessionFactory(String bundle, String device, int threads) implements SessionFactory {
    @Override
    public OpenModel open(int subtask) {
        ModelBundle read = ModelBundle.read(Path.of(bundle));
        ScoringOptions options = new ScoringOptions(ScoringDevice.parse(device), threads);
        ScoringSession session = SessionRegistry.process().acquire(read, options);
        return new OpenModel(
                new ModelIdentity(read.name(), read.version(), read.precision(), read.digest(), read.contract()),
                session);
    }
}
