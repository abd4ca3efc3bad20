package io.kmerflow.manifests;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Rules of Containerfiles. Those that hadolint has too go by its codes; {@code copy}, {@code ignored}, {@code build} and
 * {@code minimal} are our own.
 */
final class ContainerfileLint {
    static final String PINNED = "[a-z0-9][a-z0-9/_-]*:[\\w.-]*\\d[\\w.-]*";

    private static final Set<String> KNOWN = Set.of(
            "ARG",
            "CMD",
            "COPY",
            "ENTRYPOINT",
            "ENV",
            "EXPOSE",
            "FROM",
            "HEALTHCHECK",
            "LABEL",
            "RUN",
            "SHELL",
            "STOPSIGNAL",
            "USER",
            "VOLUME",
            "WORKDIR");

    private static final Pattern PACKAGES = Pattern.compile("\\b(apt|apt-get|apk|yum|dnf|pip|pip3|curl|wget)\\b");

    private final Path root;
    private final Set<String> allowed;
    private final List<String> found = new ArrayList<>();
    private final Set<String> stages = new HashSet<>();
    private String user = "root";
    private int commands;
    private int entryPoints;

    /**
     * @param root of the build, which sources of COPY are relative to
     * @param allowed paths under the root that are not ignored
     */
    ContainerfileLint(Path root, Set<String> allowed) {
        this.root = root;
        this.allowed = allowed;
    }

    /** What breaks a rule, each with the rule; empty if nothing does. */
    List<String> violations(String text) {
        String withoutComments = text.replaceAll("(?m)^\\s*#.*\n?", "");
        for (String line : withoutComments.replace("\\\n", " ").split("\n")) {
            if (!line.isBlank()) {
                instruction(line.strip());
            }
        }
        require(!user.equals("root") && !user.equals("0"), "DL3002 runs as root");
        return found;
    }

    private void instruction(String line) {
        String[] words = line.split("\\s+");
        String rest = line.substring(words[0].length()).strip();
        switch (words[0]) {
            case "FROM" -> from(words);
            case "RUN" -> run(rest);
            case "COPY" -> copy(line, words);
            case "USER" -> user = rest;
            case "WORKDIR" -> require(rest.startsWith("/"), "DL3000 not absolute: " + line);
            case "CMD" -> exec(line, rest, ++commands, "DL4003");
            case "ENTRYPOINT" -> exec(line, rest, ++entryPoints, "DL4004");
            case "ADD" -> require(false, "DL3020 use COPY: " + line);
            case "MAINTAINER" -> require(false, "DL4000 use LABEL: " + line);
            default -> require(KNOWN.contains(words[0]), "build no such instruction: " + line);
        }
    }

    private void from(String[] words) {
        require(words[1].matches(PINNED), "DL3006 not pinned to a version, or of another registry: " + words[1]);
        if (words.length == 4) {
            stages.add(words[3]);
        }
        user = "root";
        commands = 0;
        entryPoints = 0;
    }

    private void run(String shell) {
        require(!PACKAGES.matcher(shell).find(), "minimal nothing is installed or fetched: " + shell);
        require(!shell.matches(".*\\bsudo\\b.*"), "DL3004 sudo: " + shell);
        require(!shell.matches("(.*&&\\s*)?cd\\s.*"), "DL3003 use WORKDIR: " + shell);
    }

    /** As a list: through a shell, the process would not get the signal to stop. */
    private void exec(String line, String rest, int count, String onceCode) {
        require(rest.startsWith("[\"") && rest.endsWith("\"]"), "DL3025 not a list of arguments: " + line);
        require(count == 1, onceCode + " more than one: " + line);
    }

    private void copy(String line, String[] words) {
        List<String> paths =
                Stream.of(words).skip(1).filter(word -> !word.startsWith("--")).toList();
        List<String> sources = paths.subList(0, paths.size() - 1);
        String target = paths.get(paths.size() - 1);
        require(sources.size() < 2 || target.endsWith("/"), "DL3021 several into what is no folder: " + line);
        List<String> from = Stream.of(words)
                .filter(word -> word.startsWith("--from="))
                .map(word -> word.substring("--from=".length()))
                .toList();
        if (!from.isEmpty()) {
            require(stages.contains(from.get(0)), "DL3022 no such stage: " + line);
            return;
        }
        for (String path : sources) {
            require(present(root.resolve(path)), "copy nothing is there: " + path);
            require(
                    allowed.stream().anyMatch(some -> (path + "/").startsWith(some + "/")),
                    "ignored by .containerignore: " + path);
        }
    }

    private static boolean present(Path path) {
        if (!Files.isDirectory(path)) {
            return Files.isRegularFile(path);
        }
        try (Stream<Path> files = Files.list(path)) {
            return files.findAny().isPresent();
        } catch (IOException e) {
            return false;
        }
    }

    private void require(boolean holds, String violation) {
        if (!holds) {
            found.add(violation);
        }
    }
}
