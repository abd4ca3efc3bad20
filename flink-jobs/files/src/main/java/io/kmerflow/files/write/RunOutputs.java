package io.kmerflow.files.write;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The files of one run: all get their names together at its end, or none. A run that fails, or whose process is asked to
 * end, leaves nothing behind: neither parts of files nor the folders made for them. Everything it removes it wrote itself.
 */
public final class RunOutputs implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(RunOutputs.class);

    private final List<OutputFile> files = new ArrayList<>();
    private final List<OutputFile> scratch = new ArrayList<>();
    private final List<Path> folders = new ArrayList<>();
    private final Thread hook = new Thread(this::discard, "discard-outputs");
    private boolean over;

    /** A run begins. */
    public RunOutputs() {
        Runtime.getRuntime().addShutdownHook(hook);
    }

    /** One more file to name at the end, in this order. Makes its folder. */
    public synchronized OutputFile add(OutputFile file) throws IOException {
        files.add(file);
        makeFolderOf(file);
        return file;
    }

    /** A file that is needed during the run alone. */
    public synchronized OutputFile addScratch(OutputFile file) throws IOException {
        scratch.add(file);
        makeFolderOf(file);
        return file;
    }

    private void makeFolderOf(OutputFile file) throws IOException {
        if (over) {
            throw new IOException(String.format(Locale.ROOT, "Expected to write %s, the run was stopped", file.path()));
        }
        if (file.special()) {
            return;
        }
        List<Path> missing = new ArrayList<>();
        for (Path folder = file.target().getParent();
                folder != null && !Files.exists(folder);
                folder = folder.getParent()) {
            missing.add(0, folder);
        }
        for (Path folder : missing) {
            Files.createDirectory(folder);
            folders.add(folder);
        }
    }

    /** The run has succeeded: every file that was written gets its name. */
    public synchronized void commit() throws IOException {
        if (over) {
            throw new IOException("The run was stopped before its files had their names");
        }
        for (OutputFile file : files) {
            file.finish();
        }
        over = true;
        scratch.forEach(OutputFile::discard);
    }

    /** Without {@link #commit} before: removes what has been written. */
    private synchronized void discard() {
        if (over) {
            return;
        }
        over = true;
        List<OutputFile> all = new ArrayList<>(files);
        all.addAll(scratch);
        for (OutputFile file : all) {
            if (!file.discard()) {
                LOG.error("An unfinished file is left: {}", file.temporary());
            }
        }
        for (int i = folders.size() - 1; i >= 0; i--) {
            try {
                Files.deleteIfExists(folders.get(i));
            } catch (IOException e) {
                continue; // somebody else has put something into it
            }
        }
    }

    @Override
    public void close() {
        discard();
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            return; // the process is ending; the hook finds nothing to do
        }
    }
}
