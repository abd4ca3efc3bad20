package io.kmerflow.pretraining.corpus;

import io.kmerflow.sequence.BaseRange;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/**
 * The parts of genomes that no training step may see: regions named one by one, and blocks spread evenly over each contig.
 * A guard band on both sides of each part is used for neither training nor validation, so that a read across the border
 * cannot tie the two together.
 *
 * @param parts held-out stretches, in genome and contig order, not overlapping
 * @param guardBases width of the band on each side
 * @param leftOut stretches that are used for no training either, without guards; they may overlap
 */
public record HeldOut(List<Part> parts, int guardBases, List<Part> leftOut) {
    private static final String HEADER = "genome\tcontig\tstart\tend";

    /** A held-out stretch of a contig. */
    public record Part(String genome, String contig, BaseRange range) {}

    /**
     * A region to hold out whatever else is.
     *
     * @param contig as named in the FASTA file
     * @param range 0-based, half-open
     */
    public record Region(String contig, BaseRange range) {
        /**
         * @param text {@code contig:start-end}, 0-based, half-open, for example {@code 20:30000000-35000000}
         */
        public static Region parse(String text) {
            try {
                int colon = text.lastIndexOf(':');
                int dash = text.indexOf('-', colon);
                return new Region(
                        text.substring(0, colon),
                        new BaseRange(
                                Integer.parseInt(text.substring(colon + 1, dash)),
                                Integer.parseInt(text.substring(dash + 1))));
            } catch (RuntimeException e) {
                throw new IllegalArgumentException(
                        String.format(Locale.ROOT, "Expected a region contig:start-end, got '%s'", text), e);
            }
        }
    }

    /**
     * How much to hold out.
     *
     * @param share about this part of each contig, 0 to 0.5
     * @param blockBases length of a block, in bases
     * @param guardBases band on each side that is used for nothing, in bases
     * @param regions held out whatever else is; they count towards the share
     */
    public record Plan(double share, int blockBases, int guardBases, List<Region> regions) {
        /** 22.5 %, blocks of 112,000 bases, guards of 5,000. */
        public static final Plan DEFAULT = new Plan(0.225, 112_000, 5_000, List.of());

        public Plan {
            regions = List.copyOf(regions);
            if (share < 0 || share > 0.5 || blockBases < 1 || guardBases < 0) {
                throw new IllegalArgumentException(String.format(
                        Locale.ROOT,
                        "Expected a share of 0 to 0.5, blocks of 1 base or more and guards of 0 or more, got %s, %d, %d",
                        share,
                        blockBases,
                        guardBases));
            }
        }
    }

    public HeldOut {
        parts = List.copyOf(parts);
        leftOut = List.copyOf(leftOut);
    }

    /** Nothing left out besides. */
    public HeldOut(List<Part> parts, int guardBases) {
        this(parts, guardBases, List.of());
    }

    /**
     * The same with regions left out of training, for example where test sequences lie. A region goes for every genome
     * that has its contig.
     *
     * @throws CorpusException if no genome has the contig of a region, or the region ends behind it
     */
    public HeldOut leavingOut(List<? extends Genome> genomes, List<Region> regions) {
        List<Part> left = new ArrayList<>(leftOut);
        for (Region region : regions) {
            boolean known = false;
            for (Genome genome : genomes) {
                for (Genome.Contig contig : genome.contigs()) {
                    if (contig.name().equals(region.contig()) && region.range().end() <= contig.length()) {
                        left.add(new Part(genome.name(), contig.name(), region.range()));
                        known = true;
                    }
                }
            }
            if (!known) {
                throw unknown(region);
            }
        }
        return new HeldOut(parts, guardBases, left);
    }

    private static CorpusException unknown(Region region) {
        return new CorpusException(String.format(
                Locale.ROOT,
                "Expected a contig '%s' of at least %d bases, got none in the genomes",
                region.contig(),
                region.range().end()));
    }

    /**
     * Chooses the parts; the same genomes and plan always give the same ones. A contig of L bases gets round((share × L −
     * region bases) / blockBases) blocks, with equal distances between them over what its regions leave; a block that
     * meets a region goes on behind it.
     *
     * @throws CorpusException if no genome has the contig of a region, or the region ends behind it
     */
    public static HeldOut plan(List<? extends Genome> genomes, Plan plan) {
        for (Region region : plan.regions()) {
            boolean known = genomes.stream()
                    .flatMap(g -> g.contigs().stream())
                    .anyMatch(c ->
                            c.name().equals(region.contig()) && region.range().end() <= c.length());
            if (!known) {
                throw unknown(region);
            }
        }
        List<Part> parts = new ArrayList<>();
        for (Genome genome : genomes) {
            for (Genome.Contig contig : genome.contigs()) {
                for (BaseRange range : planContig(contig, plan)) {
                    parts.add(new Part(genome.name(), contig.name(), range));
                }
            }
        }
        return new HeldOut(parts, plan.guardBases());
    }

    private static List<BaseRange> planContig(Genome.Contig contig, Plan plan) {
        List<BaseRange> regions = plan.regions().stream()
                .filter(r -> r.contig().equals(contig.name()) && r.range().end() <= contig.length())
                .map(Region::range)
                .sorted(Comparator.comparingInt(BaseRange::start))
                .toList();
        int regionBases = regions.stream().mapToInt(BaseRange::length).sum();
        int free = contig.length() - regionBases;
        long wanted = Math.round((plan.share() * contig.length() - regionBases) / plan.blockBases());
        int blocks = (int) Math.max(0, Math.min(wanted, free / plan.blockBases()));
        List<BaseRange> ranges = new ArrayList<>(regions);
        for (int i = 0; i < blocks; i++) {
            long centre = (2L * i + 1) * free / (2L * blocks);
            int start = (int) Math.max(0, Math.min(centre - plan.blockBases() / 2, free - plan.blockBases()));
            addAround(regions, start, start + plan.blockBases(), ranges);
        }
        return merged(ranges);
    }

    /** Adds {@code [start, end)}, given in coordinates that leave the regions out, as one range or as several around them. */
    private static void addAround(List<BaseRange> regions, int start, int end, List<BaseRange> ranges) {
        int from = start;
        int to = end;
        for (BaseRange region : regions) {
            if (from >= region.start()) {
                from += region.length();
                to += region.length();
            } else if (to > region.start()) {
                ranges.add(new BaseRange(from, region.start()));
                to += region.length();
                from = region.end();
            }
        }
        ranges.add(new BaseRange(from, to));
    }

    private static List<BaseRange> merged(List<BaseRange> ranges) {
        List<BaseRange> merged = new ArrayList<>();
        ranges.stream().sorted(Comparator.comparingInt(BaseRange::start)).forEach(range -> {
            int last = merged.size() - 1;
            if (last >= 0 && range.start() <= merged.get(last).end()) {
                merged.set(
                        last,
                        new BaseRange(
                                merged.get(last).start(),
                                Math.max(merged.get(last).end(), range.end())));
            } else {
                merged.add(range);
            }
        });
        return merged;
    }

    /** Held-out stretches of a contig, in order. */
    public List<BaseRange> validation(String genome, String contig) {
        return parts.stream()
                .filter(p -> p.genome().equals(genome) && p.contig().equals(contig))
                .map(Part::range)
                .toList();
    }

    /** Bases that are left out besides the held-out stretches, each counted once. */
    public long leftOutBases() {
        return leftOut.stream()
                .map(p -> List.of(p.genome(), p.contig()))
                .distinct()
                .flatMap(place -> leftOut(place.get(0), place.get(1)).stream())
                .mapToLong(BaseRange::length)
                .sum();
    }

    private List<BaseRange> leftOut(String genome, String contig) {
        return merged(leftOut.stream()
                .filter(p -> p.genome().equals(genome) && p.contig().equals(contig))
                .map(Part::range)
                .toList());
    }

    /** What is left of a contig for training: everything but the held-out stretches, their guards and what is left out. */
    public List<BaseRange> training(String genome, Genome.Contig contig) {
        List<BaseRange> closed = new ArrayList<>(leftOut(genome, contig.name()));
        for (BaseRange range : validation(genome, contig.name())) {
            closed.add(new BaseRange(Math.max(0, range.start() - guardBases), range.end() + guardBases));
        }
        List<BaseRange> left = new ArrayList<>();
        int from = 0;
        for (BaseRange range : merged(closed)) {
            if (range.start() > from) {
                left.add(new BaseRange(from, range.start()));
            }
            from = range.end();
        }
        if (from < contig.length()) {
            left.add(new BaseRange(from, contig.length()));
        }
        return left;
    }

    /** Held-out part of a genome, 0 to 1. */
    public double share(Genome genome) {
        long bases = parts.stream()
                .filter(p -> p.genome().equals(genome.name()))
                .mapToLong(p -> p.range().length())
                .sum();
        return (double) bases / genome.length();
    }

    /** Writes a table genome, contig, start, end: tab-separated with a header, 0-based, half-open. */
    public void write(Path file) {
        StringBuilder text = new StringBuilder(HEADER).append('\n');
        for (Part p : parts) {
            text.append(String.format(
                    Locale.ROOT,
                    "%s\t%s\t%d\t%d%n",
                    p.genome(),
                    p.contig(),
                    p.range().start(),
                    p.range().end()));
        }
        try {
            Files.writeString(file, text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Reads what {@link #write} wrote.
     *
     * @throws CorpusException if a line is not as expected; names file and line
     */
    public static HeldOut read(Path file, int guardBases) {
        List<String> lines;
        try {
            lines = Files.readAllLines(file, StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new CorpusException(
                    String.format(Locale.ROOT, "Expected a readable held-out table, got %s at %s", e, file), e);
        }
        if (lines.isEmpty() || !lines.get(0).equals(HEADER)) {
            throw new CorpusException("Expected the header genome, contig, start, end in line 1 of " + file);
        }
        List<Part> parts = new ArrayList<>();
        for (int i = 1; i < lines.size(); i++) {
            String[] fields = lines.get(i).split("\t");
            try {
                parts.add(new Part(
                        fields[0], fields[1], new BaseRange(Integer.parseInt(fields[2]), Integer.parseInt(fields[3]))));
            } catch (RuntimeException e) {
                throw new CorpusException(
                        String.format(
                                Locale.ROOT,
                                "Expected genome, contig, start, end in line %d of %s, got '%s'",
                                i + 1,
                                file,
                                lines.get(i)),
                        e);
            }
        }
        return new HeldOut(parts, guardBases);
    }
}
