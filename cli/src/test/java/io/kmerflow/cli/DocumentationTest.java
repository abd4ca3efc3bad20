package io.kmerflow.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** The Markdown files of the project. */
class DocumentationTest {
    private static final Set<String> SKIPPED = Set.of("target", ".git", "shared", "node_modules");
    private static final Pattern LINK = Pattern.compile("\\]\\(([^)\\s]+)\\)");
    private static final Pattern FENCE = Pattern.compile("(?ms)^ *```.*?^ *```$");
    private static final Pattern COMMAND = Pattern.compile("\\./kmerflow +([^`#|>\\\\\n]*)");
    private static final Pattern WORD = Pattern.compile("(?:'[^']*'|\"[^\"]*\"|[^\\s'\"])+");
    private static final Pattern VERSION = Pattern.compile("(?m)^\\| [^|]+ \\| ([^|]+) \\| `([\\w.]+)` \\|$");

    private static List<Path> pages() throws IOException {
        List<Path> pages = new ArrayList<>();
        Files.walkFileTree(SourceTree.ROOT, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
                return SKIPPED.contains(folder.getFileName().toString())
                        ? FileVisitResult.SKIP_SUBTREE
                        : FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                if (file.toString().endsWith(".md")) {
                    pages.add(file);
                }
                return FileVisitResult.CONTINUE;
            }
        });
        return pages;
    }

    /** What is wrong with the links of a page. */
    private static List<String> deadLinks(Path page) throws IOException {
        List<String> dead = new ArrayList<>();
        Matcher link = LINK.matcher(FENCE.matcher(Files.readString(page)).replaceAll(""));
        while (link.find()) {
            String[] target = link.group(1).split("#", 2);
            if (target[0].matches("[a-z]+:.*")) {
                continue;
            }
            Path file = target[0].isEmpty() ? page : page.resolveSibling(target[0]);
            if (!Files.exists(file)) {
                dead.add(page + ": no file " + target[0]);
            } else if (target.length == 2
                    && file.toString().endsWith(".md")
                    && !anchors(file).contains(target[1])) {
                dead.add(page + ": no heading " + link.group(1));
            }
        }
        return dead;
    }

    /** Names of headings, as forges make them: lower case, blanks to hyphens, without punctuation. */
    private static Set<String> anchors(Path page) throws IOException {
        try (Stream<String> lines = Files.lines(page)) {
            return lines.filter(line -> line.matches("#+ .*"))
                    .map(line -> line.replaceFirst("#+ ", "")
                            .toLowerCase(Locale.ROOT)
                            .replaceAll("[^\\p{L}\\p{N} _-]", "")
                            .replace(' ', '-'))
                    .collect(Collectors.toSet());
        }
    }

    @Test
    void everyRelativeLinkResolves() throws IOException {
        List<String> dead = new ArrayList<>();
        for (Path page : pages()) {
            dead.addAll(deadLinks(page));
        }
        assertThat(pages()).hasSizeGreaterThan(50);
        assertThat(dead).isEmpty();
    }

    /** A line with a required option missing is an excerpt; an option or command that does not exist is a mistake. */
    @Test
    void everyCommandLineOfReadmeAndHowToPagesExists() throws IOException {
        List<String> wrong = new ArrayList<>();
        int commands = 0;
        for (Path page : pages()) {
            if (!page.getFileName().toString().equals("README.md")
                    && !page.getParent().endsWith("docs")) {
                continue;
            }
            Matcher command = COMMAND.matcher(Files.readString(page));
            for (; command.find(); commands++) {
                String[] words = WORD.matcher(command.group(1))
                        .results()
                        .map(MatchResult::group)
                        .toArray(String[]::new);
                try {
                    Kmerflow.commandLine().parseArgs(words);
                } catch (UnmatchedArgumentException e) {
                    wrong.add(page + ": " + command.group() + ": " + e.getMessage());
                } catch (ParameterException e) {
                    continue; // an excerpt
                }
            }
        }
        assertThat(commands).isGreaterThan(40);
        assertThat(wrong).isEmpty();
    }

    @Test
    void commandsOfTheComposeFileParse() throws IOException {
        JsonNode services = new ObjectMapper(new YAMLFactory())
                .readTree(
                        SourceTree.ROOT.resolve("deploy/containers/compose.yml").toFile())
                .path("services");
        List<String> called = new ArrayList<>();
        for (JsonNode service : services) {
            if (service.path("<<").asText().equals("kmerflow")) {
                List<String> words = new ArrayList<>();
                service.path("command").forEach(word -> words.add(word.asText()));
                called.add(Kmerflow.commandLine()
                        .parseArgs(words.toArray(String[]::new))
                        .subcommand()
                        .commandSpec()
                        .name());
            }
        }
        assertThat(called).containsExactly("ingest", "view");
    }

    @Test
    void everyDecisionHasTheSameHeadingAndARowInTheIndex() throws IOException {
        Path folder = SourceTree.ROOT.resolve("docs/decisions");
        String index = Files.readString(folder.resolve("README.md"));
        try (Stream<Path> files = Files.list(folder)) {
            for (Path page : files.filter(file -> file.getFileName().toString().matches("\\d{4}-.*\\.md"))
                    .toList()) {
                String name = page.getFileName().toString();
                int number = Integer.parseInt(name.substring(0, 4));
                String text = Files.readString(page);

                assertThat(text)
                        .as(name)
                        .matches("(?s)# " + number
                                + "\\. [^\\n]+\\n\\n\\*\\d{4}-\\d\\d-\\d\\d, accepted[^\\n]*\\*\\n\\n.*");
                String title = text.substring(text.indexOf(". ") + 2, text.indexOf('\n'));
                assertThat(index).contains("| " + number + " | [" + title + "](" + name + ") |");
            }
        }
    }

    @Test
    void versionsAreThoseOfTheBuild() throws IOException {
        String build = Files.readString(SourceTree.ROOT.resolve("pom.xml"));
        Matcher row = VERSION.matcher(Files.readString(SourceTree.ROOT.resolve("docs/architecture.md")));
        int rows = 0;
        for (; row.find(); rows++) {
            assertThat(build).contains("<" + row.group(2) + ">" + row.group(1).strip() + "</" + row.group(2) + ">");
        }
        assertThat(rows).isGreaterThan(5);
    }
}
