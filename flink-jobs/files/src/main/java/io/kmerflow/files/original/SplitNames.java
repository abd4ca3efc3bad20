package io.kmerflow.files.original;

import io.kmerflow.files.write.ReadNames;
import io.kmerflow.schema.AnnotationStatus;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Names of the files of a split: {@code LABEL} or the status, with characters replaced that a file name should not have.
 * Labels that would share a file have those characters as %XX; one that is called like a status has {@code label.} before.
 */
public final class SplitNames {
    private static final String DEAD_LETTER = "dead_letter";
    private static final List<String> ENDINGS = List.of(".fastq.gz", ".fasta.gz", ".bam");
    private static final List<String> ORDINALS = List.of("", ".R1", ".R2", ".unpaired");

    private final Map<String, String> byLabel = new HashMap<>();
    private final Set<String> statuses =
            Arrays.stream(AnnotationStatus.values()).map(SplitNames::of).collect(Collectors.toCollection(HashSet::new));

    /** @param labels of the model */
    public SplitNames(List<String> labels) {
        statuses.add(DEAD_LETTER);
        Map<String, Long> uses = labels.stream()
                .map(SplitNames::plain)
                .collect(Collectors.groupingBy(Function.identity(), Collectors.counting()));
        for (String label : labels) {
            String name = uses.get(plain(label)) > 1 ? ReadNames.inUniqueFileName(label) : plain(label);
            byLabel.put(label, statuses.contains(name) ? "label." + name : name);
        }
    }

    private static String plain(String label) {
        return label.isEmpty() ? "_" : ReadNames.inFileName(label);
    }

    String ofLabel(String label) {
        return byLabel.getOrDefault(label, plain(label));
    }

    static String of(AnnotationStatus status) {
        return status.name().toLowerCase(Locale.ROOT);
    }

    static String ofDeadLetters() {
        return DEAD_LETTER;
    }

    /** Whether a split may write a file of that name. */
    public boolean mayWrite(String name) {
        Set<String> groups = new HashSet<>(statuses);
        groups.addAll(byLabel.values());
        return groups.stream()
                .anyMatch(group -> ORDINALS.stream()
                        .anyMatch(
                                ordinal -> ENDINGS.stream().anyMatch(ending -> name.equals(group + ordinal + ending))));
    }

    /** Whether a file is named as some split names its files, be it one by another model. */
    public static boolean isOfSomeSplit(String name) {
        return ENDINGS.stream().anyMatch(name::endsWith);
    }
}
