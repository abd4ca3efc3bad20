package io.kmerflow.pretraining.corpus;

import io.kmerflow.sequence.BaseRange;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Reads regions from BED, plain or gzip: contig, start, end, 0-based and half-open, tab-separated; further columns are free. */
public final class BedFile {
    private BedFile() {}

    /**
     * Regions in file order; lines that are empty or start with {@code #}, {@code track} or {@code browser} are not regions.
     *
     * @throws CorpusException at the first line that does not fit; names file and line
     */
    public static List<HeldOut.Region> read(Path file) {
        List<HeldOut.Region> regions = new ArrayList<>();
        try (BufferedReader reader =
                new BufferedReader(new InputStreamReader(TextFile.open(file), StandardCharsets.UTF_8))) {
            int line = 0;
            for (String text = reader.readLine(); text != null; text = reader.readLine()) {
                line++;
                if (!text.isBlank() && !text.matches("(#|track\\b|browser\\b).*")) {
                    regions.add(region(text, line, file));
                }
            }
            return regions;
        } catch (IOException e) {
            throw new CorpusException(
                    String.format(Locale.ROOT, "Expected a readable BED file, got %s at %s", e, file), e);
        }
    }

    private static HeldOut.Region region(String text, int line, Path file) {
        String[] fields = text.split("\t");
        try {
            return new HeldOut.Region(
                    fields[0], new BaseRange(Integer.parseInt(fields[1]), Integer.parseInt(fields[2])));
        } catch (RuntimeException e) {
            throw new CorpusException(
                    String.format(
                            Locale.ROOT,
                            "Expected contig, start and end, separated by tabs, in line %d of %s, got '%s'",
                            line,
                            file,
                            text),
                    e);
        }
    }
}
