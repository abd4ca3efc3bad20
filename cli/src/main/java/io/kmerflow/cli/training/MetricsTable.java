package io.kmerflow.cli.training;

import java.io.PrintWriter;
import java.util.Locale;
import java.util.Map;

/** Prints a tree of metrics, two columns, nested parts indented. */
final class MetricsTable {
    private MetricsTable() {}

    static void print(PrintWriter out, Map<?, ?> metrics) {
        print(out, metrics, "");
        out.flush();
    }

    private static void print(PrintWriter out, Map<?, ?> metrics, String indent) {
        metrics.forEach((name, value) -> {
            if (value instanceof Map<?, ?> nested) {
                out.println(indent + name);
                print(out, nested, indent + "  ");
            } else {
                String text = value instanceof Double number
                        ? String.format(Locale.ROOT, "%.4f", number)
                        : String.valueOf(value);
                out.printf(Locale.ROOT, "%-32s %s%n", indent + name, text);
            }
        });
    }
}
