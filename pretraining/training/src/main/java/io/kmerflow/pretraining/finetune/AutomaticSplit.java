package io.kmerflow.pretraining.finetune;

import io.kmerflow.pretraining.corpus.CorpusException;
import io.kmerflow.pretraining.corpus.LabelledSequence;
import io.kmerflow.pretraining.corpus.SequenceClusters;
import io.kmerflow.pretraining.random.Xoshiro256;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Takes a dev split out of a training table where the user gives none: whole groups of nearly identical sequences ({@link
 * SequenceClusters}), about 15 % of the rows of each class. The same table always gives the same split.
 *
 * @param train rows that stay, numbered from 0, rising
 * @param dev the others, rising
 * @param groups of nearly identical sequences in the table
 */
record AutomaticSplit(int[] train, int[] dev, int groups) {
    private static final double DEV_SHARE = 0.15;
    private static final long SEED = 0x5B117;

    /** @throws CorpusException if all sequences of a class are nearly the same; names file and class */
    static AutomaticSplit of(List<LabelledSequence> rows, List<String> names, Path file) {
        int[] groups =
                SequenceClusters.of(rows.stream().map(LabelledSequence::bases).toList());
        Map<Integer, List<Integer>> members = new LinkedHashMap<>();
        for (int i = 0; i < groups.length; i++) {
            members.computeIfAbsent(groups[i], g -> new ArrayList<>()).add(i);
        }
        List<List<Integer>> drawn = drawn(members);
        boolean[] isDev = new boolean[rows.size()];
        for (int label = 0; label < names.size(); label++) {
            take(label, drawn, rows, names, file, isDev);
        }
        int[] all = new int[rows.size()];
        Arrays.setAll(all, i -> i);
        return new AutomaticSplit(
                Arrays.stream(all).filter(i -> !isDev[i]).toArray(),
                Arrays.stream(all).filter(i -> isDev[i]).toArray(),
                members.size());
    }

    /** Groups in an order drawn once for all. */
    private static List<List<Integer>> drawn(Map<Integer, List<Integer>> members) {
        List<List<Integer>> groups = new ArrayList<>(members.values());
        int[] order = new int[groups.size()];
        Arrays.setAll(order, i -> i);
        Xoshiro256.of(SEED).shuffle(order);
        List<List<Integer>> drawn = new ArrayList<>();
        for (int at : order) {
            drawn.add(groups.get(at));
        }
        return drawn;
    }

    private static void take(
            int label,
            List<List<Integer>> groups,
            List<LabelledSequence> rows,
            List<String> names,
            Path file,
            boolean[] isDev) {
        List<List<Integer>> own = groups.stream()
                .filter(group -> rows.get(group.get(0)).label() == label)
                .toList();
        long count = rows.stream().filter(row -> row.label() == label).count();
        long wanted = Math.max(1, Math.round(DEV_SHARE * count));
        long taken = 0;
        for (List<Integer> group : own) {
            if (taken + group.size() <= wanted) {
                group.forEach(i -> isDev[i] = true);
                taken += group.size();
            }
        }
        if (taken == 0 && own.size() > 1) {
            List<Integer> smallest =
                    own.stream().min(Comparator.comparingInt(List::size)).orElseThrow();
            smallest.forEach(i -> isDev[i] = true);
            taken = smallest.size();
        }
        if (taken == 0 || taken == count) {
            throw new CorpusException(String.format(
                    Locale.ROOT,
                    "Expected sequences of label %s in %s that can be split in two, got %d that are nearly the same; "
                            + "give rows to measure on with --dev",
                    names.get(label),
                    file,
                    count));
        }
    }
}
