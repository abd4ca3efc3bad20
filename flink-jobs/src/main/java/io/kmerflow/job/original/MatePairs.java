package io.kmerflow.job.original;

import io.kmerflow.job.ingest.InputFile;
import io.kmerflow.job.ingest.ReadFiles;
import io.kmerflow.sequence.file.SequenceItem;
import io.kmerflow.sequence.file.SequenceReader;
import java.io.IOException;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Whether two files of mates belong together: their reads are matched by name, side by side, and by name again where the
 * files are out of step by up to {@value #WINDOW} reads. Annotations do not depend on it; every mate has its own.
 *
 * @param pairs reads of the first files whose mate was found
 * @param orphans reads of either file without a mate within the window
 * @param outOfStep pairs that did not stand at the same place
 */
public record MatePairs(long pairs, long orphans, long outOfStep) {
    private static final int WINDOW = 10_000;

    /** Counts the pairs of files in order; those of mate 2 belong to those of mate 0 or 1 at the same place. */
    public static MatePairs count(List<InputFile> files) throws IOException {
        List<InputFile> firsts = files.stream().filter(file -> file.mate() != 2).toList();
        List<InputFile> seconds =
                files.stream().filter(file -> file.mate() == 2).toList();
        MatePairs sum = new MatePairs(0, 0, 0);
        for (int i = 0; i < Math.min(firsts.size(), seconds.size()); i++) {
            MatePairs one = count(firsts.get(i), seconds.get(i));
            sum = new MatePairs(sum.pairs + one.pairs, sum.orphans + one.orphans, sum.outOfStep + one.outOfStep);
        }
        return sum;
    }

    private static MatePairs count(InputFile one, InputFile two) throws IOException {
        Set<String> waitingOne = new LinkedHashSet<>();
        Set<String> waitingTwo = new LinkedHashSet<>();
        long pairs = 0;
        long orphans = 0;
        long outOfStep = 0;
        try (SequenceReader firsts = ReadFiles.open(one);
                SequenceReader seconds = ReadFiles.open(two)) {
            String first = name(firsts);
            String second = name(seconds);
            while (first != null || second != null) {
                if (first != null && first.equals(second)) {
                    pairs++;
                } else {
                    long found = match(first, waitingOne, waitingTwo) + match(second, waitingTwo, waitingOne);
                    pairs += found;
                    outOfStep += found;
                    orphans += evict(waitingOne) + evict(waitingTwo);
                }
                first = first == null ? null : name(firsts);
                second = second == null ? null : name(seconds);
            }
        }
        return new MatePairs(pairs, orphans + waitingOne.size() + waitingTwo.size(), outOfStep);
    }

    /** 1 if the name waits on the other side; else it waits here. */
    private static int match(String name, Set<String> here, Set<String> there) {
        if (name == null) {
            return 0;
        }
        if (there.remove(name)) {
            return 1;
        }
        here.add(name);
        return 0;
    }

    private static int evict(Set<String> waiting) {
        if (waiting.size() <= WINDOW) {
            return 0;
        }
        Iterator<String> oldest = waiting.iterator();
        oldest.next();
        oldest.remove();
        return 1;
    }

    private static String name(SequenceReader reader) throws IOException {
        for (SequenceItem item = reader.next(); item != null; item = reader.next()) {
            if (item instanceof SequenceItem.Parsed parsed) {
                return parsed.readHeader().readId();
            }
        }
        return null;
    }
}
