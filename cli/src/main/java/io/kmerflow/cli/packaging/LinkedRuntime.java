package io.kmerflow.cli.packaging;

import io.kmerflow.cli.base.CommandFailure;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** A Java runtime made of this one's modules by jlink. */
final class LinkedRuntime {
    /** Flink, Kafka and the libraries find some of these by reflection, so they cannot be computed from the classes. */
    private static final List<String> MODULES = List.of(
            "java.se",
            "jdk.charsets",
            "jdk.crypto.cryptoki",
            "jdk.crypto.ec",
            "jdk.httpserver",
            "jdk.jcmd",
            "jdk.jfr",
            "jdk.management",
            "jdk.management.agent",
            "jdk.naming.dns",
            "jdk.net",
            "jdk.security.auth",
            "jdk.security.jgss",
            "jdk.unsupported",
            "jdk.zipfs");

    private LinkedRuntime() {}

    /**
     * Makes it.
     *
     * @param folder that does not exist yet
     * @throws CommandFailure if this Java runtime cannot make others
     */
    static void link(Path folder) throws IOException, InterruptedException {
        Path home = Path.of(System.getProperty("java.home"));
        Path jlink = home.resolve("bin/jlink");
        if (!Files.isExecutable(jlink) || !Files.isDirectory(home.resolve("jmods"))) {
            throw new CommandFailure("Expected a JDK with jlink and jmods at " + home + ", got a runtime without");
        }
        Process process = new ProcessBuilder(
                        jlink.toString(),
                        "--add-modules",
                        String.join(",", MODULES),
                        "--strip-debug",
                        "--no-header-files",
                        "--no-man-pages",
                        "--output",
                        folder.toString())
                .redirectErrorStream(true)
                .start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw new CommandFailure("jlink could not make a Java runtime: " + said.strip());
        }
    }
}
