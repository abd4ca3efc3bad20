package io.kmerflow.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Commands in processes of tests, which can be killed. */
public final class CommandLines {
    private CommandLines() {}

    /**
     * Words that start a command in a separate JVM, as the launcher does.
     *
     * @param jvm further options of the JVM
     * @param words of the command
     */
    public static List<String> ofJvm(List<String> jvm, List<?> words) {
        List<String> line = new ArrayList<>(
                List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx1g"));
        line.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC")); // short runs, as the tests themselves
        for (String name :
                List.of("java.lang", "java.util", "java.nio", "sun.nio.ch", "java.net", "java.util.concurrent")) {
            line.add("--add-opens=java.base/" + name + "=ALL-UNNAMED");
        }
        line.addAll(jvm);
        line.addAll(List.of(
                "-D" + SourceTree.PROPERTY + "=" + SourceTree.ROOT.toAbsolutePath(),
                "-Dai.djl.offline=true",
                "-cp",
                System.getProperty("java.class.path"),
                "io.kmerflow.cli.Kmerflow"));
        words.forEach(word -> line.add(word.toString()));
        return line;
    }
}
