package io.kmerflow.files.read;

import java.util.ArrayList;
import java.util.List;

/**
 * Files that are read together: one alone, or two whose records alternate, mate 1 first.
 *
 * @param first file of mates 1, or a file alone
 * @param second file of mates 2, or null
 */
public record MateFiles(InputFile first, InputFile second) {
    /** Files in the order they are read; those of mate 2 belong to the others, one to one, in order. */
    public static List<MateFiles> of(List<InputFile> files) {
        List<InputFile> firsts = files.stream().filter(file -> file.mate() != 2).toList();
        List<InputFile> seconds =
                files.stream().filter(file -> file.mate() == 2).toList();
        List<MateFiles> together = new ArrayList<>();
        for (int i = 0; i < Math.max(firsts.size(), seconds.size()); i++) {
            together.add(
                    i >= firsts.size()
                            ? new MateFiles(seconds.get(i), null)
                            : new MateFiles(firsts.get(i), i < seconds.size() ? seconds.get(i) : null));
        }
        return together;
    }
}
