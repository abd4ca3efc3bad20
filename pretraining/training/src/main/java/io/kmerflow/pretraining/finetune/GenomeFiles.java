package io.kmerflow.pretraining.finetune;

import io.kmerflow.pretraining.corpus.Genome;
import io.kmerflow.pretraining.corpus.InMemoryGenome;
import io.kmerflow.pretraining.corpus.Regions;
import io.kmerflow.pretraining.corpus.WeightedRegions;
import io.kmerflow.pretraining.corpus.WindowSource;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;

/** Reads the genome files of labels and remembers which they were. */
final class GenomeFiles {
    private final Path root;
    private final List<Path> read = new ArrayList<>();

    /** @param root where relative paths start */
    GenomeFiles(Path root) {
        this.root = root;
    }

    /** Files read so far, in order. */
    List<Path> read() {
        return List.copyOf(read);
    }

    /** The genomes, named after their files. */
    List<Genome> read(List<FinetuneConfig.GenomeFile> files) {
        List<Genome> genomes = new ArrayList<>();
        for (FinetuneConfig.GenomeFile file : files) {
            Path path = root.resolve(file.fasta());
            String name = path.getFileName().toString().replaceFirst("\\.(fa|fasta|fna)(\\.gz)?$", "");
            genomes.add(InMemoryGenome.read(name, path));
            read.add(path);
        }
        return genomes;
    }

    /**
     * Where windows come from: a genome by its weight, or every place with equal chance if no file has one.
     *
     * @param regions of some of the genomes
     */
    WindowSource source(
            List<FinetuneConfig.GenomeFile> files, List<Genome> genomes, Function<List<Genome>, Regions> regions) {
        if (files.stream().allMatch(file -> file.weight().isEmpty())) {
            return regions.apply(genomes);
        }
        List<Regions> each = new ArrayList<>();
        List<Double> weights = new ArrayList<>();
        for (int i = 0; i < files.size(); i++) {
            if (files.get(i).weight().isEmpty()) {
                throw new IllegalArgumentException(String.format(
                        Locale.ROOT,
                        "Expected a weight for every genome of a label or for none, got none for %s",
                        files.get(i).fasta()));
            }
            each.add(regions.apply(List.of(genomes.get(i))));
            weights.add(files.get(i).weight().getAsDouble());
        }
        return new WeightedRegions(each, weights);
    }
}
