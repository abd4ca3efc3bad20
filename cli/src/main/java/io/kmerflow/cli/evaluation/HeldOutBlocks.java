package io.kmerflow.cli.evaluation;

import io.kmerflow.cli.base.CommandFailure;
import io.kmerflow.sequence.BaseRange;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The stretches training never saw, as {@code held-out.tsv} names them: genome, contig, start, end; 0-based, half-open. */
final class HeldOutBlocks {
    /** Where a read lies. */
    enum Place {
        /** Wholly within one held-out block. */
        HELD_OUT,
        /** Touches no held-out block. */
        SEEN,
        /** Across a block's border. */
        BORDER
    }

    private final Map<String, List<BaseRange>> blocks = new HashMap<>();

    static HeldOutBlocks read(Path file) {
        HeldOutBlocks heldOut = new HeldOutBlocks();
        try {
            List<String> lines = Files.readAllLines(file);
            for (String line : lines.subList(Math.min(1, lines.size()), lines.size())) {
                String[] cells = line.split("\t");
                heldOut.blocks
                        .computeIfAbsent(cells[1], contig -> new ArrayList<>())
                        .add(new BaseRange(Integer.parseInt(cells[2]), Integer.parseInt(cells[3])));
            }
        } catch (IOException e) {
            throw new CommandFailure(String.format(Locale.ROOT, "Could not read %s: %s", file, e.getMessage()), e);
        } catch (IndexOutOfBoundsException | IllegalArgumentException e) {
            throw new CommandFailure(
                    String.format(
                            Locale.ROOT, "Expected rows genome, contig, start, end in %s: %s", file, e.getMessage()),
                    e);
        }
        return heldOut;
    }

    Place place(TrueOrigin origin) {
        for (BaseRange block : blocks.getOrDefault(origin.contig(), List.of())) {
            if (block.overlaps(origin.range())) {
                boolean within = block.start() <= origin.range().start()
                        && origin.range().end() <= block.end();
                return within ? Place.HELD_OUT : Place.BORDER;
            }
        }
        return Place.SEEN;
    }
}
