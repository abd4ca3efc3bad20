package io.kmerflow.cli.base;

import java.nio.file.Path;

/** Where the shipped model and sample reads lie: the folder of the {@code kmerflow} script. */
public final class Home {
    private static final String PROPERTY = "kmerflow.home";

    private Home() {}

    /** That folder. */
    public static Path directory() {
        return Path.of(System.getProperty(PROPERTY, "."));
    }

    /** The bundled model. */
    public static Path defaultModel() {
        return directory().resolve("models/species");
    }

    /** The shipped pretrained encoder, a training checkpoint. */
    public static Path defaultEncoder() {
        return directory().resolve("models/encoder");
    }

    /** The shipped sample reads. */
    public static Path samples() {
        return directory().resolve("samples");
    }
}
