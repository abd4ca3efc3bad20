package io.kmerflow.pretraining.report;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;

/**
 * A page in one file: no script, nothing loaded from anywhere. Everything given to it is text and becomes text, but for {@link
 * #markup}. Parts come in the order of the calls.
 */
public final class HtmlPage {
    private final StringBuilder html = new StringBuilder(
                    "<!doctype html>\n<html lang='en'><head><meta charset='utf-8'>")
            .append("<meta name='viewport' content='width=device-width, initial-scale=1'>");

    /** @param title of the page, also its first heading */
    public HtmlPage(String title) {
        html.append("<title>").append(escape(title)).append("</title><style>\n").append(style());
        html.append("</style></head><body>\n<h1>").append(escape(title)).append("</h1>\n");
    }

    /** The style of every page. */
    public static String style() {
        try (InputStream in = HtmlPage.class.getResourceAsStream("page.css")) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e); // from the same jar as this class
        }
    }

    /** Text as HTML and SVG have it between tags and in quotes. */
    public static String escape(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("'", "&#39;")
                .replace("\"", "&quot;");
    }

    /** @param level 2 for a part of the page, 3 for a part of that */
    public HtmlPage heading(int level, String text) {
        return markup(String.format(Locale.ROOT, "<h%d>%s</h%d>\n", level, escape(text), level));
    }

    /** A paragraph. */
    public HtmlPage paragraph(String text) {
        return markup("<p>" + escape(text) + "</p>\n");
    }

    /** Text as it is, in lines. */
    public HtmlPage lines(String text) {
        return markup("<pre>" + escape(text) + "</pre>\n");
    }

    /** A table of figures: the first column is aligned left, the others right. */
    public HtmlPage table(List<String> header, List<List<String>> rows) {
        markup("<table class='figures'>\n");
        row("th", header);
        rows.forEach(row -> row("td", row));
        return markup("</table>\n");
    }

    private void row(String tag, List<String> cells) {
        html.append("<tr>");
        cells.forEach(cell -> html.append('<')
                .append(tag)
                .append('>')
                .append(escape(cell))
                .append("</")
                .append(tag)
                .append('>'));
        html.append("</tr>\n");
    }

    /** A table, or anything, that is there to be looked up: hidden until it is asked for. */
    public HtmlPage folded(String summary, Runnable inside) {
        markup("<details><summary>" + escape(summary) + "</summary>\n");
        inside.run();
        return markup("</details>\n");
    }

    /** Charts beside each other, as many as fit. */
    public HtmlPage charts(List<String> svgs) {
        return markup(chartsMarkup(svgs));
    }

    /** HTML of charts beside each other. */
    public static String chartsMarkup(List<String> svgs) {
        return "<div class='charts'>\n" + String.join("\n", svgs) + "\n</div>\n";
    }

    /** Names of the lines of a chart, in the order and the colours that {@link Svg} gives them. */
    public HtmlPage key(List<String> names) {
        return markup(keyMarkup(names));
    }

    /** HTML of the names of lines. */
    public static String keyMarkup(List<String> names) {
        StringBuilder key = new StringBuilder("<p class='key'>");
        for (int i = 0; i < names.size(); i++) {
            key.append(String.format(
                    Locale.ROOT,
                    "<span><b style='color:%s'>&#9632;</b> %s</span>",
                    Svg.colour(i),
                    escape(names.get(i))));
        }
        return key + "</p>\n";
    }

    /** HTML as it is; text in it was escaped by the caller. */
    public HtmlPage markup(String markup) {
        html.append(markup);
        return this;
    }

    /** The whole page. */
    public String text() {
        return html + "</body></html>\n";
    }
}
