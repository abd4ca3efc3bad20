package io.kmerflow.files.mates;

import java.io.IOException;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Finds mates by name, wherever they stand within {@value #WINDOW} reads of one mate that wait for theirs. Reads without a
 * mate come out when the window has passed them, or at the end.
 *
 * @param <T> what is kept of a read
 */
public final class MateJoin<T> {
    static final int WINDOW = 10_000;

    /** Gets what has been found. */
    public interface Found<T> {
        /**
         * Two mates of one fragment.
         *
         * @param inStep whether the second came right after the first
         */
        void pair(T first, T second, boolean inStep) throws IOException;

        /** A read without a mate. */
        void alone(T read) throws IOException;
    }

    private final Found<T> found;
    private final List<Map<String, T>> waiting = List.of(new LinkedHashMap<>(), new LinkedHashMap<>());
    private String before;

    /** @param found called as reads are put */
    public MateJoin(Found<T> found) {
        this.found = found;
    }

    /**
     * Takes the next read.
     *
     * @param mate 0 for a read that has none, 1 or 2
     * @param name without /1 or /2
     */
    public void put(int mate, String name, T read) throws IOException {
        if (mate == 0) {
            found.alone(read);
            return;
        }
        Map<String, T> others = waiting.get(2 - mate);
        if (others.containsKey(name)) {
            T other = others.remove(name);
            found.pair(mate == 1 ? read : other, mate == 1 ? other : read, mate == 2 && name.equals(before));
        } else {
            Map<String, T> same = waiting.get(mate - 1);
            if (same.containsKey(name)) {
                found.alone(read); // the name comes twice: the first of them keeps its claim
            } else {
                same.put(name, read);
                if (same.size() > WINDOW) {
                    Iterator<T> oldest = same.values().iterator();
                    found.alone(oldest.next());
                    oldest.remove();
                }
            }
        }
        before = name;
    }

    /** No more reads come. */
    public void end() throws IOException {
        for (Map<String, T> side : waiting) {
            for (T read : side.values()) {
                found.alone(read);
            }
            side.clear();
        }
    }
}
