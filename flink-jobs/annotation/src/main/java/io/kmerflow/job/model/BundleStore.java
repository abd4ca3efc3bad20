package io.kmerflow.job.model;

import io.kmerflow.bundle.BundleException;
import io.kmerflow.bundle.ModelBundle;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.flink.core.fs.FileStatus;
import org.apache.flink.core.fs.FileSystem;
import org.apache.flink.core.fs.FileSystem.WriteMode;
import org.apache.flink.core.fs.UnsupportedFileSystemSchemeException;

/**
 * Bundles at URIs of Flink's file systems, such as {@code s3://models/species-4}, and a cache of them on this machine's disk, by
 * digest. A bundle is fetched into a folder beside its place, verified, and renamed there in one go: nobody sees half of one. All
 * subtasks and jobs of the machine share it. Safe for several threads and processes.
 */
public final class BundleStore {
    /** Most bytes of one bundle. */
    static final long MAX_BUNDLE_BYTES = 4L << 30;

    /** Most files of one bundle. */
    static final int MAX_FILES = 256;

    private static final long MAX_CACHE_BYTES = 16L << 30;
    private static final int MAX_DEPTH = 4;
    private static final int BUFFER_BYTES = 1 << 16;
    private static final Pattern SCHEME = Pattern.compile("[a-zA-Z][a-zA-Z0-9+.-]+:.*");
    private static final String MANIFEST = "bundle.json";
    private static final String ZIP = ".zip";
    private static final int MAX_MANIFEST_BYTES = 1 << 20;
    private static final String PARTIAL = ".fetch-";
    /** As Flink's exception has them. */
    private static final Pattern PLUGINS = Pattern.compile("following plugin\\(s\\): ([^.]+)[.]");

    private static final Pattern DIGEST = Pattern.compile("sha256:[0-9a-f]{64}");
    private static final Map<Path, Object> LOCKS = new ConcurrentHashMap<>();
    /** Digests of zips by place, size and time. */
    private static final Map<String, String> ZIPS = new ConcurrentHashMap<>();

    private final Path cache;
    private final long maxBundleBytes;
    private final long maxCacheBytes;

    /**
     * @param cache folder, made if need be
     * @param maxBundleBytes most bytes of one bundle
     * @param maxCacheBytes least recently used bundles go when there are more
     */
    BundleStore(Path cache, long maxBundleBytes, long maxCacheBytes) {
        this.cache = cache;
        this.maxBundleBytes = maxBundleBytes;
        this.maxCacheBytes = maxCacheBytes;
    }

    /** The one of this user on this machine, below the folder for temporary files. */
    static BundleStore ofMachine() {
        Path cache = Path.of(
                System.getProperty("java.io.tmpdir"), "kmerflow-bundles-" + System.getProperty("user.name", "unknown"));
        return new BundleStore(cache, MAX_BUNDLE_BYTES, MAX_CACHE_BYTES);
    }

    /** Whether a place is one of Flink's file systems, and not of this machine's disk. */
    public static boolean isRemote(String place) {
        return SCHEME.matcher(place).matches() && !place.startsWith("file:");
    }

    /**
     * A bundle on this machine's disk, fetched there if it lies in a store.
     *
     * @param place path, {@code file:} URI, or URI of one of Flink's file systems
     * @throws BundleException if it cannot be fetched, or the text is no place
     */
    public static Path local(String place) {
        if (isRemote(place)) {
            return ofMachine().fetch(place);
        }
        try {
            return place.startsWith("file:") ? Path.of(URI.create(place)) : Path.of(place);
        } catch (IllegalArgumentException e) {
            throw new BundleException(
                    String.format(
                            Locale.ROOT,
                            "Expected the place of a model bundle, a path or a URI such as file:///models/species, got %s: %s",
                            place,
                            e.getMessage()),
                    e);
        }
    }

    /**
     * The bundle that lies there now, fetched if this machine has it not.
     *
     * @param uri folder or zip
     * @return folder or zip on this machine
     * @throws BundleException if there is none, or it cannot be fetched
     */
    Path fetch(String uri) {
        try {
            return uri.endsWith(ZIP) ? fetchZip(uri) : fetch(uri, digestOf(uri));
        } catch (IOException | IllegalArgumentException e) {
            throw unfetched(uri, e);
        }
    }

    private static String digestOf(String uri) throws IOException {
        FileSystem files = fileSystem(URI.create(uri));
        byte[] manifest;
        try (InputStream in = files.open(
                new org.apache.flink.core.fs.Path(new org.apache.flink.core.fs.Path(URI.create(uri)), MANIFEST))) {
            manifest = in.readNBytes(MAX_MANIFEST_BYTES);
        }
        try {
            return ModelBundle.digestIn(manifest);
        } catch (BundleException e) {
            throw unfetched(uri, e);
        }
    }

    /** A zip tells which bundle it is only once it is here. One that has not changed since is not fetched again. */
    private Path fetchZip(String uri) throws IOException {
        FileSystem files = fileSystem(URI.create(uri));
        FileStatus file = files.getFileStatus(new org.apache.flink.core.fs.Path(URI.create(uri)));
        requireSize(file.getLen(), uri);
        String state = String.format(Locale.ROOT, "%s %d %d", uri, file.getLen(), file.getModificationTime());
        synchronized (LOCKS.computeIfAbsent(cache, p -> new Object())) {
            String digest = ZIPS.get(state);
            if (digest == null) {
                createCache();
                Path folder = Files.createTempDirectory(cache, PARTIAL);
                try {
                    Path zip = folder.resolve("bundle" + ZIP);
                    copy(files, file, zip);
                    ModelBundle read = ModelBundle.read(zip);
                    read.discard();
                    digest = read.digest();
                    putInPlace(zip, place(uri, digest));
                } finally {
                    delete(folder);
                }
                ZIPS.put(state, digest);
            }
            return fetch(uri, digest);
        }
    }

    private Path place(String uri, String digest) {
        return cache.resolve(digest.substring("sha256:".length()) + (uri.endsWith(ZIP) ? ZIP : ""));
    }

    private static void putInPlace(Path partial, Path place) throws IOException {
        try {
            Files.move(partial, place, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            if (!Files.exists(place)) { // else another process was faster, with the same bundle
                throw e;
            }
        }
    }

    private void requireSize(long bytes, Object uri) {
        if (bytes > maxBundleBytes) {
            throw new BundleException(String.format(
                    Locale.ROOT, "Expected a bundle of at most %,d bytes at %s, got %,d", maxBundleBytes, uri, bytes));
        }
    }

    private static BundleException unfetched(String uri, Exception e) {
        return new BundleException(
                String.format(
                        Locale.ROOT,
                        "Could not fetch the bundle %s: %s",
                        uri,
                        e instanceof NoFileSystemException || e instanceof BundleException ? e.getMessage() : e),
                e);
    }

    /** Says of a scheme what would be needed. */
    private static final class NoFileSystemException extends IOException {
        private static final long serialVersionUID = 1;

        NoFileSystemException(String scheme, UnsupportedFileSystemSchemeException cause) {
            super(
                    String.format(
                            Locale.ROOT,
                            "Expected one of Flink's file systems for %s:, got none; %s",
                            scheme,
                            plugins(cause)),
                    cause);
        }

        private static String plugins(Exception cause) {
            Matcher plugins = PLUGINS.matcher(String.valueOf(cause.getMessage()));
            return plugins.find()
                    ? "put " + plugins.group(1).replace(", ", " or ")
                            + " into a folder of Flink's plugins (FLINK_PLUGINS_DIR)"
                    : "Flink has no plugin for it";
        }
    }

    private static FileSystem fileSystem(URI uri) throws IOException {
        try {
            return FileSystem.get(uri);
        } catch (UnsupportedFileSystemSchemeException e) {
            throw new NoFileSystemException(uri.getScheme(), e);
        }
    }

    private void createCache() throws IOException {
        Files.createDirectories(
                cache, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    }

    /**
     * The bundle of that digest, fetched if this machine has it not.
     *
     * @param uri folder or zip
     * @param digest of the bundle, {@code sha256:} and 64 hex digits
     * @return folder or zip on this machine
     * @throws BundleException if it cannot be fetched, is too large, or is not the bundle of that digest
     */
    Path fetch(String uri, String digest) {
        if (!DIGEST.matcher(digest).matches()) {
            throw new BundleException("Expected a digest, sha256: and 64 hex digits, got " + digest);
        }
        Path place = place(uri, digest);
        synchronized (LOCKS.computeIfAbsent(place, p -> new Object())) {
            try {
                if (!Files.exists(place)) {
                    createCache();
                    fetch(URI.create(uri), digest, place);
                }
                Files.setLastModifiedTime(place, FileTime.from(Instant.now()));
                evict(place);
                return place;
            } catch (IOException | IllegalArgumentException e) {
                throw unfetched(uri, e);
            }
        }
    }

    private void fetch(URI uri, String digest, Path place) throws IOException {
        FileSystem files = fileSystem(uri);
        Path folder = Files.createTempDirectory(cache, PARTIAL);
        Path partial = folder.resolve(place.getFileName());
        try {
            List<FileStatus> found = new ArrayList<>();
            FileStatus top = files.getFileStatus(new org.apache.flink.core.fs.Path(uri));
            list(files, top, found, 0);
            long bytes = found.stream().mapToLong(FileStatus::getLen).sum();
            requireSize(bytes, uri);
            String root = top.getPath().getPath();
            for (FileStatus file : found) {
                String name = file.getPath().getPath().substring(root.length()).replaceFirst("^/", "");
                Path to = name.isEmpty() ? partial : partial.resolve(name).normalize();
                if (!to.startsWith(folder)) {
                    throw new BundleException("Expected files below " + uri + ", got " + file.getPath());
                }
                Files.createDirectories(to.getParent());
                copy(files, file, to);
            }
            ModelBundle read = ModelBundle.read(partial);
            read.discard();
            if (!read.digest().equals(digest)) {
                throw new BundleException(
                        String.format(Locale.ROOT, "Expected the bundle %s at %s, got %s", digest, uri, read.digest()));
            }
            putInPlace(partial, place);
        } finally {
            delete(folder);
        }
    }

    private static void list(FileSystem files, FileStatus at, List<FileStatus> found, int depth) throws IOException {
        if (!at.isDir()) {
            found.add(at);
            if (found.size() > MAX_FILES) {
                throw new BundleException(
                        String.format(Locale.ROOT, "Expected at most %d files in a bundle, got more", MAX_FILES));
            }
            return;
        }
        FileStatus[] below = depth < MAX_DEPTH ? files.listStatus(at.getPath()) : null;
        for (FileStatus file : below == null ? new FileStatus[0] : below) {
            list(files, file, found, depth + 1);
        }
    }

    /** Stops where there is more than the file system said; less is found by the digest. */
    private static void copy(FileSystem files, FileStatus file, Path to) throws IOException {
        try (InputStream in = files.open(file.getPath());
                OutputStream out = Files.newOutputStream(to)) {
            byte[] buffer = new byte[BUFFER_BYTES];
            long copied = 0;
            for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
                copied += count;
                if (copied > file.getLen()) {
                    throw new IOException(String.format(
                            Locale.ROOT, "Expected %,d bytes of %s, got more", file.getLen(), file.getPath()));
                }
                out.write(buffer, 0, count);
            }
            if (copied < file.getLen()) {
                throw new IOException(String.format(
                        Locale.ROOT, "Expected %,d bytes of %s, got %,d", file.getLen(), file.getPath(), copied));
            }
        }
    }

    /** Removes the least recently used ones over the size; a model that is loaded is held in memory and needs its files no more. */
    private void evict(Path kept) throws IOException {
        List<Path> bundles;
        try (Stream<Path> all = Files.list(cache)) {
            bundles = new ArrayList<>(all.filter(
                            path -> !path.getFileName().toString().startsWith("."))
                    .sorted(Comparator.comparing((Path path) -> path.toFile().lastModified())
                            .reversed())
                    .toList());
        }
        long bytes = 0;
        for (Path bundle : bundles) {
            bytes += size(bundle);
            if (bytes > maxCacheBytes && !bundle.equals(kept)) {
                delete(bundle);
            }
        }
    }

    private static long size(Path bundle) throws IOException {
        try (Stream<Path> files = Files.walk(bundle)) {
            return files.mapToLong(
                            file -> file.toFile().isFile() ? file.toFile().length() : 0)
                    .sum();
        }
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        }
    }

    /**
     * Sees that a text names a folder of one of Flink's file systems; without a scheme every machine would take it for another place.
     *
     * @throws BundleException if not
     */
    public static void requireStore(String store) {
        boolean named = SCHEME.matcher(store).matches();
        try {
            named &= URI.create(store).getPath() != null;
        } catch (IllegalArgumentException e) {
            named = false;
        }
        if (!named) {
            throw new BundleException(String.format(
                    Locale.ROOT,
                    "Expected the URI of a folder, such as s3://models or file:///models, got '%s'",
                    store));
        }
    }

    /**
     * Copies a bundle into a store, under a unique name that tells which it is.
     *
     * @param bundle folder or zip on this machine, with its forms
     * @param store folder of one of Flink's file systems
     * @param read the bundle
     * @return where it lies there
     * @throws IOException if it cannot be written
     */
    public static String upload(Path bundle, String store, ModelBundle read) throws IOException {
        String end = Files.isDirectory(bundle) ? "" : ZIP;
        String name = String.format(
                Locale.ROOT,
                "%s-%s-%s%s",
                read.name(),
                read.version(),
                read.digest().substring("sha256:".length(), "sha256:".length() + 12),
                end);
        String place = (store.endsWith("/") ? store : store + "/") + name.replaceAll("[^A-Za-z0-9._-]", "_");
        requireStore(store);
        FileSystem files = fileSystem(URI.create(place));
        List<Path> all;
        try (Stream<Path> walked = Files.walk(bundle)) {
            // The manifest last: a bundle without one is none, for whoever looks meanwhile.
            all = walked.filter(Files::isRegularFile)
                    .sorted(Comparator.comparing((Path file) -> file.endsWith(MANIFEST)))
                    .toList();
        }
        for (Path file : all) {
            String relative =
                    bundle.equals(file) ? "" : "/" + bundle.relativize(file).toString();
            try (OutputStream out =
                    files.create(new org.apache.flink.core.fs.Path(place + relative), WriteMode.OVERWRITE)) {
                Files.copy(file, out);
            }
        }
        return place;
    }
}
