package io.kmerflow.cli;

import java.nio.file.Path;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** During a test, commands find the bundled model and the samples as the launcher lets them: in the source tree. */
public final class SourceTree implements BeforeEachCallback, AfterEachCallback {
    /** As tests run in the folder of their module. */
    public static final Path ROOT = Path.of("..");

    /** Property of a process of the command. */
    public static final String PROPERTY = "kmerflow.home";

    @Override
    public void beforeEach(ExtensionContext test) {
        System.setProperty(PROPERTY, ROOT.toString());
    }

    @Override
    public void afterEach(ExtensionContext test) {
        System.clearProperty(PROPERTY);
    }
}
