package io.kmerflow.cli.serving;

import java.util.List;
import java.util.Locale;

/** Small charts as inline SVG: bars, and a line over time. Plain shapes and text; the page around gives the colours. */
final class SvgChart {
    private static final int WIDTH = 620;
    private static final int HEIGHT = 220;
    private static final int LEFT = 64;
    private static final int BOTTOM = 46;
    private static final int TOP = 14;
    private static final int RIGHT = 14;
    private static final int MOST_TICK_LABELS = 12;
    private static final int LEAST_BARS = 8;

    private SvgChart() {}

    /**
     * Vertical bars.
     *
     * @param names one per bar; as many are written below as fit
     * @param values heights
     * @param axis what the bars are ordered by, with its unit
     */
    static String bars(List<String> names, List<Long> values, String axis) {
        StringBuilder svg = open();
        double most = round(values.stream().mapToLong(value -> value).max().orElse(1));
        grid(svg, most);
        double step = (double) (WIDTH - LEFT - RIGHT) / Math.max(LEAST_BARS, names.size());
        int every = (int) Math.ceil((double) names.size() / MOST_TICK_LABELS);
        for (int i = 0; i < names.size(); i++) {
            double height = values.get(i) / most * (HEIGHT - TOP - BOTTOM);
            double x = LEFT + i * step;
            svg.append(String.format(
                    Locale.ROOT,
                    "<rect class='bar' x='%.1f' y='%.1f' width='%.1f' height='%.1f'><title>%s: %,d</title></rect>",
                    x + step * 0.08,
                    HEIGHT - BOTTOM - height,
                    step * 0.84,
                    height,
                    escape(names.get(i)),
                    values.get(i)));
            if (i % every == 0) {
                text(svg, x + step / 2, HEIGHT - BOTTOM + 16, "middle", names.get(i));
            }
        }
        return close(svg, axis);
    }

    /**
     * A line over time.
     *
     * @param seconds rising
     * @param values at those
     */
    static String line(List<Double> seconds, List<Double> values, String axis) {
        StringBuilder svg = open();
        double most = round(values.stream().mapToDouble(value -> value).max().orElse(1));
        double end = seconds.isEmpty() ? 1 : Math.max(1e-9, seconds.get(seconds.size() - 1));
        grid(svg, most);
        StringBuilder points = new StringBuilder();
        for (int i = 0; i < seconds.size(); i++) {
            points.append(String.format(
                    Locale.ROOT,
                    "%.1f,%.1f ",
                    LEFT + seconds.get(i) / end * (WIDTH - LEFT - RIGHT),
                    HEIGHT - BOTTOM - values.get(i) / most * (HEIGHT - TOP - BOTTOM)));
        }
        svg.append(String.format(Locale.ROOT, "<polyline class='line' points='%s'/>", points));
        for (int i = 0; i <= 4; i++) {
            double at = end * i / 4;
            text(
                    svg,
                    LEFT + at / end * (WIDTH - LEFT - RIGHT),
                    HEIGHT - BOTTOM + 16,
                    i == 4 ? "end" : "middle",
                    String.format(Locale.ROOT, end < 10 ? "%.1f" : "%.0f", at));
        }
        return close(svg, axis);
    }

    /** The next number above that divides well by four. */
    private static double round(double most) {
        double magnitude = Math.pow(10, Math.floor(Math.log10(Math.max(4, most))));
        for (double step : new double[] {1, 2, 4, 6, 8, 10}) {
            if (step * magnitude >= most && step * magnitude >= 4) {
                return step * magnitude;
            }
        }
        return 10 * magnitude;
    }

    private static StringBuilder open() {
        return new StringBuilder(String.format(Locale.ROOT, "<svg viewBox='0 0 %d %d' role='img'>", WIDTH, HEIGHT));
    }

    private static void grid(StringBuilder svg, double most) {
        for (int i = 0; i <= 4; i++) {
            double y = HEIGHT - BOTTOM - (double) i / 4 * (HEIGHT - TOP - BOTTOM);
            svg.append(String.format(
                    Locale.ROOT,
                    "<line class='rule' x1='%d' x2='%d' y1='%.1f' y2='%.1f'/>",
                    LEFT,
                    WIDTH - RIGHT,
                    y,
                    y));
            text(svg, LEFT - 6, y + 4, "end", count(most * i / 4));
        }
    }

    private static String count(double value) {
        return String.format(Locale.ROOT, value < 10 && value != Math.rint(value) ? "%.1f" : "%,.0f", value);
    }

    private static void text(StringBuilder svg, double x, double y, String anchor, String text) {
        svg.append(String.format(
                Locale.ROOT, "<text x='%.1f' y='%.1f' text-anchor='%s'>%s</text>", x, y, anchor, escape(text)));
    }

    private static String close(StringBuilder svg, String axis) {
        text(svg, (LEFT + WIDTH - RIGHT) / 2.0, HEIGHT - 8, "middle", axis);
        return svg.append("</svg>").toString();
    }

    /** Text as HTML and SVG hold it. */
    static String escape(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("'", "&#39;")
                .replace("\"", "&quot;");
    }
}
