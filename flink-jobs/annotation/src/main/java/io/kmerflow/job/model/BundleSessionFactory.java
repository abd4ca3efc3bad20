package io.kmerflow.job.model;

import io.kmerflow.bundle.BundleException;
import io.kmerflow.bundle.BundleForms;
import io.kmerflow.bundle.ModelBundle;
import io.kmerflow.bundle.TrustedKeys;
import io.kmerflow.contract.ModelContract;
import io.kmerflow.scoring.ScoringDevice;
import io.kmerflow.scoring.ScoringOptions;
import io.kmerflow.scoring.ScoringSession;
import io.kmerflow.scoring.SessionMemory;
import io.kmerflow.scoring.SessionRegistry;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Opens model bundles that lie on the task managers' disk or in a store, through the registry of the process: subtasks on one
 * device share one loaded model.
 *
 * @param bundle folder or zip, by its path or URI
 * @param precision which form of it, see {@link BundleForms}; a model of a checkpoint or an announcement is taken as it lies
 * @param device {@code auto}, {@code cpu}, {@code gpu} or {@code gpu:N}; with the GPUs that Flink gives to the task
 * @param threads CPU threads that score side by side, or {@link #THREADS_OF_MACHINE}
 * @param memory how a session takes native memory
 * @param threshold least score of a call instead of the model's own, 0 to 1; null leaves it
 * @param trustedKeys file of public keys, one of which must have signed a model; null for none
 */
public record BundleSessionFactory(
        String bundle,
        String precision,
        GpuChoice device,
        int threads,
        SessionMemory memory,
        Double threshold,
        String trustedKeys)
        implements SessionFactory {
    /** One thread for each processor of the machine that opens the model. */
    public static final int THREADS_OF_MACHINE = 0;

    private static final int FIRST_SUBTASK = 0;

    /** Without GPUs of Flink's. */
    public BundleSessionFactory(
            String bundle,
            String precision,
            String device,
            int threads,
            SessionMemory memory,
            Double threshold,
            String trustedKeys) {
        this(bundle, precision, new GpuChoice(device, List.of()), threads, memory, threshold, trustedKeys);
    }

    @Override
    public SessionFactory on(Set<String> gpus) {
        return new BundleSessionFactory(bundle, precision, device.among(gpus), threads, memory, threshold, trustedKeys);
    }

    /**
     * A form of the bundle.
     *
     * @param path on this machine
     * @param place where every machine finds it: the same path, or a URI of a store
     */
    private record Form(Path path, String place) {}

    @Override
    public ModelRef configured() {
        Form form = form(FIRST_SUBTASK);
        ModelBundle read = ModelBundle.read(form.path());
        read.discard(); // nothing of it is loaded here
        return new ModelRef(read.name(), read.version(), read.digest(), form.place());
    }

    @Override
    public boolean isPlace(String uri) {
        if (BundleStore.isRemote(bundle)) { // which may not be there now
            return uri.equals(bundle) || uri.startsWith(folder(bundle));
        }
        return uri.equals(form(FIRST_SUBTASK).place());
    }

    @Override
    public OpenModel open(int subtask) {
        Form form = form(subtask);
        ModelBundle read = read(form.path());
        requireSigned(read);
        return open(subtask, read, form.place());
    }

    /** Where the form lies that a subtask opens: what suits its device is decided where the model runs. */
    private Form form(int subtask) {
        Path path = BundleStore.local(bundle);
        Path chosen = !Files.isDirectory(path) && precision.equals(BundleForms.AUTO)
                ? path
                : BundleForms.choose(
                        path, precision, ScoringDevice.parse(device.of(subtask)).gpu());
        if (!BundleStore.isRemote(bundle)) {
            return new Form(chosen, chosen.toString());
        }
        return new Form(chosen, chosen.equals(path) ? bundle : folder(bundle) + path.relativize(chosen));
    }

    private static String folder(String uri) {
        return uri.endsWith("/") ? uri : uri + "/";
    }

    @Override
    public OpenModel open(int subtask, ModelRef model, Succession succession) throws ModelRefusedException {
        ModelBundle read;
        try {
            read = read(
                    BundleStore.isRemote(model.uri())
                            ? BundleStore.ofMachine().fetch(model.uri(), model.digest())
                            : BundleStore.local(model.uri()));
        } catch (BundleException | IllegalArgumentException e) {
            throw new ModelRefusedException(Refusal.Code.BROKEN_BUNDLE, e.getMessage(), e);
        }
        try {
            ModelRef found = new ModelRef(read.name(), read.version(), read.digest(), model.uri());
            if (!found.equals(model)) {
                throw new ModelRefusedException(
                        Refusal.Code.WRONG_BUNDLE,
                        String.format(Locale.ROOT, "Expected the model %s, got %s in %s", model, found, model.uri()),
                        null);
            }
            requireTrusted(read);
            if (succession != null) {
                succession.require(read.contract());
            }
            return open(subtask, read, model.uri());
        } catch (ModelRefusedException e) {
            read.discard();
            throw e;
        } catch (BundleException e) {
            read.discard();
            throw new ModelRefusedException(Refusal.Code.NOT_LOADABLE, e.getMessage(), e);
        }
    }

    /** A pipe or a device would hold the loading thread until somebody writes to it. */
    private static ModelBundle read(Path path) {
        if (Files.exists(path) && !Files.isDirectory(path) && !Files.isRegularFile(path)) {
            throw new IllegalArgumentException(String.format(
                    Locale.ROOT,
                    "Expected a model bundle, a folder or a zip, at %s, got neither a folder nor a regular file",
                    path));
        }
        return ModelBundle.read(path);
    }

    /** The file is read each time: keys change while jobs run. */
    private void requireSigned(ModelBundle read) {
        if (trustedKeys == null) {
            return;
        }
        try {
            TrustedKeys.read(Path.of(trustedKeys)).require(read);
        } catch (BundleException e) {
            read.discard();
            throw e;
        }
    }

    private void requireTrusted(ModelBundle read) throws ModelRefusedException {
        try {
            requireSigned(read);
        } catch (BundleException e) {
            throw new ModelRefusedException(Refusal.Code.NOT_TRUSTED, e.getMessage(), e);
        }
    }

    private int threadsHere() {
        return threads == THREADS_OF_MACHINE ? Runtime.getRuntime().availableProcessors() : threads;
    }

    private OpenModel open(int subtask, ModelBundle read, String uri) {
        ScoringOptions options = new ScoringOptions(ScoringDevice.parse(device.of(subtask)), threadsHere(), memory);
        ScoringSession session = SessionRegistry.process().acquire(read, options);
        ModelContract contract = threshold == null
                ? read.contract()
                : read.contract().withCalibration(read.contract().temperature(), threshold);
        return new OpenModel(
                new ModelIdentity(read.name(), read.version(), read.precision(), read.digest(), contract),
                session,
                uri,
                read.profile().orElse(null));
    }
}
