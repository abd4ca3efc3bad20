package io.kmerflow.pretraining.corpus;

import io.kmerflow.pretraining.random.Xoshiro256;
import java.util.List;

/**
 * Regions of several genomes, a genome by its weight, then every place in it with equal chance: so that a small group of organisms
 * is not drowned by a large one. Immutable.
 */
public final class WeightedRegions implements WindowSource {
    private final List<Regions> regions;
    private final Weights weights;

    /**
     * @param regions of each genome
     * @param weights of each genome, above 0; only their ratio counts
     */
    public WeightedRegions(List<Regions> regions, List<Double> weights) {
        this.regions = List.copyOf(regions);
        this.weights = new Weights(weights);
    }

    @Override
    public byte[] draw(int bases, Xoshiro256 random) {
        return regions.get(weights.draw(random)).draw(bases, random);
    }

    @Override
    public byte[] draw(int least, int most, Xoshiro256 random) {
        return regions.get(weights.draw(random)).draw(least, most, random);
    }
}
