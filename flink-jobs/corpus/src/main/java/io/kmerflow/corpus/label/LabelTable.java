package io.kmerflow.corpus.label;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** A table separated by tabs, whose first line names its columns: read_id, label and others of {@link LabelFields#NAMES}. */
final class LabelTable implements LabelLines {
    private final LabelFields fields;
    private List<String> columns;

    LabelTable(LabelSettings settings) {
        this.fields = new LabelFields(settings);
    }

    @Override
    public void line(String line, Target target) throws MalformedLabelException {
        String[] values = line.split("\t", -1);
        if (columns == null) {
            columns = header(values);
            return;
        }
        if (values.length != columns.size()) {
            throw new MalformedLabelException(
                    MalformedLabelException.MALFORMED_RECORD,
                    String.format(
                            Locale.ROOT,
                            "Expected %d columns, as the header has, got %d",
                            columns.size(),
                            values.length));
        }
        Map<String, String> named = new HashMap<>();
        for (int i = 0; i < values.length; i++) {
            named.put(columns.get(i), values[i].strip());
        }
        target.label(fields.label(named));
    }

    private static List<String> header(String[] values) {
        List<String> names = new ArrayList<>();
        for (String value : values) {
            names.add(LabelFields.name(value));
        }
        boolean unique = new HashSet<>(names).size() == names.size();
        if (!unique || !names.contains(LabelFields.READ) || !names.contains(LabelFields.LABEL)) {
            throw new IllegalArgumentException(String.format(
                    Locale.ROOT,
                    "Expected a header with read_id and label, separated by tabs, each column once, got '%s'",
                    String.join(" ", values)));
        }
        return names;
    }
}
