package io.kmerflow.files.mates;

import java.io.IOException;

/**
 * Whether mates belong together: {@link MateJoin} finds them by name. Without {@code --per-fragment} annotations do not
 * depend on it; every mate has its own.
 *
 * @param pairs reads of the first mates whose mate was found
 * @param orphans reads without a mate within the window
 * @param outOfStep pairs that did not stand side by side
 */
public record MatePairs(long pairs, long orphans, long outOfStep) {
    /** No mates at all. */
    public static final MatePairs NONE = new MatePairs(0, 0, 0);

    /** Whether there were mates, and no two of them had one name. */
    public boolean noneMatched() {
        return pairs == 0 && orphans > 0;
    }

    /** Counts read by read. */
    public static final class Counter {
        private long pairs;
        private long orphans;
        private long outOfStep;
        private final MateJoin<Boolean> join = new MateJoin<>(new MateJoin.Found<>() {
            @Override
            public void pair(Boolean first, Boolean second, boolean inStep) {
                pairs++;
                outOfStep += inStep ? 0 : 1;
            }

            @Override
            public void alone(Boolean read) {
                orphans++;
            }
        });

        /**
         * Takes the next read.
         *
         * @param mate 0, 1 or 2
         * @param name the same for both mates
         */
        public void add(int mate, String name) throws IOException {
            join.put(mate, name, Boolean.TRUE);
        }

        /** The counts; no more reads come. */
        public MatePairs end() throws IOException {
            join.end();
            return new MatePairs(pairs, orphans, outOfStep);
        }
    }
}
