package io.kmerflow.files.write;

import io.kmerflow.schema.ReadAnnotation;
import io.kmerflow.schema.WindowScores;
import java.util.List;
import java.util.Locale;
import java.util.TreeSet;

/**
 * bedGraph of one label: disjoint stretches of every scored read with the mean probability of the windows that cover them;
 * coordinates 0-based and half-open on the read as sequenced. Needs window scores in the annotations.
 */
public final class BedGraphFormat implements RowFormat<ReadAnnotation> {
    private final String label;
    private final int index;
    private final int labels;

    /**
     * @param label its name
     * @param index its place among the model's labels
     * @param labels number of the model's labels
     */
    public BedGraphFormat(String label, int index, int labels) {
        this.label = label;
        this.index = index;
        this.labels = labels;
    }

    @Override
    public String header() {
        String name = ReadNames.plain(label).replace('"', '\'');
        return String.format(
                Locale.ROOT,
                "track type=bedGraph name=\"%s\" description=\"probability of %s on the reads as sequenced, not on a genome\"",
                name,
                name);
    }

    @Override
    public String row(ReadAnnotation annotation) {
        WindowScores windows = annotation.getWindowScores();
        if (windows == null) {
            return null;
        }
        List<Float> scores = windows.getScores();
        int count = scores.size() / labels;
        int[] starts = new int[count];
        int[] ends = new int[count];
        TreeSet<Integer> borders = new TreeSet<>();
        for (int window = 0; window < count; window++) {
            starts[window] = window == count - 1 ? windows.getLastStart() : window * windows.getStrideBases();
            ends[window] = Math.min(starts[window] + windows.getWindowBases(), annotation.getReadLength());
            borders.add(starts[window]);
            borders.add(ends[window]);
        }
        StringBuilder lines = new StringBuilder();
        String name = ReadNames.inBed(ReadNames.withMate(annotation));
        int first = 0;
        Integer from = null;
        for (int to : borders) {
            if (from != null) {
                while (first < count && ends[first] <= from) {
                    first++;
                }
                double sum = 0;
                int covering = 0;
                for (int window = first; window < count && starts[window] < to; window++) {
                    if (ends[window] > from) {
                        sum += scores.get(window * labels + index);
                        covering++;
                    }
                }
                if (covering > 0) {
                    lines.append(lines.isEmpty() ? "" : "\n")
                            .append(String.format(Locale.ROOT, "%s\t%d\t%d\t%.6g", name, from, to, sum / covering));
                }
            }
            from = to;
        }
        return lines.isEmpty() ? null : lines.toString();
    }
}
