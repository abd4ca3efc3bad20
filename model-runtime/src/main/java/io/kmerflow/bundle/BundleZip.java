package io.kmerflow.bundle;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;

/**
 * A bundle as a zip. Only the files that a bundle consists of are unpacked, from one folder of the zip; other entries are read
 * past. Sizes are counted while they are unpacked: what the zip says of itself is not believed.
 */
final class BundleZip {
    /** Zero weights may compress 1000-fold; no trained model does 100-fold. */
    private static final int MAX_RATIO = 100;
    /** Below this many bytes in all, the ratio does not matter. */
    private static final long SMALL_BYTES = 16L << 20;

    private static final int MAX_ENTRIES = 1_000;

    /** Folders made by this process, which {@link #discard} may delete. */
    private static final Set<Path> UNPACKED = ConcurrentHashMap.newKeySet();

    private final Path zip;
    private final Path directory;
    private final byte[] chunk = new byte[1 << 16];
    private final Set<String> unpacked = new HashSet<>();
    private String folder;
    private long bytes;
    private final long maxBytes;

    private BundleZip(Path zip, Path directory) throws IOException {
        this.zip = zip;
        this.directory = directory;
        long packedBytes = Files.size(zip);
        maxBytes = Math.min(BundleFile.MAX_TOTAL_BYTES, Math.max(SMALL_BYTES, packedBytes * MAX_RATIO));
    }

    /**
     * Unpacks into a new temporary folder, which is deleted when the process ends or by {@link #discard}.
     *
     * @throws BundleException if the file is no zip of a bundle, or too large when unpacked; nothing is left behind then
     */
    static Path unpack(Path zip) {
        Path directory = null;
        try {
            directory = Files.createTempDirectory("kmerflow-bundle");
            UNPACKED.add(directory);
            directory.toFile().deleteOnExit();
            new BundleZip(zip, directory).unpackAll();
            return directory;
        } catch (IOException | IllegalArgumentException e) { // the latter: names that are not valid UTF-8
            discard(directory);
            throw new BundleException(
                    String.format(Locale.ROOT, "Could not unpack the bundle %s: %s", zip, e.getMessage()), e);
        } catch (RuntimeException e) {
            discard(directory);
            throw e;
        }
    }

    /** Whether that is a folder that a zip was unpacked into. */
    static boolean unpacked(Path directory) {
        return UNPACKED.contains(directory);
    }

    /** Deletes a folder that {@link #unpack} made; leaves any other alone. */
    static void discard(Path directory) {
        if (directory == null || !UNPACKED.remove(directory)) {
            return;
        }
        try {
            for (BundleFile file : BundleFile.values()) {
                Files.deleteIfExists(directory.resolve(file.fileName()));
            }
            Files.deleteIfExists(directory);
        } catch (IOException e) {
            // Tried again when the process ends.
            directory.toFile().deleteOnExit();
        }
    }

    private void unpackAll() throws IOException {
        int entries = 0;
        try (InputStream in = Files.newInputStream(zip);
                ZipInputStream stream = new ZipInputStream(in)) {
            for (ZipEntry entry = stream.getNextEntry(); entry != null; entry = stream.getNextEntry()) {
                if (++entries > MAX_ENTRIES) {
                    throw new BundleException(String.format(
                            Locale.ROOT, "Expected at most %d entries in the bundle %s, got more", MAX_ENTRIES, zip));
                }
                requireWithin(entry.getName());
                take(entry, stream);
            }
        }
        if (entries == 0) {
            throw new BundleException(String.format(
                    Locale.ROOT, "Expected a model bundle, a folder or a zip of one, but %s is neither", zip));
        }
    }

    /** Names that lead out of a folder are a sign that somebody means harm, so the whole zip is refused. */
    private void requireWithin(String name) {
        boolean leaves = name.startsWith("/")
                || name.contains("\\")
                || name.chars().anyMatch(Character::isISOControl)
                || Arrays.asList(name.split("/")).contains("..");
        if (leaves) {
            throw new BundleException(String.format(
                    Locale.ROOT,
                    "Expected relative names without .. in the bundle %s, got '%s'",
                    zip,
                    name.replaceAll("\\p{Cntrl}", "?")));
        }
    }

    private void take(ZipEntry entry, ZipInputStream stream) throws IOException {
        String name = entry.getName();
        int slash = name.lastIndexOf('/');
        BundleFile file = BundleFile.named(name.substring(slash + 1));
        if (entry.isDirectory() || file == null) {
            copy(stream, OutputStream.nullOutputStream(), name, BundleFile.MAX_TOTAL_BYTES);
            return;
        }
        String in = name.substring(0, slash + 1);
        if (folder != null && isForm(in, folder)) { // a zip gives one form of its model, that of the bundle itself
            copy(stream, OutputStream.nullOutputStream(), name, BundleFile.MAX_TOTAL_BYTES);
            return;
        }
        if (folder == null || isForm(folder, in)) {
            restart(in);
        }
        if (!folder.equals(in) || !unpacked.add(file.fileName())) {
            throw new BundleException(String.format(
                    Locale.ROOT, "Expected each file of one bundle once in %s, got a second %s", zip, file.fileName()));
        }
        Path target = directory.resolve(file.fileName());
        target.toFile().deleteOnExit();
        try (OutputStream out = Files.newOutputStream(target)) {
            copy(stream, out, name, file.maxBytes());
        }
    }

    /** Whether a folder is that of a form, such as int8, of the bundle in another one. */
    private static boolean isForm(String folder, String bundle) {
        return Arrays.stream(Precision.values()).anyMatch(precision -> folder.equals(bundle + precision + "/"));
    }

    /** What was unpacked so far, if anything, was a form of the bundle that begins here. */
    private void restart(String in) throws IOException {
        for (String file : unpacked) {
            Files.delete(directory.resolve(file));
        }
        unpacked.clear();
        folder = in;
    }

    private void copy(InputStream from, OutputStream to, String name, long maxEntryBytes) throws IOException {
        long entryBytes = 0;
        for (int count = from.read(chunk); count > 0; count = from.read(chunk)) {
            entryBytes += count;
            bytes += count;
            if (entryBytes > maxEntryBytes) {
                throw new BundleException(String.format(
                        Locale.ROOT,
                        "Expected at most %,d bytes in %s of the bundle %s, got more",
                        maxEntryBytes,
                        name,
                        zip));
            }
            if (bytes > maxBytes) {
                throw new BundleException(String.format(
                        Locale.ROOT,
                        "Expected the bundle %s to hold at most %,d bytes when unpacked, got more",
                        zip,
                        maxBytes));
            }
            to.write(chunk, 0, count);
        }
    }
}
