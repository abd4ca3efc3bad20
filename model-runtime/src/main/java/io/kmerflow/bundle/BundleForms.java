package io.kmerflow.bundle;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * The forms of one model in one place: the folder of a bundle may hold bundles of the same model in other precisions, each in a
 * folder named for it ({@code int8}, {@code fp16}). Each is a whole bundle with golden reads and a digest.
 */
public final class BundleForms {
    /** The form that suits the device: int8 on a CPU, the bundle itself on a GPU. */
    public static final String AUTO = "auto";

    private BundleForms() {}

    /**
     * Where the form of a precision lies.
     *
     * @param bundle folder or zip; a zip has one form
     * @param precision {@value #AUTO}, {@code fp32}, {@code fp16} or {@code int8}
     * @param gpu whether the model is to run on a GPU
     * @return the bundle itself, or a folder in it
     * @throws BundleException if there is no such form, or what lies there is another model
     */
    public static Path choose(Path bundle, String precision, boolean gpu) {
        if (precision.equals(AUTO)) {
            Path form = bundle.resolve(Precision.INT8.toString());
            return gpu || !Files.isDirectory(form) ? bundle : checked(bundle, form, Precision.INT8);
        }
        Precision wanted = Precision.named(precision);
        Path form = bundle.resolve(wanted.toString());
        if (Files.isDirectory(form)) {
            return checked(bundle, form, wanted);
        }
        ModelBundle whole = ModelBundle.read(bundle);
        whole.discard();
        if (!whole.precision().equals(wanted.toString())) {
            throw new BundleException(String.format(
                    Locale.ROOT,
                    "Expected %s in %s, which has %s alone; 'kmerflow export --bundle %s --precision %s' makes it",
                    wanted,
                    bundle,
                    whole.precision(),
                    bundle,
                    wanted));
        }
        return bundle;
    }

    /**
     * All bundles in a bundle's folder: the bundle itself, then its forms.
     *
     * @throws BundleException if one of them is none
     */
    public static List<ModelBundle> all(Path bundle) {
        List<ModelBundle> all = new ArrayList<>();
        all.add(ModelBundle.read(bundle));
        for (Precision precision : Precision.values()) {
            Path form = bundle.resolve(precision.toString());
            if (Files.isDirectory(form)) {
                all.add(ModelBundle.read(checked(bundle, form, precision)));
            }
        }
        return all;
    }

    private static Path checked(Path bundle, Path form, Precision precision) {
        ModelBundle whole = ModelBundle.read(bundle);
        ModelBundle other = ModelBundle.read(form);
        boolean same = other.name().equals(whole.name())
                && other.version().equals(whole.version())
                && other.precision().equals(precision.toString())
                && other.contract().labels().equals(whole.contract().labels());
        if (!same) {
            throw new BundleException(String.format(
                    Locale.ROOT,
                    "Expected %s %s in %s with the same labels in %s, got %s %s in %s",
                    whole.name(),
                    whole.version(),
                    precision,
                    form,
                    other.name(),
                    other.version(),
                    other.precision()));
        }
        return form;
    }
}
