package io.kmerflow.pretraining.gue;

import io.kmerflow.pretraining.corpus.CorpusException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * The splits of a set on disk.
 *
 * @param set which
 * @param train training rows
 * @param part whether train is {@code train_part}: not the official training split but a part of the collection
 * @param dev chooses the checkpoint and tunes the control
 * @param test measured once
 */
public record GueFiles(GueSet set, Path train, boolean part, Path dev, Path test) {
    private static final String TRAIN_PART = "train_part";

    /**
     * What a folder holds.
     *
     * @param sets complete ones, in the order they were asked for, or that of {@link GueSet#ALL}
     * @param skipped sets with some of their files, and what is missing
     */
    public record Found(List<GueFiles> sets, List<Skipped> skipped) {}

    /** A set that cannot be measured, and why. */
    public record Skipped(String set, String reason) {}

    /** What the output calls the training rows: {@code train} or {@code train_part}. */
    public String trainSource() {
        return part ? TRAIN_PART : "train";
    }

    /** Train, dev, test. */
    public List<Path> all() {
        return List.of(train, dev, test);
    }

    /**
     * Looks for sets: SET/train.csv, dev.csv, test.csv, each plain or .gz, in the official folders or in one level
     * (tf_2), below the folder or its GUE/.
     *
     * @param wanted names of sets that GUE has; empty for whatever is there
     * @throws CorpusException if nothing is there, or a wanted set is not complete; says what is
     */
    public static Found find(Path folder, List<String> wanted) {
        List<GueFiles> found = new ArrayList<>();
        List<Skipped> skipped = new ArrayList<>();
        for (GueSet set : GueSet.ALL) {
            find(folder, set, found, skipped);
        }
        if (found.isEmpty()) {
            throw new CorpusException(String.format(
                    Locale.ROOT,
                    "Expected sets of GUE as SET/train.csv, dev.csv and test.csv (plain or .gz) with SET such as tf/2 or EMP/H3 in %s, got %s",
                    folder,
                    skipped.isEmpty() ? "none" : "only " + text(skipped)));
        }
        return wanted.isEmpty()
                ? new Found(found, skipped)
                : new Found(named(folder, wanted, found, skipped), List.of());
    }

    private static List<GueFiles> named(Path folder, List<String> wanted, List<GueFiles> found, List<Skipped> skipped) {
        List<GueFiles> chosen = new ArrayList<>();
        for (String name : wanted.stream().distinct().toList()) {
            chosen.add(found.stream()
                    .filter(f -> f.set.name().equals(name))
                    .findFirst()
                    .orElseThrow(() -> new CorpusException(String.format(
                            Locale.ROOT,
                            "Expected the set %s in %s, got %s; there are %s",
                            name,
                            folder,
                            skipped.stream()
                                    .filter(s -> s.set.equals(name))
                                    .map(Skipped::reason)
                                    .findFirst()
                                    .orElse("no such folder"),
                            String.join(
                                    ", ", found.stream().map(f -> f.set.name()).toList())))));
        }
        return chosen;
    }

    private static String text(List<Skipped> skipped) {
        return String.join(
                ", ", skipped.stream().map(s -> s.set + " (" + s.reason + ")").toList());
    }

    private static void find(Path folder, GueSet set, List<GueFiles> found, List<Skipped> skipped) {
        List<Path> places = Stream.of(folder, folder.resolve("GUE"))
                .flatMap(root -> set.folders().stream().map(root::resolve))
                .filter(Files::isDirectory)
                .toList();
        String firstReason = null;
        for (Path place : places) {
            Path official = split(place, "train");
            Path train = official == null ? split(place, TRAIN_PART) : official;
            Path dev = split(place, "dev");
            Path test = split(place, "test");
            if (train != null && dev != null && test != null) {
                found.add(new GueFiles(set, train, official == null, dev, test));
                return;
            }
            List<String> missing = new ArrayList<>();
            if (train == null) {
                missing.add("train");
            }
            if (dev == null) {
                missing.add("dev");
            }
            if (test == null) {
                missing.add("test");
            }
            if (missing.size() < 3 && firstReason == null) {
                firstReason = "no " + String.join(", no ", missing);
            }
        }
        if (firstReason != null) {
            skipped.add(new Skipped(set.name(), firstReason));
        }
    }

    private static Path split(Path place, String name) {
        return Stream.of(name + ".csv", name + ".csv.gz")
                .map(place::resolve)
                .filter(Files::isRegularFile)
                .findFirst()
                .orElse(null);
    }
}
