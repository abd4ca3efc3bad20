package io.kmerflow.pretraining.report;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Charts as inline SVG: bars, lines and points in a frame with axes. The page's style gives fonts and plain colours. */
public final class Svg {
    private static final int WIDTH = 620;
    private static final int HEIGHT = 260;
    private static final int LEFT = 76;
    private static final int RIGHT = 14;
    private static final int TOP = 28;
    private static final int BOTTOM = 46;
    private static final int TICKS = 4;
    private static final int MOST_BAR_NAMES = 12;
    private static final int FEWEST_BARS = 8;
    private static final String[] COLOURS = {
        "#1b6ca8", "#d1495b", "#2e933c", "#8d5a97", "#e0a100", "#17869e", "#6b4f3a", "#5c6b73",
        "#9c27b0", "#00796b", "#f4511e", "#3949ab", "#7cb342", "#ad1457", "#546e7a", "#c0a000"
    };

    private final StringBuilder svg = new StringBuilder();
    private final Axis across;
    private final Axis up;

    /** Values from the left or lower end of the frame to the other. */
    private record Axis(double from, double to) {
        /** Just wide enough. */
        static Axis around(double[] values) {
            double from = Double.POSITIVE_INFINITY;
            double to = Double.NEGATIVE_INFINITY;
            for (double value : values) {
                if (Double.isFinite(value)) { // a loss that is none has no place
                    from = Math.min(from, value);
                    to = Math.max(to, value);
                }
            }
            return from > to ? new Axis(0, 1) : new Axis(from, Math.max(to, from + 1e-9));
        }

        Axis withMargin() {
            double margin = 0.04 * (to - from);
            return new Axis(from - margin, to + margin);
        }

        /** From 0 to the next number from the highest on that divides well by four. */
        static Axis fromZero(double highest) {
            double magnitude = Math.pow(10, Math.floor(Math.log10(Math.max(TICKS, highest))));
            for (double step : new double[] {1, 2, 4, 6, 8, 10}) {
                if (step * magnitude >= highest && step * magnitude >= TICKS) {
                    return new Axis(0, step * magnitude);
                }
            }
            return new Axis(0, 10 * magnitude);
        }

        double share(double value) {
            return (value - from) / (to - from);
        }

        double tick(int number) {
            return from + number * (to - from) / TICKS;
        }
    }

    private Svg(String title, Axis across, Axis up) {
        this.across = across;
        this.up = up;
        svg.append(String.format(Locale.ROOT, "<svg viewBox='0 0 %d %d' role='img'>", WIDTH, HEIGHT));
        if (!title.isEmpty()) {
            svg.append(String.format(
                    Locale.ROOT, "<text class='title' x='%d' y='17'>%s</text>", LEFT, HtmlPage.escape(title)));
        }
    }

    /** The colour of a line or class, by its number from 0. */
    static String colour(int number) {
        return COLOURS[number % COLOURS.length];
    }

    /**
     * Vertical bars.
     *
     * @param names one per bar; as many are written below as fit
     * @param values heights
     * @param axis what the bars are ordered by, with its unit
     */
    public static String bars(List<String> names, List<Long> values, String axis) {
        Svg chart = new Svg(
                "",
                new Axis(0, Math.max(FEWEST_BARS, names.size())),
                Axis.fromZero(values.stream().mapToLong(value -> value).max().orElse(1)));
        chart.rules();
        int every = (int) Math.ceil((double) names.size() / MOST_BAR_NAMES);
        for (int i = 0; i < names.size(); i++) {
            double top = chart.y(values.get(i));
            chart.svg.append(String.format(
                    Locale.ROOT,
                    "<rect class='bar' x='%.1f' y='%.1f' width='%.1f' height='%.1f'><title>%s: %,d</title></rect>",
                    chart.x(i + 0.08),
                    top,
                    chart.x(0.84) - chart.x(0),
                    HEIGHT - BOTTOM - top,
                    HtmlPage.escape(names.get(i)),
                    values.get(i)));
            if (i % every == 0) {
                chart.label(chart.x(i + 0.5), HEIGHT - BOTTOM + 16, "middle", names.get(i));
            }
        }
        return chart.finish(axis, "");
    }

    /**
     * One line over time, from 0 on both axes.
     *
     * @param points [seconds, value], seconds rising
     * @param axis what is shown, with its units
     */
    public static String timeLine(List<double[]> points, String axis) {
        Svg chart = new Svg(
                "",
                new Axis(0, points.isEmpty() ? 1 : Math.max(1e-9, points.get(points.size() - 1)[0])),
                Axis.fromZero(points.stream().mapToDouble(p -> p[1]).max().orElse(1)));
        chart.rules();
        chart.ticksAcross();
        chart.line(points, "class='line'");
        return chart.finish(axis, "");
    }

    /** Lines through points [x, y] by name, in order; points that are not finite are left out. */
    public static String lines(String title, String xName, String yName, Map<String, List<double[]>> lines) {
        Svg chart =
                new Svg(title, axis(lines.values(), 0), axis(lines.values(), 1).withMargin());
        chart.rules();
        chart.ticksAcross();
        int number = 0;
        for (List<double[]> line : lines.values()) {
            chart.line(line, "fill='none' stroke-width='1.6' stroke='" + colour(number++) + "'");
        }
        return chart.finish(xName, yName);
    }

    /** Points [x, y, class], coloured by class. */
    public static String points(String title, List<double[]> points) {
        Svg chart = new Svg(
                title,
                axis(List.of(points), 0).withMargin(),
                axis(List.of(points), 1).withMargin());
        for (double[] p : points) {
            chart.svg.append(String.format(
                    Locale.ROOT,
                    "<circle cx='%.1f' cy='%.1f' r='2.3' fill='%s' fill-opacity='0.75'/>",
                    chart.x(p[0]),
                    chart.y(p[1]),
                    colour((int) p[2])));
        }
        return chart.finish("", "");
    }

    private static Axis axis(Collection<List<double[]>> lines, int coordinate) {
        return Axis.around(lines.stream()
                .flatMap(List::stream)
                .mapToDouble(p -> p[coordinate])
                .toArray());
    }

    private double x(double value) {
        return LEFT + across.share(value) * (WIDTH - LEFT - RIGHT);
    }

    private double y(double value) {
        return HEIGHT - BOTTOM - up.share(value) * (HEIGHT - TOP - BOTTOM);
    }

    private void line(List<double[]> points, String look) {
        List<String> places = new ArrayList<>();
        for (double[] p : points) {
            if (Double.isFinite(p[1])) {
                places.add(String.format(Locale.ROOT, "%.1f,%.1f", x(p[0]), y(p[1])));
            }
        }
        svg.append(String.format(Locale.ROOT, "<polyline %s points='%s'/>", look, String.join(" ", places)));
    }

    private void rules() {
        for (int i = 0; i <= TICKS; i++) {
            double at = y(up.tick(i));
            svg.append(String.format(
                    Locale.ROOT,
                    "<line class='rule' x1='%d' x2='%d' y1='%.1f' y2='%.1f'/>",
                    LEFT,
                    WIDTH - RIGHT,
                    at,
                    at));
            label(LEFT - 6, at + 4, "end", number(up.tick(i), up));
        }
    }

    private void ticksAcross() {
        for (int i = 0; i <= TICKS; i++) {
            label(
                    x(across.tick(i)),
                    HEIGHT - BOTTOM + 16,
                    i == TICKS ? "end" : "middle",
                    number(across.tick(i), across));
        }
    }

    /** As many decimals as tell the ticks apart. */
    private static String number(double value, Axis axis) {
        double step = (axis.to() - axis.from()) / TICKS;
        boolean whole = step == Math.rint(step) && axis.from() == Math.rint(axis.from());
        int decimals = whole ? 0 : (int) Math.max(0, Math.ceil(-Math.log10(step)) + (step < 5 ? 1 : 0));
        return String.format(Locale.ROOT, "%,." + decimals + "f", value);
    }

    private void label(double x, double y, String anchor, String text) {
        svg.append(String.format(
                Locale.ROOT,
                "<text x='%.1f' y='%.1f' text-anchor='%s'>%s</text>",
                x,
                y,
                anchor,
                HtmlPage.escape(text)));
    }

    private String finish(String xName, String yName) {
        label((LEFT + WIDTH - RIGHT) / 2.0, HEIGHT - 8, "middle", xName);
        if (!yName.isEmpty()) {
            svg.append(String.format(
                    Locale.ROOT,
                    "<text transform='translate(12,%d) rotate(-90)' text-anchor='middle'>%s</text>",
                    (TOP + HEIGHT - BOTTOM) / 2,
                    HtmlPage.escape(yName)));
        }
        return svg.append("</svg>").toString();
    }
}
