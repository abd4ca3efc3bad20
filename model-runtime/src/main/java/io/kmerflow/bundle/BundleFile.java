package io.kmerflow.bundle;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/** The files of a bundle. */
enum BundleFile {
    MANIFEST("bundle.json", 1L << 20),
    MODEL("model.onnx", 2L << 30), // protobuf's own limit
    CONTRACT("contract.json", 16L << 20),
    GOLDEN("golden.json", 64L << 20),
    PROVENANCE("provenance.json", 64L << 20),
    /** What the model's reads look like; bundles made without reads to profile, and older ones, have none. */
    PROFILE("profile.json", 16L << 20),
    CARD("MODEL_CARD.md", 64L << 20),
    /** Who has signed the bundle, if anybody. */
    SIGNATURE("signature.json", 1L << 20);

    /** Of all files of one bundle. */
    static final long MAX_TOTAL_BYTES = 3L << 30;

    private final String fileName;
    private final long maxBytes;

    BundleFile(String fileName, long maxBytes) {
        this.fileName = fileName;
        this.maxBytes = maxBytes;
    }

    String fileName() {
        return fileName;
    }

    /** A larger one is refused, before it is read. */
    long maxBytes() {
        return maxBytes;
    }

    /** Whether a bundle without it is refused. */
    private boolean required() {
        return this != PROVENANCE && this != CARD && this != PROFILE && this != SIGNATURE;
    }

    /** The file of that name, or null if a bundle has none such. */
    static BundleFile named(String fileName) {
        for (BundleFile file : values()) {
            if (file.fileName.equals(fileName)) {
                return file;
            }
        }
        return null;
    }

    /**
     * Checks that every file is a regular one within its folder: one that is read from a pipe or a device may never end, and
     * what a link leads to may change without the bundle. Links to a file in the same folder are fine, as Kubernetes makes them.
     *
     * @param bundle what the user named, for messages
     * @throws BundleException naming the first file that is missing, something else, or too large
     */
    static void requireRegular(Path directory, Path bundle) throws IOException {
        Path within = directory.toRealPath();
        for (BundleFile file : values()) {
            Path path = directory.resolve(file.fileName);
            if (!Files.exists(path)) {
                if (file.required() || Files.isSymbolicLink(path)) {
                    throw new BundleException(String.format(
                            Locale.ROOT, "Expected a model bundle with %s, but %s has none", file.fileName, bundle));
                }
                continue;
            }
            if (!Files.isRegularFile(path)) {
                throw new BundleException(
                        String.format(Locale.ROOT, "Expected %s to be a regular file, it is something else", path));
            }
            if (!path.toRealPath().startsWith(within)) {
                throw new BundleException(String.format(
                        Locale.ROOT,
                        "Expected %s to be a file of the bundle, it is a link to %s outside of it",
                        path,
                        path.toRealPath()));
            }
            if (Files.size(path) > file.maxBytes) {
                throw new BundleException(String.format(
                        Locale.ROOT,
                        "Expected at most %,d bytes in %s, got %,d",
                        file.maxBytes,
                        path,
                        Files.size(path)));
            }
        }
    }
}
