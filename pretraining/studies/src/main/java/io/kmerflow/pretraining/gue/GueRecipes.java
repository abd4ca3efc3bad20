package io.kmerflow.pretraining.gue;

import io.kmerflow.pretraining.finetune.Recipe;
import io.kmerflow.pretraining.settings.SettingsTree;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Fine-tuning recipes of a folder, {@code NAME.yaml} each, NAME being a family ({@code tf}), a set ({@code tf_0},
 * {@code prom_core_tata}) or the beginning of a set's name up to an underscore ({@code prom_core}). The one that says most of
 * a set's name is taken.
 */
public final class GueRecipes {
    /** No recipes. */
    public static final GueRecipes NONE = new GueRecipes(Map.of());

    private static final String ENDING = ".yaml";

    /** A recipe and the name of its file. */
    public record Named(String file, Recipe recipe) {}

    private final Map<String, Named> byName;

    private GueRecipes(Map<String, Named> byName) {
        this.byName = byName;
    }

    /**
     * Reads all recipes of a folder; other files are not looked at.
     *
     * @throws IllegalArgumentException if there is none, one has a key or value that does not fit, belongs to no set, or
     *     says as much of a set's name as another; names the file
     */
    public static GueRecipes read(Path folder) {
        Map<String, Named> byName = new TreeMap<>();
        try (Stream<Path> files = Files.isDirectory(folder) ? Files.list(folder) : Stream.empty()) {
            for (Path file : files.sorted().toList()) {
                String name = file.getFileName().toString();
                if (name.endsWith(ENDING)) {
                    String stem = name.substring(0, name.length() - ENDING.length());
                    if (GueSet.ALL.stream().noneMatch(set -> said(stem, set) > 0)) {
                        throw new IllegalArgumentException(
                                "Expected recipes named after a family or set of GUE, such as tf.yaml, tf_0.yaml or prom_core.yaml, got "
                                        + file);
                    }
                    byName.put(stem, new Named(name, SettingsTree.read(file, Recipe.class)));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        if (byName.isEmpty()) {
            throw new IllegalArgumentException("Expected recipes, one .yaml file or more, got none in " + folder);
        }
        GueRecipes recipes = new GueRecipes(byName);
        GueSet.ALL.forEach(recipes::of);
        return recipes;
    }

    /** The recipe of a set, if there is one. */
    Optional<Named> of(GueSet set) {
        int most = 0;
        List<Named> best = new ArrayList<>();
        for (Map.Entry<String, Named> entry : byName.entrySet()) {
            int said = said(entry.getKey(), set);
            if (said > most) {
                best.clear();
                most = said;
            }
            if (said == most && said > 0) {
                best.add(entry.getValue());
            }
        }
        if (best.size() > 1) {
            throw new IllegalArgumentException(String.format(
                    Locale.ROOT,
                    "Expected one recipe for %s, got %s",
                    set.name(),
                    best.stream().map(Named::file).toList()));
        }
        return best.stream().findFirst();
    }

    /** How far into the set's file name, family first, a recipe's name reaches; 0 if it is not of this set. */
    private static int said(String name, GueSet set) {
        String full = set.fileName();
        for (int start : new int[] {0, set.name().indexOf('/') + 1}) {
            int end = start + name.length();
            boolean number = start > 0 && name.length() == 1; // "0" alone is a set of two families
            if (!number && full.startsWith(name, start) && (end == full.length() || full.charAt(end) == '_')) {
                return end;
            }
        }
        return 0;
    }
}
