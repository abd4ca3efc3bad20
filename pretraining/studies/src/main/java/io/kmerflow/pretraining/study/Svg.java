package io.kmerflow.pretraining.study;

import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Plots as inline SVG: lines and points in one frame with axes. */
public final class Svg {
    private static final int WIDTH = 430;
    private static final int HEIGHT = 280;
    private static final int LEFT = 52;
    private static final int TOP = 30;
    private static final int RIGHT = 12;
    private static final int BOTTOM = 42;
    private static final String[] COLOURS = {
        "#1b6ca8", "#d1495b", "#2e933c", "#8d5a97", "#e0a100", "#17869e", "#6b4f3a", "#5c6b73",
        "#9c27b0", "#00796b", "#f4511e", "#3949ab", "#7cb342", "#ad1457", "#546e7a", "#c0a000"
    };

    private Svg() {}

    /** Text as HTML and SVG have it between tags. */
    public static String escape(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    }

    static String colour(int number) {
        return COLOURS[number % COLOURS.length];
    }

    /** Lines through points [x, y] by name, in order. */
    public static String lines(String title, String xName, String yName, Map<String, List<double[]>> lines) {
        double[] box = box(lines.values().stream().flatMap(List::stream).toList());
        StringBuilder svg = frame(title, xName, yName, box, true);
        int number = 0;
        for (List<double[]> line : lines.values()) {
            StringBuilder points = new StringBuilder();
            for (double[] p : line) {
                points.append(String.format(Locale.ROOT, "%.1f,%.1f ", x(p[0], box), y(p[1], box)));
            }
            svg.append(String.format(
                    Locale.ROOT,
                    "<polyline fill='none' stroke-width='1.6' stroke='%s' points='%s'/>",
                    colour(number++),
                    points.toString().strip()));
        }
        return svg.append("</svg>").toString();
    }

    /** Points [x, y, class], coloured by class. */
    static String points(String title, List<double[]> points) {
        double[] box = box(points);
        StringBuilder svg = frame(title, "", "", box, false);
        for (double[] p : points) {
            svg.append(String.format(
                    Locale.ROOT,
                    "<circle cx='%.1f' cy='%.1f' r='2.3' fill='%s' fill-opacity='0.75'/>",
                    x(p[0], box),
                    y(p[1], box),
                    colour((int) p[2])));
        }
        return svg.append("</svg>").toString();
    }

    private static double[] box(List<double[]> points) {
        double[] box = {1e300, -1e300, 1e300, -1e300};
        for (double[] p : points) {
            box[0] = Math.min(box[0], p[0]);
            box[1] = Math.max(box[1], p[0]);
            box[2] = Math.min(box[2], p[1]);
            box[3] = Math.max(box[3], p[1]);
        }
        for (int axis = 0; axis < 4; axis += 2) {
            double room = Math.max(1e-9, 0.04 * (box[axis + 1] - box[axis]));
            box[axis] -= axis == 0 ? 0 : room;
            box[axis + 1] += room;
        }
        return box;
    }

    private static double x(double value, double[] box) {
        return LEFT + (value - box[0]) / (box[1] - box[0]) * (WIDTH - LEFT - RIGHT);
    }

    private static double y(double value, double[] box) {
        return HEIGHT - BOTTOM - (value - box[2]) / (box[3] - box[2]) * (HEIGHT - TOP - BOTTOM);
    }

    private static StringBuilder frame(String title, String xName, String yName, double[] box, boolean ticks) {
        StringBuilder svg = new StringBuilder(String.format(
                Locale.ROOT,
                "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 %d %d' width='%d' height='%d' font-family='sans-serif' font-size='11'>",
                WIDTH,
                HEIGHT,
                WIDTH,
                HEIGHT));
        svg.append(String.format(
                Locale.ROOT, "<text x='%d' y='18' font-size='13' font-weight='bold'>%s</text>", LEFT, escape(title)));
        svg.append(String.format(
                Locale.ROOT,
                "<rect x='%d' y='%d' width='%d' height='%d' fill='none' stroke='#999'/>",
                LEFT,
                TOP,
                WIDTH - LEFT - RIGHT,
                HEIGHT - TOP - BOTTOM));
        for (int i = 0; ticks && i <= 4; i++) {
            double xv = box[0] + i * (box[1] - box[0]) / 4;
            double yv = box[2] + i * (box[3] - box[2]) / 4;
            svg.append(String.format(
                    Locale.ROOT,
                    "<text x='%.1f' y='%d' text-anchor='middle'>%s</text>",
                    x(xv, box),
                    HEIGHT - BOTTOM + 15,
                    number(xv)));
            svg.append(String.format(
                    Locale.ROOT,
                    "<text x='%d' y='%.1f' text-anchor='end'>%s</text>",
                    LEFT - 5,
                    y(yv, box) + 4,
                    number(yv)));
        }
        svg.append(String.format(
                Locale.ROOT,
                "<text x='%d' y='%d' text-anchor='middle'>%s</text>",
                (LEFT + WIDTH) / 2,
                HEIGHT - 8,
                escape(xName)));
        svg.append(String.format(
                Locale.ROOT,
                "<text transform='translate(12,%d) rotate(-90)' text-anchor='middle'>%s</text>",
                (TOP + HEIGHT - BOTTOM) / 2,
                escape(yName)));
        return svg;
    }

    private static String number(double value) {
        return Math.abs(value) >= 100
                ? String.format(Locale.ROOT, "%.0f", value)
                : String.format(Locale.ROOT, Math.abs(value) >= 10 ? "%.1f" : "%.3f", value);
    }
}
