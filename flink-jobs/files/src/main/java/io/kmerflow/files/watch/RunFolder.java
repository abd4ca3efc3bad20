package io.kmerflow.files.watch;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileSystems;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What lies in a run folder, and which files no longer change. A file is settled when two looks at least the settle time
 * apart saw the same size and time of change; hidden files and folders do not count.
 */
final class RunFolder {
    /**
     * A sequence file.
     *
     * @param name path relative to the folder, with '/'
     * @param path to open
     * @param bytes size
     * @param modifiedMillis time of the last change
     * @param settled whether it no longer changes
     */
    record Entry(String name, Path path, long bytes, long modifiedMillis, boolean settled) {}

    /**
     * One look.
     *
     * @param files by time of change, then name
     * @param ended whether an end-of-run marker lies there
     */
    record Look(List<Entry> files, boolean ended) {
        boolean allSettled() {
            return files.stream().allMatch(Entry::settled);
        }
    }

    private record Seen(long bytes, long modifiedMillis, long sinceNanos) {}

    private final WatchSettings settings;
    private final List<PathMatcher> include;
    private final List<PathMatcher> exclude;
    private final List<PathMatcher> endMarkers;
    private final Map<String, Seen> seen = new HashMap<>();

    RunFolder(WatchSettings settings) {
        this.settings = settings;
        this.include = matchers(settings.include());
        this.exclude = matchers(settings.exclude());
        this.endMarkers = matchers(settings.endMarkers());
    }

    private static List<PathMatcher> matchers(List<String> globs) {
        return globs.stream()
                .map(glob -> FileSystems.getDefault().getPathMatcher("glob:" + glob))
                .toList();
    }

    private static boolean any(List<PathMatcher> matchers, Path path) {
        return matchers.stream().anyMatch(matcher -> matcher.matches(path));
    }

    /**
     * Looks into the folder.
     *
     * @param nowNanos of a clock that never goes back
     */
    Look look(long nowNanos) {
        List<Entry> files = new ArrayList<>();
        boolean[] ended = {false};
        try {
            Files.walkFileTree(settings.folder(), new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes) {
                    boolean hidden = !directory.equals(settings.folder())
                            && directory.getFileName().toString().startsWith(".");
                    return hidden ? FileVisitResult.SKIP_SUBTREE : FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                    Path name = file.getFileName();
                    Path relative = settings.folder().relativize(file);
                    if (any(endMarkers, name)) {
                        ended[0] = true;
                    } else if (any(include, name) && !name.toString().startsWith(".") && !any(exclude, relative)) {
                        files.add(entry(relative.toString().replace('\\', '/'), file, attributes, nowNanos));
                    }
                    return FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult visitFileFailed(Path file, IOException e) throws IOException {
                    if (file.equals(settings.folder())) {
                        throw e;
                    }
                    return FileVisitResult.CONTINUE; // moved or removed while we looked
                }
            });
        } catch (IOException e) {
            throw new UncheckedIOException("Could not read the run folder " + settings.folder(), e);
        }
        files.sort(Comparator.comparingLong(Entry::modifiedMillis).thenComparing(Entry::name));
        return new Look(List.copyOf(files), ended[0]);
    }

    private Entry entry(String name, Path path, BasicFileAttributes attributes, long nowNanos) {
        long modified = attributes.lastModifiedTime().toMillis();
        Seen before = seen.get(name);
        if (before == null || before.bytes() != attributes.size() || before.modifiedMillis() != modified) {
            before = new Seen(attributes.size(), modified, nowNanos);
            seen.put(name, before);
        }
        boolean settled = nowNanos - before.sinceNanos() >= settings.settle().toNanos();
        return new Entry(name, path, attributes.size(), modified, settled);
    }
}
