package io.kmerflow.pretraining.corpus;

import io.kmerflow.pretraining.random.Xoshiro256;

/**
 * Two sources in one.
 *
 * @param share part of the stretches that come from the second, 0 to 1
 */
public record MixedSource(WindowSource first, WindowSource second, double share) implements WindowSource {
    public MixedSource {
        if (!(share >= 0 && share <= 1)) {
            throw new IllegalArgumentException("Expected a share of 0 to 1, got " + share);
        }
    }

    @Override
    public byte[] draw(int bases, Xoshiro256 random) {
        return one(random).draw(bases, random);
    }

    @Override
    public byte[] draw(int least, int most, Xoshiro256 random) {
        return one(random).draw(least, most, random);
    }

    private WindowSource one(Xoshiro256 random) {
        return random.nextDouble() < share ? second : first;
    }
}
