package io.kmerflow.cli.live;

import io.kmerflow.pretraining.report.HtmlPage;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Properties;

/** The files of the page by their path, in memory; the chart library comes from its webjar. */
final class PageFiles {
    /** A file and its media type. */
    record PageFile(String type, byte[] bytes) {}

    private static final String WEBJAR = "/META-INF/resources/webjars/chart.js/";
    private static final String JAVASCRIPT = "text/javascript; charset=utf-8";

    private final Map<String, PageFile> byPath;

    PageFiles() {
        byPath = Map.of(
                "/", new PageFile("text/html; charset=utf-8", own("live.html")),
                "/live.js", new PageFile(JAVASCRIPT, own("live.js")),
                "/live.css", new PageFile("text/css; charset=utf-8", own("live.css")),
                "/page.css",
                        new PageFile("text/css; charset=utf-8", HtmlPage.style().getBytes(StandardCharsets.UTF_8)),
                "/icon.svg", new PageFile("image/svg+xml", own("icon.svg")),
                "/chart.js", new PageFile(JAVASCRIPT, bytes(WEBJAR + version() + "/dist/chart.umd.min.js")));
    }

    /** The file, or null if there is none at that path. */
    PageFile at(String path) {
        return byPath.get(path);
    }

    private static byte[] own(String name) {
        return bytes("/io/kmerflow/cli/live/" + name);
    }

    /** Version of the chart library on the class path, which is part of its path in the webjar. */
    private static String version() {
        Properties properties = new Properties();
        try (InputStream in = open("/META-INF/maven/org.webjars.npm/chart.js/pom.properties")) {
            properties.load(in);
        } catch (IOException e) {
            throw new UncheckedIOException(e); // from a jar of this program
        }
        return properties.getProperty("version");
    }

    private static byte[] bytes(String resource) {
        try (InputStream in = open(resource)) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e); // from a jar of this program
        }
    }

    private static InputStream open(String resource) {
        InputStream in = PageFiles.class.getResourceAsStream(resource);
        if (in == null) {
            throw new IllegalStateException("Expected the resource " + resource + " on the class path, got none");
        }
        return in;
    }
}
